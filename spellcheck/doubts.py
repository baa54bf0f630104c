"""Right words that those around make likelier a slip: "I had a massage fro the headmaster".

Looked for among rarer words that are one slip away from a much commoner one; which these are, and
how likely a slip is by itself, is found when the dictionaries are built (Lexicon.suspects).
"""

from __future__ import annotations

from math import log

from spellcheck import candidates, proposals
from spellcheck.costs import CONTEXT, PER_LEVEL
from spellcheck.dictionaries import Lexicon
from spellcheck.flags import Flag
from spellcheck.ranking import rank
from spellcheck.variants import one_form

MIN_LETTERS = 3
# A suspect is less common than this (level); what may be meant is so much commoner, and by itself
# this likely: tenths of the natural logarithm of odds.
MAX_LEVEL, MIN_COMMONER, MIN_ODDS = 125, 20, 5
MAX_MEANT = 4
# At these odds, with the words around, 14 of 348,000 words of Wikipedia were doubted, and of 11 in
# 85,000 words of news and web text 8 were slips.
MAX_ODDS = 65
_ODDS_PER_LEVEL = log(10) / 30


def is_doubted(flag: Flag, lex: Lexicon) -> bool:
    """Whether the words around a suspect say that another word was meant."""
    meant = [entry.split("=") for entry in lex.suspects[flag.word].split(" ")]
    as_written, *said = proposals.said(flag, [flag.word, *(word for word, _ in meant)], lex)
    return any(
        int(odds) + 10 * CONTEXT * (support - as_written) > MAX_ODDS
        for (_, odds), support in zip(meant, said, strict=True)
    )


def suspects(lex: Lexicon) -> dict[str, str]:
    """Word -> what may be meant by it, each with its odds: "always=42 away=11"."""
    found = {}
    for word, level in lex.levels.items():
        if level >= MAX_LEVEL or len(word) < MIN_LETTERS or not word.isalpha():
            continue
        if word not in lex.names and word not in lex.doubtful:
            likely = sorted(_meant(word, lex), reverse=True)[:MAX_MEANT]
            if likely:
                found[word] = " ".join(f"{other}={odds}" for odds, other in likely)
    return found


def _meant(word: str, lex: Lexicon) -> list[tuple[int, str]]:
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
        odds = round(10 * (_ODDS_PER_LEVEL * (levels[other] - levels[word]) - slip))
        if odds >= MIN_ODDS and one_form(other) != one_form(word):
            found.append((odds, other))
    return found
