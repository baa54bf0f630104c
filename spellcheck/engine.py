"""Checks the spelling of one text: what is wrong, where, and what may have been meant.

Pure: text in, report out; the text is never changed. The same text gives the same report in
every process. English accepts British and American spelling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from spellcheck import tokens
from spellcheck.candidates import candidates, prepare
from spellcheck.dictionaries import LANGUAGES, Lexicon, lexicon
from spellcheck.ranking import ranked
from spellcheck.tokens import Token

MAX_SUGGESTIONS = 5
# A text with more distinct unknown words than this is no essay in this language;
# the rest are reported without suggestions, so that the time stays bounded.
MAX_SUGGESTED_WORDS = 500
MAX_ACRONYM = 5


@dataclass(frozen=True, slots=True)
class Misspelling:
    """One place in the text; start and length in code points of the text as given."""

    start: int
    length: int
    word: str
    suggestions: tuple[str, ...]
    kind: str = "spelling"


@dataclass(frozen=True, slots=True)
class SpellReport:
    """What one check found; misspellings in the order of the text."""

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
    known = {tokens.normal(word).lower() for word in known_words}
    flagged = _flagged(text, lex, known)
    suggestions: dict[str, tuple[str, ...]] = {}
    for token in flagged:
        word = tokens.normal(token.raw)
        if word not in suggestions:
            enough = len(suggestions) >= MAX_SUGGESTED_WORDS
            suggestions[word] = () if enough else tuple(suggest(word, language=language))
    return SpellReport(
        word_count=tokens.count_words(text),
        misspellings=tuple(
            Misspelling(
                token.start, len(token.raw), token.raw, suggestions[tokens.normal(token.raw)]
            )
            for token in flagged
        ),
        language=language,
        engine=lex.version,
    )


def suggest(word: str, *, language: str, limit: int = MAX_SUGGESTIONS) -> list[str]:
    """What may have been meant by the word, best first, in the word's own capitals."""
    lex = lexicon(language)
    written = tokens.normal(word)
    lower = written.lower()
    if not lower or limit < 1:
        return []
    options = candidates(lower, language)
    if lower in lex.names and written != lex.names[lower]:
        options.append(lower)
    best = [
        _as_written(option, written, lex) for _, option in ranked(lower, options, lex.level)[:limit]
    ]
    return list(dict.fromkeys(best))


def preload() -> None:
    """Load both languages, so that forked workers share their memory."""
    for language in LANGUAGES:
        prepare(language)


def _flagged(text: str, lex: Lexicon, known: set[str]) -> list[Token]:
    """The words that are held to be wrong, in the order of the text."""
    verdicts: dict[str, bool] = {}
    unknown: list[tuple[Token, bool]] = []
    previous_end = 0
    for token in tokens.words(text):
        right = verdicts.get(token.raw)
        if right is None:
            right = verdicts[token.raw] = _is_right(tokens.normal(token.raw), lex, known)
        if not right:
            opens = tokens.opens_sentence(text, previous_end, token.start)
            unknown.extend((part, opens) for part in tokens.parts(token))
        previous_end = token.start + len(token.raw)
    if not unknown:
        return []
    prose = tokens.Prose(text)
    seen = Counter(token.raw for token, _ in unknown)
    return [
        token
        for token, opens in unknown
        if not _is_right(word := tokens.normal(token.raw), lex, known)
        and prose.holds(token.start)
        and not (word[:1].isupper() and _may_be_name(word, opens, seen[token.raw], lex))
    ]


def _is_right(word: str, lex: Lexicon, known: set[str]) -> bool:
    """Whether the word is right as it stands, without regard to its place in the text."""
    if len(word) < 2 or word in lex.frequency or word.lower() in known:
        return True
    lower = word.lower()
    if lower in lex.frequency and (word.istitle() or word.isupper()):
        return True
    if word.isupper():
        return len(word) <= MAX_ACRONYM or lex.accepts(word) or lex.accepts(word.capitalize())
    if lex.accepts(word):
        return True
    if word[1:] != lower[1:] and "-" not in word and "'" not in word:
        return True  # camel case: a brand or a code
    base = _without_genitive(word, lex.language)
    return base != word and (base.lower() in known or (base[0].isupper() and lex.accepts(base)))


def _without_genitive(word: str, language: str) -> str:
    if word.endswith("'s"):
        return word[:-2]
    return word[:-1] if language == "sv" and word.endswith("s") and len(word) > 2 else word


def _may_be_name(word: str, opens: bool, n_seen: int, lex: Lexicon) -> bool:
    """A capital within a sentence, or more than once, unless a common word is one slip away."""
    best = ranked(word.lower(), candidates(word.lower(), lex.language), lex.level)[:1]
    if not best:
        return not opens or n_seen > 1
    if n_seen > 1:
        return best[0][0] > -0.4
    return not opens and best[0][0] > -0.4


def _as_written(option: str, written: str, lex: Lexicon) -> str:
    """The option in the capitals of the word that it would replace."""
    option = lex.names.get(option, option) if option not in lex.frequency else option
    if written.isupper() and len(written) > 1:
        return option.upper()
    if written[0].isupper():
        return option[0].upper() + option[1:]
    return option
