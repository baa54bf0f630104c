"""The words that a language knows: Hunspell's dictionaries for what is right, frequencies for
what is likely.

Loaded once per process and never changed, so that forked workers share the memory.
Data and licences: spellcheck/data/README.md.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from marisa_trie import Trie
from spellchecker import SpellChecker

from spellcheck.tables import Table
from spellcheck.vocabulary import Vocabulary

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "sv")
ENGINE_VERSION = "8"
# What a word one edit away is made with: other letters are in some dozen words each.
LETTERS = {"en": "abcdefghijklmnopqrstuvwxyz'é", "sv": "abcdefghijklmnopqrstuvwxyzåäöé"}
# Longer than any word that pupils write; the parts of a compound are sought in no longer one.
MAX_WORD_LENGTH = 45


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's dictionaries; all keys in lower case.

    speller: pyspellchecker on our frequencies, which makes the words that are one edit away.
    levels: its dictionary, word or name -> how common it is, 30 x its Zipf frequency (1..255);
        commonest first.
    names: what is right only with a capital -> as it is written ("london" -> "London").
    plain: words that are right in lower case. doubtful: rare ones that are likelier a slip.
    suspects: right words that may be one, and what is meant then (see doubts).
    unmarked: what is mostly another word without its apostrophe -> that word ("thats").
    used: words that no dictionary has and many write: names, foreign and new words.
    unfit: words that nobody is offered.
    sounds: key of spellcheck.sounds -> the words that sound so, with spaces between.
    """

    language: str
    vocabulary: Vocabulary
    speller: SpellChecker
    levels: Mapping[str, int]
    names: Table
    plain: frozenset[str]
    doubtful: frozenset[str]
    suspects: Table
    unmarked: Mapping[str, str]
    used: Container[str]
    unfit: frozenset[str]
    sounds: Table
    version: str

    def accepts(self, word: str) -> bool:
        """Whether any of the dictionaries holds this word exactly as it is written."""
        if word in self.levels and word not in self.names:
            return True
        if word in self.unmarked:
            return False
        return len(word) <= MAX_WORD_LENGTH and self.vocabulary.accepts(word)


def lexicon(language: str) -> Lexicon:
    """The dictionaries of "en" or "sv"; anything else raises ValueError."""
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: expected one of {', '.join(LANGUAGES)}")
    return _load(language)


@cache
def _load(language: str) -> Lexicon:
    """Read one language's files."""
    speller = SpellChecker(language=None, distance=1, case_sensitive=True)  # all is in lower case
    speller.word_frequency.load_json(read_levels(f"{language}_levels.txt.gz"))
    speller.word_frequency.letters.intersection_update(LETTERS[language])
    levels = speller.word_frequency.dictionary
    names = Table(DATA / f"{language}_names.trie")
    doubtful = frozenset(read(f"{language}_doubtful.json.gz"))
    return Lexicon(
        language=language,
        vocabulary=_vocabulary(language),
        speller=speller,
        levels=levels,
        names=names,
        plain=frozenset(levels.keys() - names.keys - doubtful),
        doubtful=doubtful,
        suspects=Table(DATA / f"{language}_suspects.trie"),
        unmarked=read(f"{language}_unmarked.json.gz"),
        used=Trie().mmap(str(DATA / f"{language}_used.trie")),
        unfit=frozenset(read(f"{language}_unfit.json.gz")),
        sounds=Table(DATA / f"{language}_sounds.trie"),
        version=_version(language),
    )


def _vocabulary(language: str) -> Vocabulary:
    words = DATA / f"{language}_words.trie"
    if language == "en":
        return Vocabulary(words)
    slips = json.loads((DATA / "sv_slips.json").read_text(encoding="utf-8"))
    return Vocabulary(words, DATA / "sv_parts.trie", slips)


def read_levels(name: str) -> dict[str, int]:
    """A line a level, the commonest first: the level, and its words, with spaces between."""
    levels: dict[str, int] = {}
    for line in gzip.decompress((DATA / name).read_bytes()).decode().splitlines():
        level, *words = line.split(" ")
        levels.update(dict.fromkeys(words, int(level)))
    return levels


def read(name: str) -> Any:
    """A file of spellcheck/data: gzipped JSON."""
    return json.loads(gzip.decompress((DATA / name).read_bytes()))


def _version(language: str) -> str:
    """Engine, dictionaries and frequencies, in the versions that the data was built from."""
    built = json.loads((DATA / "versions.json").read_text(encoding="utf-8"))
    hunspell = (
        f"hunspell-sv {built['hunspell-sv']}"
        if language == "sv"
        else f"en_US of chunspell {built['chunspell']} + en_GB 3.2.0"
    )
    return f"huleedu-spelling {ENGINE_VERSION}; {hunspell}; wordfreq {built['wordfreq']}"
