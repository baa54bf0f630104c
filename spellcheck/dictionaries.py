"""The words that a language knows: Hunspell for what is right, frequencies for what is likely.

Loaded once per process and never changed, so that forked workers share the memory.
Data and licences: spellcheck/data/README.md.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

from hunspell import Hunspell
from spellchecker import SpellChecker

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "sv")
ENGINE_VERSION = "2"
# Longer than any word that pupils write; Hunspell's compounding is slow on very long strings.
MAX_WORD_LENGTH = 45


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's dictionaries; all keys in lower case.

    levels: word or name -> how common it is, 30 x its Zipf frequency (1..255).
    names: what is right only with a capital -> as it is written ("london" -> "London").
    sounds: key of spellcheck.sounds -> the words that sound so, with spaces between.
    """

    language: str
    spellers: tuple[Hunspell, ...]
    levels: Mapping[str, int]
    names: Mapping[str, str]
    sounds: Mapping[str, str]
    version: str

    def accepts(self, word: str) -> bool:
        """Whether any of the dictionaries holds this word exactly as it is written."""
        if word in self.levels and word not in self.names:
            return True
        return len(word) <= MAX_WORD_LENGTH and spelt_right(word, self.spellers)


def lexicon(language: str) -> Lexicon:
    """The dictionaries of "en" or "sv"; anything else raises ValueError."""
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: expected one of {', '.join(LANGUAGES)}")
    return _load(language)


@cache
def _load(language: str) -> Lexicon:
    """Read one language's files."""
    speller = SpellChecker(
        language=None, local_dictionary=str(DATA / f"{language}.json.gz"), distance=1
    )
    built = json.loads((DATA / "versions.json").read_text(encoding="utf-8"))
    return Lexicon(
        language=language,
        spellers=hunspell_dictionaries(language),
        levels=speller.word_frequency.dictionary,
        names={name.lower(): name for name in read(f"{language}_names.json.gz")},
        sounds=read(f"{language}_sounds.json.gz"),
        version=f"huleedu-spelling {ENGINE_VERSION}; {_hunspell_version(language)};"
        f" wordfreq {built['wordfreq']}",
    )


def spelt_right(word: str, spellers: Iterable[Hunspell]) -> bool:
    """Whether any of the Hunspell dictionaries accepts the word."""
    for speller in spellers:
        try:
            if speller.spell(word):
                return True
        except UnicodeEncodeError:  # en_US is a Latin-1 dictionary
            continue
    return False


def read(name: str) -> Any:
    """A file of spellcheck/data: gzipped JSON."""
    return json.loads(gzip.decompress((DATA / name).read_bytes()))


def hunspell_dictionaries(language: str) -> tuple[Hunspell, ...]:
    """British and American for English: a teacher accepts both."""
    if language == "sv":
        return (Hunspell("sv_SE", hunspell_data_dir=str(_swedish_directory())),)
    american = distribution("chunspell").locate_file("hunspell/dictionaries")
    return (
        Hunspell("en_US", hunspell_data_dir=str(american)),
        Hunspell("en_GB", hunspell_data_dir=str(DATA)),
    )


def _swedish_directory() -> Path:
    """Where pip put hunspell-sv's files (beside the environment, not in a package)."""
    package = distribution("hunspell-sv")
    for file in package.files or ():
        if file.name == "sv_SE.aff":
            return Path(str(package.locate_file(file))).resolve().parent
    raise FileNotFoundError("hunspell-sv is installed without sv_SE.aff")


def _hunspell_version(language: str) -> str:
    if language == "sv":
        return f"hunspell-sv {version('hunspell-sv')}"
    return f"en_US of chunspell {version('chunspell')} + en_GB 3.2.0"
