"""Which words are right: all that the Hunspell dictionaries accept, without running Hunspell.

Every form is in a trie that is mapped from a file: nothing is parsed at the start, and processes
share the pages. Swedish compounds are put together from parts as Hunspell does, by its flags.
The command build_dictionaries makes the files, and asks Hunspell about every form.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from marisa_trie import RecordTrie, Trie

# What a part of a compound may be, as bits.
HEAD, MIDDLE, TAIL, TAIL_OF_NAME = 1, 2, 4, 8
NUMERAL, AFTER_NUMERAL, UNIT, ORDINAL, AFTER_ORDINAL = 16, 32, 64, 128, 256
BEFORE_ADJECTIVE, ADJECTIVE, BEFORE_VERB, VERB, FORBIDDEN = 512, 1024, 2048, 4096, 8192
HUNDREDS = 16384  # and thousands: numerals that other numerals may follow
RECORD = "<H"

_FIRST = HEAD | NUMERAL | HUNDREDS | ORDINAL | BEFORE_ADJECTIVE | BEFORE_VERB
_LAST = TAIL | NUMERAL | HUNDREDS | AFTER_NUMERAL | ORDINAL | AFTER_ORDINAL | ADJECTIVE | VERB
_AFTER = (
    (HEAD | MIDDLE | UNIT, MIDDLE | TAIL | TAIL_OF_NAME),
    (HUNDREDS, HUNDREDS | NUMERAL | AFTER_NUMERAL | UNIT | ORDINAL),
    (NUMERAL, AFTER_NUMERAL | UNIT),
    (ORDINAL, AFTER_ORDINAL),
    (BEFORE_ADJECTIVE, ADJECTIVE),
    (BEFORE_VERB, VERB),
)
MIN_PART = 2
MAX_PARTS = 4


class Vocabulary:
    """The words of a language, as its Hunspell dictionaries have them."""

    def __init__(
        self, words: Path, parts: Path | None = None, slips: Mapping[str, list[str]] | None = None
    ) -> None:
        """slips: letters -> others; a compound that one of these turns into a word is wrong."""
        self._words = Trie().mmap(str(words))
        self._parts = RecordTrie(RECORD).mmap(str(parts)) if parts else None
        self._slips = slips or {}

    def accepts(self, word: str) -> bool:
        """Whether the word is right as it is written."""
        if word in self._words:
            return True
        lower = word.lower()
        if word == lower:
            return self._is_compound(word)
        title = lower.capitalize()
        if word.isupper():
            return title in self._words or self._accepts_title(title, lower)
        return word == title and self._accepts_title(title, lower)

    def _accepts_title(self, title: str, lower: str) -> bool:
        return (
            lower in self._words
            or self._is_compound(title, may_name=True)
            or self._is_compound(lower, may_name=True)
        )

    @property
    def words(self) -> Container[str]:
        """What is right in lower case, or with its capital; compounds only as far as listed."""
        words: Container[str] = self._words
        return words

    @property
    def parts(self) -> Container[str]:
        """What may be a part of a compound, of any kind."""
        parts: Container[str] = self._parts if self._parts is not None else frozenset()
        return parts

    def may_begin(self, part: str) -> bool:
        """Whether compounds begin so."""
        return bool(self._roles(part) & HEAD)

    def may_end(self, part: str) -> bool:
        """Whether compounds end so."""
        return bool(self._roles(part) & TAIL)

    def _is_compound(self, word: str, *, may_name: bool = False) -> bool:
        """may_name: the word had a capital, and may end as only names do."""
        if self._parts is None or not word.isalpha() or self._roles(word) & FORBIDDEN:
            return False
        last = _LAST | TAIL_OF_NAME if may_name else _LAST
        return self._goes_on(word, _FIRST, last, "", 1) and not self._is_slip(word)

    def _goes_on(self, rest: str, may_be: int, last: int, previous: str, n_parts: int) -> bool:
        """Whether the rest of a word is one or more parts, of which the first may be so."""
        if n_parts > 1 and rest != previous and self._roles(rest) & may_be & last:
            return True
        if n_parts == MAX_PARTS or self._parts is None:
            return False
        for part in self._parts.prefixes(rest):
            roles = self._roles(part) & may_be
            following = 0
            for role, after in _AFTER:
                if roles & role:
                    following |= after
            if following and any(
                self._goes_on(remaining, following, last, part, n_parts + 1)
                for remaining in _behind(part, rest)
            ):
                return True
        return False

    def _roles(self, part: str) -> int:
        found = self._parts.get(part) if self._parts is not None else None
        return int(found[0][0]) if found else 0

    def _is_slip(self, word: str) -> bool:
        for wrong, others in self._slips.items():
            at = word.find(wrong)
            while at >= 0:
                before, after = word[:at], word[at + len(wrong) :]
                if any(before + meant + after in self._words for meant in others):
                    return True
                at = word.find(wrong, at + 1)
        return False


def _behind(part: str, rest: str) -> Iterator[str]:
    """What may follow the part in the rest of a word that begins with it.

    No letter stands three times; of three that meet, one is dropped: "fall" + "lucka" is
    "fallucka".
    """
    at = len(part)
    if not MIN_PART <= at < len(rest):
        return
    last = part[-1]
    is_double = last == part[-2]
    if len(rest) - at >= MIN_PART and (rest[at] != last or not (is_double or rest[at + 1] == last)):
        yield rest[at:]
    if is_double:
        yield last + rest[at:]
