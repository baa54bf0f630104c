"""Lines into one text: which hyphen at a line's end belongs to the word, and which breaks it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SOFT_HYPHENS = "\x02\u2010\u00ad\ufffe"  # how pdfium marks a hyphen that breaks a word

_HANGING = re.compile(r"^(?:och|eller|samt|and|or|to)\b")
# First parts that are written with a hyphen anyway: "1900-talet", "TV-serie", "e-post".
_OWN_HYPHEN = re.compile(r"(?:\d|\b[A-ZÅÄÖ]{2,}|\b\w|\b(?:well|self|non|half|icke))$")
_HYPHENATED = 3  # broken words in a text: then its program hyphenates
_HYPHENATED_SHARE = 0.04  # or of the lines of a short one


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """words: all of the text in lower case, compounds with their hyphens."""

    words: frozenset[str]
    is_hyphenated: bool


def vocabulary_of(lines: Sequence[str], *, hyphenates: bool) -> Vocabulary:
    """hyphenates: the program that made the file is known to break words."""
    words = re.findall(r"[\w-]+", " ".join(lines).lower())
    n_broken = sum(line[-1] in SOFT_HYPHENS or line[-1] == "-" for line in lines)
    often = n_broken >= _HYPHENATED or n_broken > _HYPHENATED_SHARE * len(lines)
    return Vocabulary(frozenset(words), often or hyphenates)


def joined(lines: Sequence[str], vocabulary: Vocabulary) -> str:
    """The lines of one paragraph as running text."""
    text = lines[0]
    for line in lines[1:]:
        text = _join(text, line, vocabulary)
    return text


def _join(above: str, below: str, vocabulary: Vocabulary) -> str:
    """Two lines as one; a hyphen that only breaks a word is taken out."""
    soft = above[-1] in SOFT_HYPHENS
    hard = above[-1] == "-" and len(above) > 1 and above[-2].isalnum()
    if not soft and not hard:
        return f"{above} {below}"
    stem = above[:-1]
    if _HANGING.match(below):
        return f"{stem}- {below}"
    return f"{stem}{'' if _only_breaks(stem, below, vocabulary) else '-'}{below}"


def _only_breaks(stem: str, below: str, vocabulary: Vocabulary) -> bool:
    """Whether the hyphen belongs to the line's end and not to the word.

    The text itself knows best; without its word, programs that hyphenate do so often.
    """
    first, rest = re.search(r"\w+$", stem), re.match(r"\w+", below)
    if first is None or rest is None or not below[0].islower():
        return False
    if f"{first[0]}-{rest[0]}".lower() in vocabulary.words:
        return False
    if f"{first[0]}{rest[0]}".lower() in vocabulary.words:
        return True
    return vocabulary.is_hyphenated and not _OWN_HYPHEN.search(stem)
