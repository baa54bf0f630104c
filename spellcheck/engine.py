"""Checks the spelling of one text: what is wrong, where, and what may have been meant.

Pure: text in, report out; the text is never changed. The same text gives the same report in
every process. English accepts British and American spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from lifecycle.words import count_words
from spellcheck import confusions, detection, inflections, names, proposals, tokens
from spellcheck.dictionaries import LANGUAGES, lexicon
from spellcheck.flags import Flag

MAX_SUGGESTIONS = 5
# A text with more distinct unknown words than this is no essay in this language; the rest are
# reported without suggestions. A count and not a clock, so that results stay the same.
MAX_SUGGESTED_WORDS = 500


@dataclass(frozen=True, slots=True)
class Misspelling:
    """One place in the text; start and length in code points of the text as given.

    kind: "split" for a word kept apart ("jätte bra"; `word` then holds a space), "joined" for words
    run together ("alot"), "confusion" for a right word in another's place ("better then me") or
    in a form that does not fit ("en hus"), else "spelling".
    """

    start: int
    length: int
    word: str
    suggestions: tuple[str, ...]
    kind: str = "spelling"


@dataclass(frozen=True, slots=True)
class SpellReport:
    """What one check found; misspellings in the order of the text.

    word_count: by the rule of lifecycle.words.
    """

    word_count: int
    misspellings: tuple[Misspelling, ...]
    language: str
    engine: str


def check(text: str, *, language: str, known_words: Iterable[str] = ()) -> SpellReport:
    """The text's misspellings, each with at most five suggestions, best first.

    language: "en" or "sv", else ValueError. known_words: words that are right in this class
    or for this teacher, in any case; their genitives are right too.
    """
    lex = lexicon(language)
    known = frozenset(tokens.normal(word).lower() for word in known_words)
    counted = tokens.counted(text)
    found = []
    asked: set[str] = set()
    for flag in detection.flags(text, set(counted), lex, known):
        asked.add(flag.word)
        options: tuple[str, ...] = ()
        if len(asked) <= MAX_SUGGESTED_WORDS:
            options = tuple(proposals.in_context(flag, lex, MAX_SUGGESTIONS))
        found.append(
            Misspelling(flag.start, len(flag.raw), flag.raw, options, _kind(flag, options))
        )
    found += _confusions(text, language, known, found)
    return SpellReport(
        word_count=count_words(text),
        misspellings=tuple(sorted(found, key=lambda one: one.start)),
        language=language,
        engine=lex.version,
    )


def _kind(flag: Flag, options: tuple[str, ...]) -> str:
    if flag.joined:
        return "split"
    if flag.meant:
        return "confusion"
    return "joined" if " " in "".join(options[:1]) else "spelling"


def _confusions(
    text: str, language: str, known: frozenset[str], found: list[Misspelling]
) -> Iterator[Misspelling]:
    """Confused words, but for those that are known or part of something found already."""
    taken = {at for one in found for at in range(one.start, one.start + one.length)}
    everywhere = (confusions.found(text, language), inflections.found(text, language))
    for start, word, meant in chain.from_iterable(everywhere):
        if start not in taken and word.lower() not in known:
            taken.add(start)
            proposal = proposals.as_written(meant, word)
            yield Misspelling(start, len(word), word, (proposal,), "confusion")


def suggest(word: str, *, language: str, limit: int = MAX_SUGGESTIONS) -> list[str]:
    """What may have been meant by the word, best first, in the word's own capitals.

    language: "en" or "sv", else ValueError.
    """
    return proposals.alone(tokens.normal(word), lexicon(language), limit)


def preload() -> None:
    """Load both languages, so that forked workers share their memory."""
    names.people_and_places()
    for language in LANGUAGES:
        proposals.prepare(lexicon(language))
        inflections.forms(language)
