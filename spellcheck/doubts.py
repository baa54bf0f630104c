"""Right words that those around make likelier another: "a letter fro my sister", "better then me".

Looked for among rarer words that are one slip away from a much commoner one, and among those that
pupils confuse; which these are, and how likely another is by itself, is found when the dictionaries
are built (Lexicon.suspects). English only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import log

from spellcheck import candidates, context, proposals
from spellcheck.costs import CONTEXT, PER_LEVEL
from spellcheck.dictionaries import Lexicon
from spellcheck.flags import Flag
from spellcheck.ranking import rank
from spellcheck.variants import one_form

# What pupils write for one another. The commonest words are only meant, and not doubted: it would
# take too much time, but for those that follow.
CONFUSED = (
    "accept except|advice advise|affect effect|brake break|form from|its it's|loose lose|off of|"
    "peace piece|quiet quite quit|role roll|science since|than then|their there|too to|"
    "weather whether|where were|witch which|whit with|worse worst|your you're"
)
# By how much that makes them likelier: tenths of a natural logarithm.
OF_CONFUSED = 5
NEVER_DOUBTED = frozenset({"from", "its", "of", "since", "to", "were", "which", "with", "your"})
# Written so often for another that little has to speak for that: word -> what is meant, and the
# odds of it by themselves. At these, of 510 in web text (EWT) 16 were doubted and not found by
# spellcheck.confusions, all of them slips, and of 451 in 63,000 words of news one, a slip.
OFTEN_CONFUSED = {
    "its": ("it's", 75), "know": ("no", 25), "were": ("where", 61), "who's": ("whose", 39),
    "you": ("your", 26), "your": ("you're", 70),
}  # fmt: skip
MIN_LETTERS = 3
# A suspect is less common than this (level); what may be meant is so much commoner, and by itself
# this likely: tenths of the natural logarithm of odds.
MAX_LEVEL, MIN_COMMONER, MIN_ODDS = 125, 20, 5
MAX_MEANT = 4
# At these odds, with the words around, 11 of 21,667 words of web text (EWT) were doubted, all of
# them slips, and 5 of 63,000 words of news, 4 of them slips. At 65: 8 more, 4 of them slips.
MAX_ODDS = 75
# What the words further off seldom make up for.
OF_TRIPLES = 30
# A word that those beside it support so much (association) is right.
FITS = 30
# So is a very common one that the word behind it alone supports so much: three in four of them in
# web text, and hardly any of the slips but for "its".
FITS_BEHIND = 0
_ODDS_PER_LEVEL = log(10) / 30
_TENTHS = 10 * CONTEXT
_CACHED = 1024


def fits(word: str, following: str, lex: Lexicon) -> bool:
    """Whether the word behind one of the very common suspects makes it right: a first look."""
    pairs = context.pairs(lex.language)
    if pairs is None or word not in OFTEN_CONFUSED or word == "its":
        return False
    association = pairs.association(word, following)
    return association is not None and association >= FITS_BEHIND


def may_be_meant(word: str, before: Sequence[str], after: Sequence[str], lex: Lexicon) -> bool:
    """Whether a quick look at the words beside a suspect, in lower case, makes another likelier."""
    pairs = context.pairs(lex.language)
    if pairs is None:
        return False
    left, right = context.sides(before, after)
    others, alone = _others(word, lex)
    by_pairs = pairs.said_beside(left[1], [word, *others], right[0])
    if by_pairs[0] > FITS or not _likelier(others, alone, by_pairs, MAX_ODDS - OF_TRIPLES):
        return False
    return bool(_likelier(others, alone, pairs.said(left, [word, *others], right)))


def meant(flag: Flag, lex: Lexicon) -> list[str]:
    """What the words around a suspect say was meant, the likeliest first; mostly nothing."""
    word = flag.word.lower()
    others, alone = _others(word, lex)
    return _likelier(others, alone, proposals.said(flag, [word, *others], lex))


def _others(word: str, lex: Lexicon) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """What may be meant by a suspect, and the odds of each by itself."""
    return _options(lex.suspects[word])


@lru_cache(maxsize=_CACHED)
def _options(entry: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    others, odds = zip(*(option.split("=") for option in entry.split(" ")), strict=True)
    return others, tuple(map(int, odds))


def _likelier(
    others: Sequence[str], alone: Sequence[int], said: Sequence[int], least: int = MAX_ODDS
) -> list[str]:
    """Of the others those that are likelier than the word, of which said tells first."""
    likely = [
        (likelihood, other)
        for other, odds, support in zip(others, alone, said[1:], strict=True)
        if (likelihood := odds + _TENTHS * (support - said[0])) > least
    ]
    return [other for _, other in sorted(likely, reverse=True)]


def suspects(lex: Lexicon) -> dict[str, str]:
    """Word -> what may be meant by it, each with its odds: "always=42 away=11"."""
    found = {word: _one_slip_away(word, lex) for word in lex.levels if _is_rare(word, lex)}
    for words in CONFUSED.split("|"):
        for word in set(words.split(" ")) - NEVER_DOUBTED:
            others = set(words.split(" ")) - {word}
            found.setdefault(word, []).extend(
                (OF_CONFUSED + _commoner(other, word, lex), other) for other in others
            )
    for word, (other, odds) in OFTEN_CONFUSED.items():
        found[word] = [(odds, other)]
    return {
        word: " ".join(
            f"{other}={odds}" for odds, other in sorted(options, reverse=True)[:MAX_MEANT]
        )
        for word, options in found.items()
        if options
    }


def _is_rare(word: str, lex: Lexicon) -> bool:
    if len(word) < MIN_LETTERS or not word.isalpha() or word in lex.names or word in lex.doubtful:
        return False
    return lex.levels[word] < MAX_LEVEL


def _commoner(other: str, word: str, lex: Lexicon) -> int:
    """How much commoner the other word is: tenths of a natural logarithm."""
    return round(10 * _ODDS_PER_LEVEL * (lex.levels[other] - lex.levels[word]))


def _one_slip_away(word: str, lex: Lexicon) -> list[tuple[int, str]]:
    """(odds, other word); another spelling of the same word is none."""
    levels = lex.levels
    least = levels[word] + MIN_COMMONER
    options = {
        other: 1
        for other in candidates.near(word, lex)
        if levels[other] >= least and other not in lex.names and other not in lex.unfit
    }
    found = []
    for cost, other in rank(word, options, candidates.alike(word, lex), lex) if options else []:
        slip = cost + PER_LEVEL * levels[other]
        odds = _commoner(other, word, lex) - round(10 * slip)
        if odds >= MIN_ODDS and one_form(other) != one_form(word):
            found.append((odds, other))
    return found
