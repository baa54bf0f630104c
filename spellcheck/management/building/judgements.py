"""What frequencies say of words: which in use no dictionary has, and which are others misspelt."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from spellcheck import detection, lengthened, proposals
from spellcheck.dictionaries import Lexicon

MIN_LETTERS = 3
MIN_LEVEL = 45  # 30 x Zipf frequency
# A word is in use when it is written more often than slips from its likeliest neighbour explain:
# the cost of the slip against the word's own frequency, both as natural logarithms. Of 2,384
# misspellings by learners of English, 3 pass.
PER_LEVEL = log(10) / 30
AT_LEVEL, MIN_MARGIN = 60, -1.8
NO_NEIGHBOUR = 9.0

# A word lacks its apostrophe when the same letters with one are this common (level), and that
# much commoner: "thats", "todays". Of words that no dictionary has only contractions are settled
# by that; "citys" may be "cities" as well as "city's".
MIN_MARKED, MIN_COMMONER, OF_CONTRACTIONS = 105, 30, 175
# A name with an s is its genitive when that is this much commoner.
GENITIVE_COMMONER = 15
# Right only behind an apostrophe, which frequencies do not show.
BEHIND_MARK = {"tis": "'tis", "twas": "'twas"}


def unmarked(
    frequencies: Mapping[str, int], words: Mapping[str, int], names: Mapping[str, int]
) -> dict[str, str]:
    """What is mostly another word without its apostrophe, in lower case -> that word."""
    found = {}
    for marked, level in frequencies.items():
        if "'" not in marked or level < MIN_MARKED:
            continue
        word = marked.replace("'", "")
        base, _, ending = marked.partition("'")
        is_name = base in names if ending == "s" else marked in names and len(ending) > 2
        if is_name or level < max(words.get(word, 0), names.get(word, 0)) + MIN_COMMONER:
            continue
        if word in words or ending != "s" or words.get(base, 0) >= OF_CONTRACTIONS:
            found[word] = marked
    return found | BEHIND_MARK


def used(frequencies: Mapping[str, int], lex: Lexicon) -> list[str]:
    """Of words in lower case with their levels, those in use that are not right already."""
    nothing: frozenset[str] = frozenset()
    found = []
    for word, level in frequencies.items():
        if len(word) < MIN_LETTERS or level < MIN_LEVEL or word in lex.names:
            continue
        if detection.is_right(word, lex, nothing) or lex.accepts(word.capitalize()):
            continue
        if word.endswith("in") and lex.accepts(f"{word}g"):  # "talkin": right with its mark only
            continue
        if lengthened.meant(word, lex):
            continue
        marked = frequencies.get(f"{word[:-1]}'s", 0) if word.endswith("s") else 0
        if marked >= level + GENITIVE_COMMONER:  # "mcdonalds"
            continue
        options = proposals.likely(word, lex.language)
        cost, option = options[0] if options else (NO_NEIGHBOUR, "")
        if " " in option:  # "alot": run together, however many do
            continue
        if cost + PER_LEVEL * (level - AT_LEVEL) > MIN_MARGIN:
            found.append(word)
    return sorted(found)
