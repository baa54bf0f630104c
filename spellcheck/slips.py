"""Rare words that are likelier a very common one with a slip: "kivar", "stura", "heathy".

Dictionaries take these for compounds, old forms or verbs with a prefix. Those with a frequency are
judged when the dictionaries are built (Lexicon.doubtful), the others when they are met.
"""

from __future__ import annotations

from spellcheck.candidates import alike, near_common
from spellcheck.dictionaries import Lexicon
from spellcheck.ranking import rank

MIN_LETTERS, MAX_LETTERS = 4, 12
# A word less common than this (level) is looked at, and is a slip when the likeliest common word
# costs less than this: at these, 2 of the 82 places in Swedish learners' texts were right.
RARE_LEVEL = {"en": 70, "sv": 90}
MAX_COST = {"en": -5.5, "sv": -6.0}


def is_slip(word: str, lex: Lexicon) -> bool:
    """Whether a rare word in lower case is to be held for a slip.

    Another ending is no slip, nor is a word that nobody is offered.
    """
    if not MIN_LETTERS <= len(word) <= MAX_LETTERS or word in lex.unfit or not word.isalpha():
        return False
    if lex.language == "sv" and word.endswith("s"):
        return False
    common = {
        other: 1
        for other in near_common(word, lex)
        if other not in lex.names
        and not (word.startswith(other) or other.startswith(word) or word[:-1] == other[:-1])
    }
    if not common:
        return False
    if lex.language == "sv" and word not in lex.levels:
        return True
    return rank(word, common, alike(word, lex), lex)[0][0] < MAX_COST[lex.language]


def doubtful(lex: Lexicon) -> list[str]:
    """The words with a frequency that are held for slips, in alphabetical order."""
    rare = RARE_LEVEL[lex.language]
    words = (word for word, level in lex.levels.items() if level < rare and word not in lex.names)
    return sorted(word for word in words if is_slip(word, lex))
