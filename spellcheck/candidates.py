"""Words that a misspelling may stand for: near ones, ones that sound alike, common ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from spellcheck.dictionaries import Lexicon, lexicon
from spellcheck.sounds import neighbours, sound

LETTERS = {"en": "abcdefghijklmnopqrstuvwxyz'é", "sv": "abcdefghijklmnopqrstuvwxyzåäöé"}
# Words at least this common (level = 30 x Zipf) are found even when they are far off.
COMMON_LEVEL = 105
MAX_LENGTH = 30
# Letters that learners take for one another at the start of a word.
_CLASSES = ("aeiouyåäöéh", "ckqsxzgj", "vwf", "bp", "dt", "mn", "rl")
_CLASS_OF = {letter: group[0] for group in _CLASSES for letter in group}

Buckets = dict[tuple[str, int], list[str]]


def candidates(word: str, lex: Lexicon) -> dict[str, int]:
    """Words in lower case that the given word, in lower case, may stand for -> distance.

    Distance: optimal string alignment. Empty for words that are too long to be words.
    """
    if len(word) > MAX_LENGTH:
        return {}
    furthest = min(4, 1 + len(word) // 3)
    found = dict.fromkeys(near(word, lex.levels, lex.language), 1)
    similar = [one for key in sound_keys(word) for one in lex.sounds.get(key, "").split()]
    for options in (similar, *common(word, lex.language)):
        for option, distance, _ in extract(
            word, options, scorer=OSA.distance, score_cutoff=furthest, limit=None
        ):
            found[option] = int(distance)
    found.pop(word, None)
    return found


def alike(word: str, lex: Lexicon) -> set[str]:
    """The words that sound as the given one does."""
    return set(lex.sounds.get(sound(word), "").split())


def sound_keys(word: str) -> set[str]:
    key = sound(word)
    return {key, *neighbours(key)}


def near(word: str, known: Container[str], language: str) -> set[str]:
    """The known words that one insertion, deletion, change or swap makes of the word."""
    letters = LETTERS[language]
    made: list[str] = []
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        rest = tail[1:]
        made += [head + letter + tail for letter in letters]
        if tail:
            made.append(head + rest)
            made += [head + letter + rest for letter in letters]
        if rest:
            made.append(head + rest[0] + tail[0] + rest[1:])
    return {one for one in made if one in known}


def common(word: str, language: str) -> list[list[str]]:
    """Common words of about the same length that begin alike."""
    begins = _CLASS_OF.get(word[0], word[0])
    reach = 2 if len(word) > 3 else 1
    lengths = range(max(1, len(word) - reach), len(word) + reach + 1)
    buckets = _buckets(language)
    return [buckets[begins, length] for length in lengths if (begins, length) in buckets]


def prepare(language: str) -> None:
    """Load what the language needs."""
    _buckets(language)


@cache
def _buckets(language: str) -> Buckets:
    """Common words by class of first letter and length."""
    buckets: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for word, level in lexicon(language).levels.items():
        if level >= COMMON_LEVEL:
            buckets[_CLASS_OF.get(word[0], word[0]), len(word)].append(word)
    return dict(buckets)
