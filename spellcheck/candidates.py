"""Words that a misspelling may stand for: near ones, ones that sound alike, common ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Set
from functools import cache, lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from spellcheck.dictionaries import Lexicon, lexicon
from spellcheck.respellings import respellings
from spellcheck.sounds import neighbours, sound

# Words at least this common (level = 30 x Zipf) are found even when they are far off.
COMMON_LEVEL = 100
VERY_COMMON_LEVEL = 120
MAX_LENGTH = 30
Buckets = dict[tuple[str, int], list[str]]


def candidates(word: str, lex: Lexicon) -> dict[str, int]:
    """Words in lower case that the given word, in lower case, may stand for -> distance.

    Distance: optimal string alignment. Empty for words that are too long to be words.
    """
    if len(word) > MAX_LENGTH:
        return {}
    furthest = min(4, 1 + len(word) // 3)
    found = dict.fromkeys(near(word, lex), 1)
    sounds = lex.sounds
    similar = " ".join([sounds[key] for key in sound_keys(word, sounds.keys)]).split()
    for options in (similar, *common(word, lex.language)):
        for option, distance, _ in extract(
            word, options, scorer=OSA.distance, score_cutoff=furthest, limit=None
        ):
            found[option] = int(distance)
    for respelt, _, _ in respellings(word, lex.language):
        options = sounds.get(sound(respelt), "").split()
        for option, distance, _ in extract(
            respelt, options, scorer=OSA.distance, score_cutoff=furthest, limit=None
        ):
            found.setdefault(option, int(distance) + 1)
    found.pop(word, None)
    return found


def alike(word: str, lex: Lexicon) -> set[str]:
    """The words that sound as the given one does."""
    return set(lex.sounds.get(sound(word), "").split())


def sound_keys(word: str, known: Container[str]) -> set[str]:
    """Of the word's sound key and those near it, the known ones."""
    key = sound(word)
    return set(filter(known.__contains__, [key, *neighbours(key)]))


def near(word: str, lex: Lexicon) -> set[str]:
    """The words with a frequency that one insertion, deletion, change or swap makes of the word."""
    return lex.levels.keys() & _one_edit_away(word, lex.language)


def near_among(known: Container[str], word: str, language: str) -> set[str]:
    """As near(), among other words."""
    return set(filter(known.__contains__, _one_edit_away(word, language)))


@lru_cache(maxsize=16)  # a word is asked about twice, soon, each time among other known ones
def _one_edit_away(word: str, language: str) -> Set[str]:
    return lexicon(language).speller.edit_distance_1(word)


def near_common(word: str, lex: Lexicon, *, very: bool = True) -> list[str]:
    """The common words of the same first letter that are one slip away; or the very common."""
    groups = _very_common(lex.language) if very else _buckets(lex.language)
    return [
        option
        for length in (len(word) - 1, len(word), len(word) + 1)
        for option, _, _ in extract(
            word, groups.get((word[0], length), ()), scorer=OSA.distance, score_cutoff=1, limit=None
        )
    ]


def common(word: str, language: str) -> list[list[str]]:
    """Common words of about the same length with the same first letter; others sound alike."""
    reach = 2 if len(word) > 3 else 1
    lengths = range(max(1, len(word) - reach), len(word) + reach + 1)
    buckets = _buckets(language)
    return [buckets[word[0], length] for length in lengths if (word[0], length) in buckets]


def prepare(language: str) -> None:
    """Load what the language needs."""
    _buckets(language)
    _very_common(language)


@cache
def _very_common(language: str) -> Buckets:
    return _grouped(language, VERY_COMMON_LEVEL)


@cache
def _buckets(language: str) -> Buckets:
    return _grouped(language, COMMON_LEVEL)


def _grouped(language: str, least: int) -> Buckets:
    """The words of at least this level, by first letter and length."""
    groups: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for word, level in lexicon(language).levels.items():
        if level < least:
            break
        groups[word[0], len(word)].append(word)
    return dict(groups)
