"""Rare words that are likelier a very common one with a slip: "kivar", "stura", "heathy".

Dictionaries take these for compounds, old forms or verbs with a prefix. Those with a frequency are
judged when the dictionaries are built (Lexicon.doubtful), the others when they are met.
"""

from __future__ import annotations

from spellcheck import learner
from spellcheck.candidates import VERY_COMMON_LEVEL, alike, near_common
from spellcheck.dictionaries import Lexicon
from spellcheck.ranking import rank
from spellcheck.variants import one_form

MIN_LETTERS, MAX_LETTERS = 4, 12
MIN_STEM = 3
# A word less common than this (level) is looked at, and is a slip when the likeliest common word
# costs less than this: at these, 2 of the 82 places in Swedish learners' texts were right.
RARE_LEVEL = {"en": 70, "sv": 90}
MAX_COST = {"en": -5.75, "sv": -6.0}
# A compound that no corpus has is one sooner: "fåglen".
COMPOUND_COST = -3.5
# A form that learners make by rule is one of theirs below this level: "binded", but "strived".
MADE_LEVEL = 60
# English words have few forms: one that is this common speaks for the others ("grunt": "grunted").
FORM_LEVEL = 70
_INFLECTIONS = ("", "d", "e", "ed", "er", "es", "ing", "s")


def is_slip(word: str, lex: Lexicon) -> bool:
    """Whether a rare word in lower case is to be held for a slip.

    Another ending is no slip, nor is a word that nobody is offered.
    """
    if not MIN_LETTERS <= len(word) <= MAX_LETTERS or word in lex.unfit or not word.isalpha():
        return False
    if lex.language == "sv" and word.endswith("s"):
        return False
    if lex.language == "en" and lex.levels.get(word, 0) < MADE_LEVEL and learner.meant(word, "en"):
        return True
    is_compound = lex.language == "sv" and word not in lex.levels
    common = {
        other: 1
        for other in near_common(word, lex, very=not is_compound)
        if other not in lex.names
        and not (word.startswith(other) or other.startswith(word) or word[:-1] == other[:-1])
    }
    if not common:
        return False
    if is_compound and any(lex.levels[other] >= VERY_COMMON_LEVEL for other in common):
        return True
    if lex.language == "en" and any(
        lex.levels.get(form, 0) >= FORM_LEVEL for form in forms(word) if form not in common
    ):
        return False
    most = COMPOUND_COST if is_compound else MAX_COST[lex.language]
    return rank(word, common, alike(word, lex), lex)[0][0] < most


def forms(word: str) -> set[str]:
    """What may be other forms of an English word, or the same in British or American spelling."""
    stems = {word, one_form(word)}
    for ending in _INFLECTIONS[1:]:
        stem = word.removesuffix(ending)
        if len(stem) >= MIN_STEM and stem != word:
            stems |= {stem, stem[:-1]} if stem[-1] == stem[-2] else {stem}
    if word.endswith(("ies", "ied")):
        stems.add(f"{word[:-3]}y")
    made = {stem + ending for stem in stems for ending in _INFLECTIONS}
    made |= {f"{stem}{stem[-1]}{ending}" for stem in stems for ending in ("ed", "ing")}
    return made - {word}


def doubtful(lex: Lexicon) -> list[str]:
    """The words with a frequency that are held for slips, in alphabetical order."""
    rare = RARE_LEVEL[lex.language]
    words = (word for word, level in lex.levels.items() if level < rare and word not in lex.names)
    return sorted(word for word in words if is_slip(word, lex))
