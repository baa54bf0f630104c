"""Which words of a text are held to be wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import replace
from re import Match

from spellcheck import compounds, doubts, foreign, names, tokens
from spellcheck.dictionaries import Lexicon
from spellcheck.flags import Flag
from spellcheck.slips import is_slip

MAX_ACRONYM = 5
MAX_NAMES = 300  # weighed in one text
MAX_DOUBTS = 300
MAX_ABBREVIATION = 3
N_NEIGHBOURS = 2
_INTENSIFIERS_AS_WRITTEN = compounds.INTENSIFIERS | {
    word.capitalize() for word in compounds.INTENSIFIERS
}
HYPHENS = tuple(tokens.HYPHENS)
APOSTROPHES = tuple(tokens.APOSTROPHES)
_AFTER_MARK = frozenset({"ll", "re", "til", "tis", "twas", "ve"})
_BEFORE_NOT = frozenset({"ai", "ca", "sha", "wo"})
_NOT_APART = re.compile(rf" n[{re.escape(tokens.APOSTROPHES)}]t\b", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"\b(?:ai|are|ca|could|did|do|does|had|has|have|is|might|must|need|ought|sha|should|was|were|"
    r"wo|would) $",
    re.IGNORECASE,
)
MAX_AUXILIARY = 8
_NUMBERED = re.compile(r"\. ?\d")
_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")


def flags(text: str, chunks: set[str], lex: Lexicon, known: frozenset[str]) -> list[Flag]:
    """The wrong words of the text, in its order.

    chunks: what tokens.counted finds in the text. known: words in lower case that are right.
    """
    strange = chunks - lex.plain
    doubtful = [
        chunk
        for chunk in strange
        if not (chunk.istitle() and chunk.isalpha() and chunk.lower() in lex.plain)
    ]
    wrong = {
        word.group()
        for chunk in doubtful
        for word in tokens.words(chunk)
        if not is_right(tokens.normal(word.group()), lex, known)
    }
    suspects = _suspects(chunks, strange, lex, known)
    matches = tokens.words(text) if wrong or may_be_apart(chunks, lex) else []
    apart = _written_apart(text, matches, wrong, lex, known)
    covered = {place for at in apart for place in (at, at + 1)}
    found = [
        flag
        for at, match in enumerate(matches)
        if match.group() in wrong
        and at not in covered
        and tokens.is_prose(text, match)
        and not _is_abbreviation(text, match)
        and not _is_clipped(text, match, lex)
        and not _is_foreign(matches, at, lex, known)
        for flag in _parts(text, matches, at, lex, known)
    ]
    kept = [*_without_names(found, lex), *apart.values(), *_doubted(text, suspects, lex)]
    return sorted(kept, key=lambda flag: flag.start)


def may_be_apart(chunks: set[str], lex: Lexicon) -> bool:
    """Whether right words of the text may yet be halves of a compound."""
    return lex.language == "sv" and not _INTENSIFIERS_AS_WRITTEN.isdisjoint(chunks)


def _written_apart(
    text: str, matches: list[Match[str]], wrong: set[str], lex: Lexicon, known: frozenset[str]
) -> dict[int, Flag]:
    """Place of the first word -> the flag of two words that should have been one."""
    found: dict[int, Flag] = {}
    for at, match in enumerate(matches[:-1] if lex.language == "sv" else ()):
        raw = match.group()
        if raw not in wrong and raw not in _INTENSIFIERS_AS_WRITTEN:
            continue
        first = tokens.normal(raw).lower()
        if at - 1 in found or (raw not in wrong and first in known):
            continue
        following = matches[at + 1]
        second = tokens.normal(following.group())
        if text[match.end() : following.start()] != " " or not second.islower():
            continue
        compound = compounds.joined(first, second, lex)
        raw = text[match.start() : following.end()]
        word = tokens.normal(raw)
        if compound and word.lower() not in known:
            found[at] = Flag(match.start(), raw, word, (), (), compound)
    return found


def _suspects(chunks: set[str], strange: set[str], lex: Lexicon, known: frozenset[str]) -> set[str]:
    """Words of the text as they are written that may be slips, with or without a capital.

    strange: the chunks that are not right in lower case, among them all that have a capital.
    """
    suspects = lex.suspects.keys
    found = (chunks - known) & suspects
    for chunk in strange:
        word = tokens.normal(chunk).lower()
        if word in suspects and word not in known:
            found.add(chunk)
    return found


def _doubted(text: str, suspects: Set[str], lex: Lexicon) -> Iterator[Flag]:
    """The flags of suspects that are likelier a slip; the first MAX_DOUBTS places are weighed."""
    places = sorted((start, word) for word in suspects for start in tokens.places(text, word))[
        :MAX_DOUBTS
    ]
    for start, word in places:
        end = start + len(word)
        normal = tokens.normal(word).lower()
        if doubts.fits(normal, tokens.behind(text, end), lex):
            continue
        before, after = tokens.beside(text, start, end)
        if before and word[0].isupper():  # a name, and no beginning of a sentence
            continue
        if not doubts.may_be_meant(normal, before, after, lex):
            continue
        matches = tokens.words_around(text, start, end)
        for at, match in enumerate(matches):
            if match.start() == start and match.group() == word:
                for flag in _parts(text, matches, at, lex, frozenset()):
                    meant = doubts.meant(flag, lex)
                    if meant and tokens.is_prose(text, match):
                        yield replace(flag, meant=tuple(meant))


def _without_names(found: list[Flag], lex: Lexicon) -> list[Flag]:
    """The flags that are not to be left alone as names.

    Weighing a name takes as long as finding proposals: past MAX_NAMES spellings every
    capital within a sentence makes a name.
    """
    n_seen = Counter(flag.word for flag in found)
    weighed: set[str] = set()
    kept = []
    for flag in found:
        if flag.word[0].isupper():
            weighed.add(flag.word)
            if len(weighed) > MAX_NAMES:
                is_name = not flag.opens
            else:
                is_name = names.may_be_name(
                    flag.word,
                    before=flag.before[-1] if flag.before else "",
                    opens=flag.opens,
                    n_seen=n_seen[flag.word],
                    lex=lex,
                )
            if is_name:
                continue
        kept.append(flag)
    return kept


def _parts(
    text: str, matches: list[Match[str]], at: int, lex: Lexicon, known: frozenset[str]
) -> Iterator[Flag]:
    """The wrong parts of a hyphenated word; a plain word is its own only part."""
    match = matches[at]
    before = tuple(_neighbours(text, matches, at, -1))[::-1]
    after = tuple(_neighbours(text, matches, at, 1))
    hangs = text[match.end() : match.end() + 1] in HYPHENS
    for start, raw in tokens.parts(match):
        word = tokens.normal(raw)
        if hangs and compounds.begins_compound(word.lower(), lex):
            continue
        if raw == match.group() or not is_right(word, lex, known):
            yield Flag(start, raw, word, before, after)


def _neighbours(text: str, matches: list[Match[str]], at: int, step: int) -> Iterator[str]:
    """The words before (step -1) or after (1) in the sentence, the nearest first; at most two."""
    for place in range(at, at + N_NEIGHBOURS * step, step):
        other = place + step
        if not 0 <= other < len(matches):
            return
        left, right = matches[min(place, other)], matches[max(place, other)]
        if tokens.opens_sentence(text, left.end(), right.start()):
            return
        yield tokens.normal(matches[other].group())


def _is_abbreviation(text: str, match: Match[str]) -> bool:
    """A short word with full stops as in "t.ex." or "bl.a.", or before a number: "Vol. 5"."""
    start, end = match.span()
    if end - start > MAX_ABBREVIATION:
        return False
    if _NUMBERED.match(text, end):
        return True
    goes_on = text[end : end + 1] == "." and text[end + 1 : end + 2].isalpha()
    went_on = text[start - 1 : start] == "." and text[start - 2 : start - 1].isalpha()
    return goes_on or went_on


def _is_clipped(text: str, match: Match[str], lex: Lexicon) -> bool:
    """English as it is spoken: "talkin'", "'til"; and a contraction kept apart: "I do n't"."""
    if lex.language != "en":
        return False
    start, end = match.span()
    lower = tokens.normal(match.group()).lower()
    if lower in _AFTER_MARK:
        return text[start - 1 : start] in APOSTROPHES
    if lower == "n't":
        return bool(_AUXILIARY.search(text, max(0, start - MAX_AUXILIARY), start))
    if lower in _BEFORE_NOT:
        return bool(_NOT_APART.match(text, end))
    return lower.endswith("in") and text[end : end + 1] in APOSTROPHES and lex.accepts(lower + "g")


def _is_foreign(matches: list[Match[str]], at: int, lex: Lexicon, known: frozenset[str]) -> bool:
    """Whether the word belongs to a title or a quotation in the other language."""
    begin = max(0, at - foreign.REACH - 1)
    around = [tokens.normal(match.group()) for match in matches[begin : at + foreign.REACH + 2]]
    return foreign.is_quotation(
        around,
        at - begin,
        lex.language,
        lambda word: word.lower() not in lex.used and is_right(word, lex, known),
    )


def is_right(word: str, lex: Lexicon, known: frozenset[str]) -> bool:
    """Whether a word in normal form is right as it stands, wherever it stands."""
    if len(word) < 2:
        return True
    lower = word.lower()
    if lower in known:
        return True
    if lower in lex.unmarked:
        return False
    level = lex.levels.get(lower)
    if level is not None:
        name = lex.names.get(lower)
        if not name:
            if word == lower and word in lex.doubtful:
                return False
            return word == lower or word == lower.capitalize() or word.isupper() or _is_camel(word)
        return word == name or word.isupper() or word == lower.capitalize() or _is_camel(word)
    if not _is_latin(lower):
        return True
    if word.isupper() and (len(word) <= MAX_ACRONYM or lex.accepts(lower.capitalize())):
        return True
    if lex.accepts(word):
        return not (word == lower and is_slip(word, lex))
    if _is_camel(word) or _ROMAN.fullmatch(lower) or _is_used(word, lower, lex):
        return True
    if compounds.is_compound(lower, lex) or compounds.is_derived(lower, lex):
        return True
    if "-" in word and all(is_right(part, lex, known) for part in word.split("-")):
        return True
    return _is_genitive(word, lex, known)


def _is_used(word: str, lower: str, lex: Lexicon) -> bool:
    """A word that many write though no dictionary has it: a name, a loan, a new word.

    In Swedish only with a capital: the others are mostly English.
    """
    if lower not in lex.used:
        return False
    return word != lower or (lex.language == "en" and not names.is_listed(word, lex.language))


def _is_camel(word: str) -> bool:
    """A capital inside: a brand, a code, a Mc-name."""
    inside = word[1:]
    return inside != inside.lower() and not word.isupper() and "-" not in word and "'" not in word


def _is_latin(word: str) -> bool:
    return all(letter < "\u0250" or not letter.isalpha() for letter in word)


def _is_genitive(word: str, lex: Lexicon, known: frozenset[str]) -> bool:
    """A right word or a known name with the language's s, or with what poets make of -ed."""
    if word.endswith("'s") and len(word) > 3:
        return is_right(word[:-2], lex, known)
    if lex.language == "en" and word.endswith("'d"):  # "look'd"
        return len(word) > 5 and lex.accepts(word[:-2].lower())
    if lex.language == "sv" and word.endswith("s") and len(word) > 3:
        base = word[:-1]
        return base.lower() in known or (base[0].isupper() and is_right(base, lex, known))
    return False
