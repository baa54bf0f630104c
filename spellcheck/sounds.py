"""How a word sounds, roughly: its consonants by class, for English and Swedish alike.

Two spellings of one word usually share this key, however wrong the vowels are.
"""

from __future__ import annotations

import re

_CLUSTERS = (
    ("ph", "f"), ("sch", "x"), ("stj", "x"), ("skj", "x"), ("sj", "x"), ("sh", "x"), ("tj", "x"),
    ("ch", "k"), ("ck", "k"), ("gh", ""), ("kn", "n"), ("wr", "r"), ("hj", "j"), ("lj", "j"),
    ("dj", "j"), ("gj", "j"), ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("ssio", "xo"),
    ("tio", "xo"), ("sio", "xo"),
)  # fmt: skip
_CLASSES = str.maketrans("cqzwdbg", "kksvtpk", "h'-")
_VOWELS = re.compile("[aeiouyåäöéèê]+")
_REPEATED = re.compile(r"(.)\1+")
LETTERS = "fjklmnprstvx"


def sound(word: str) -> str:
    """The key of a word in lower case; "a" stands for a vowel at the beginning.

    >>> sound("fisikly") == sound("physically")
    True
    """
    key = word
    for letters, one in _CLUSTERS:
        if letters in key:
            key = key.replace(letters, one)
    key = key.translate(_CLASSES)
    opening = "a" if _VOWELS.match(key) else ""
    return opening + _REPEATED.sub(r"\1", _VOWELS.sub("", key))


def neighbours(key: str) -> list[str]:
    """The keys that one consonant more, less, changed or swapped makes of a key."""
    made: list[str] = []
    for at in range(len(key) + 1):
        head, tail = key[:at], key[at:]
        made += [head + letter + tail for letter in LETTERS]
        if tail:
            rest = tail[1:]
            made.append(head + rest)
            made += [head + letter + rest for letter in LETTERS]
            if rest:
                made.append(head + rest[0] + tail[0] + rest[1:])
    return made
