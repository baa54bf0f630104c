"""Which words of a text are held to be wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from spellcheck import compounds, foreign, names, tokens
from spellcheck.dictionaries import Lexicon

MAX_ACRONYM = 5
MAX_ABBREVIATION = 3
HYPHENS = tuple(tokens.HYPHENS)
_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")


@dataclass(frozen=True, slots=True)
class Flag:
    """A word held to be wrong.

    raw: as in the text, at start (code points). word: the same in normal form.
    before, after: the neighbouring words in normal form; "" at an end of the text or sentence.
    """

    start: int
    raw: str
    word: str
    before: str
    after: str
    opens: bool


def flags(text: str, chunks: set[str], lex: Lexicon, known: frozenset[str]) -> list[Flag]:
    """The wrong words of the text, in its order.

    chunks: what tokens.counted finds in the text. known: words in lower case that are right.
    """
    wrong = {
        token.raw
        for chunk in chunks
        if not (chunk in lex.levels and chunk not in lex.names)
        for token in tokens.words(chunk)
        if not is_right(tokens.normal(token.raw), lex, known)
    }
    if not wrong:
        return []
    all_words = list(tokens.words(text))
    suspects = [at for at, token in enumerate(all_words) if token.raw in wrong]
    prose = tokens.Prose(text)
    found = [
        flag
        for at in suspects
        if prose.holds(all_words[at].start)
        and not _is_abbreviation(text, all_words[at])
        and not _is_foreign(all_words, at, lex, known)
        for flag in _parts(text, all_words, at, lex, known)
    ]
    n_seen = Counter(flag.word for flag in found)
    return [
        flag
        for flag in found
        if not names.may_be_name(flag.word, opens=flag.opens, n_seen=n_seen[flag.word], lex=lex)
    ]


def _parts(
    text: str, all_words: list[tokens.Token], at: int, lex: Lexicon, known: frozenset[str]
) -> Iterator[Flag]:
    """The wrong parts of a hyphenated word; a plain word is its own only part."""
    token = all_words[at]
    before = after = ""
    opens = True
    if at:
        previous = all_words[at - 1]
        opens = tokens.opens_sentence(text, previous.start + len(previous.raw), token.start)
        before = "" if opens else tokens.normal(previous.raw)
    if at + 1 < len(all_words):
        following = all_words[at + 1]
        ends = tokens.opens_sentence(text, token.start + len(token.raw), following.start)
        after = "" if ends else tokens.normal(following.raw)
    hangs = text[token.start + len(token.raw) : token.start + len(token.raw) + 1] in HYPHENS
    for part in tokens.parts(token):
        word = tokens.normal(part.raw)
        if hangs and compounds.begins_compound(word.lower(), lex):
            continue
        if part.raw == token.raw or not is_right(word, lex, known):
            yield Flag(part.start, part.raw, word, before, after, opens)


def _is_abbreviation(text: str, token: tokens.Token) -> bool:
    """A short word with full stops as in "t.ex." or "bl.a."."""
    start, end = token.start, token.start + len(token.raw)
    if len(token.raw) > MAX_ABBREVIATION:
        return False
    goes_on = text[end : end + 1] == "." and text[end + 1 : end + 2].isalpha()
    went_on = text[start - 1 : start] == "." and text[start - 2 : start - 1].isalpha()
    return goes_on or went_on


def _is_foreign(
    all_words: list[tokens.Token], at: int, lex: Lexicon, known: frozenset[str]
) -> bool:
    begin = max(0, at - foreign.REACH - 1)
    around = [tokens.normal(token.raw) for token in all_words[begin : at + foreign.REACH + 2]]
    return foreign.is_quotation(
        around, at - begin, lex.language, lambda word: is_right(word, lex, known)
    )


def is_right(word: str, lex: Lexicon, known: frozenset[str]) -> bool:
    """Whether a word in normal form is right as it stands, wherever it stands."""
    if len(word) < 2:
        return True
    lower = word.lower()
    if lower in known:
        return True
    if lower in lex.levels:
        name = lex.names.get(lower)
        if name is None:
            return word == lower or word == lower.capitalize() or word.isupper() or _is_camel(word)
        return word == name or word.isupper() or word == lower.capitalize() or _is_camel(word)
    if not _is_latin(lower):
        return True
    if word.isupper() and (len(word) <= MAX_ACRONYM or lex.accepts(lower.capitalize())):
        return True
    if lex.accepts(word) or _is_camel(word) or _ROMAN.fullmatch(lower):
        return True
    if compounds.is_compound(lower, lex):
        return True
    if "-" in word and all(is_right(part, lex, known) for part in word.split("-")):
        return True
    return _is_genitive(word, lex, known)


def _is_camel(word: str) -> bool:
    """A capital inside: a brand, a code, a Mc-name."""
    return word[1:] != word[1:].lower() and "-" not in word and "'" not in word


def _is_latin(word: str) -> bool:
    return all(letter < "\u0250" or not letter.isalpha() for letter in word)


def _is_genitive(word: str, lex: Lexicon, known: frozenset[str]) -> bool:
    """A right word or a known name with the language's s."""
    if word.endswith("'s") and len(word) > 3:
        return is_right(word[:-2], lex, known)
    if lex.language == "sv" and word.endswith("s") and len(word) > 3:
        base = word[:-1]
        return base.lower() in known or (base[0].isupper() and is_right(base, lex, known))
    return False
