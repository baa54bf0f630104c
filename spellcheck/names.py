"""Names: what a capital says about a word that no dictionary knows."""

from __future__ import annotations

from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from spellcheck.candidates import alike, common
from spellcheck.costs import NAME, PER_LEVEL, SOUND
from spellcheck.dictionaries import Lexicon, read
from spellcheck.proposals import by_rule
from spellcheck.ranking import rank

# A word with a capital is a misspelling when what was probably meant costs less than a limit.
# A cost is minus the logarithm of odds: -7 is a very common word one small slip away. Many short
# names lie as near to some word ("Baer"), hardly one in a hundred of ten letters does: the limit
# rises with each letter, up to the highest. At these 1 of 100 names would be flagged.
_LIMIT, _PER_LETTER, _HIGHEST = -11.4, 0.95, -3.8
# Where a sentence begins any word has a capital; a listed name is one there too.
_OPENING = {"en": 2.3, "sv": 2.3}
_WITHIN = {"en": 0.0, "sv": 1.0}
# Within a sentence, when the likeliest proposal is a name that everybody writes: "Englsih".
_MISSPELT_NAME = -4.2
# A word that the text writes so more than once is likelier a name.
_REPEATED = -1.5
# So is one that follows a name or a title: "Calvin Trillin", "Miss Tehee".
_AFTER_NAME = -2.5
_TITLES = frozenset(
    {"dr", "fru", "fröken", "herr", "lady", "lord", "miss", "mr", "mrs", "ms", "sir"}
)
_COMMON_NAME = 120  # level
_KNOWN_NAME = 100
_BEFORE_PLURAL = frozenset({"the", "two", "all", "these", "those", "many"})
_TOO_COMMON = 170  # level; the list has such names too
NOT_CLOSE = 9.0
# What so many slips cost at least.
_LEAST_COSTS = (0.0, 0.5, 1.5)


@cache
def people_and_places() -> frozenset[str]:
    """First names, surnames and cities of many countries, in lower case."""
    names: str = read("names.json.gz")
    return frozenset(names.split())


def is_listed(word: str, language: str) -> bool:
    """Whether the list holds the word, in any case, or the name that it is the genitive of."""
    lower = word.lower()
    listed = people_and_places()
    if lower in listed or (lower.endswith("'s") and lower[:-2] in listed):
        return True
    return language == "sv" and lower.endswith("s") and lower[:-1] in listed


def likeliest(word: str, worth: float, lex: Lexicon) -> tuple[float, str]:
    """(cost, option) of what the word in lower case may stand for, if it is worth so much.

    Looks only among words that are common enough, or names, and begin with the same letter: much
    sooner than a search for proposals, and an essay has many names.
    """
    close = {}
    for options in common(word, lex.language):
        for option, distance, _ in extract(
            word, options, scorer=OSA.distance, score_cutoff=2, limit=None
        ):
            least = _LEAST_COSTS[int(distance)] - SOUND
            wanted = NAME - _MISSPELT_NAME if option in lex.names else worth
            if PER_LEVEL * lex.levels[option] >= wanted + least:
                close[option] = int(distance)
    ranked = rank(word, close, alike(word, lex), lex) if close else []
    return min([*ranked, *by_rule(word, lex)], default=(NOT_CLOSE, ""))


def may_be_name(word: str, *, before: str, opens: bool, n_seen: int, lex: Lexicon) -> bool:
    """Whether a word that no dictionary knows is to be left alone as a name.

    word: normal form. before: the word before it in its sentence, "" for none. opens: it begins
    a sentence, where any word has a capital. n_seen: how often the text holds it in this spelling.
    """
    if not word[0].isupper():
        return False
    if _lacks_mark(word, before, lex):
        return False
    listed = is_listed(word, lex.language)
    if listed and not opens and not word.isupper():
        return True
    limit = min(_HIGHEST, _LIMIT + _PER_LETTER * len(word))
    limit += _OPENING[lex.language] if opens and not listed else _WITHIN[lex.language]
    nudge = _REPEATED if n_seen > 1 else 0.0
    if before[:1].isupper() and _introduces(before, lex):
        nudge += _AFTER_NAME
    limit += nudge
    cost, option = likeliest(word.lower(), -limit, lex)
    if not (opens or word.isupper()) and _is_everybodys(option, lex):
        limit = max(limit, _MISSPELT_NAME + nudge)
    return cost > limit


def _lacks_mark(word: str, before: str, lex: Lexicon) -> bool:
    """Whether it is a name that everybody knows with the s of a genitive: "Wendys", "Barrys".

    But for a plural ("the Wendys") and for what follows a first name or title ("Mr Schneiders").
    """
    base = word[:-1].lower()
    if lex.language != "en" or not word.endswith("s") or base not in lex.names:
        return False
    if lex.levels[base] < _KNOWN_NAME or base not in people_and_places():
        return False
    return before.lower() not in _BEFORE_PLURAL and not _introduces(before, lex)


def _introduces(before: str, lex: Lexicon) -> bool:
    """Whether a name follows this word: a title or a name, but for "The" and "Will"."""
    lower = before.lower()
    if lower in _TITLES:
        return True
    return lex.levels.get(lower, 0) < _TOO_COMMON and is_listed(before, lex.language)


def _is_everybodys(option: str, lex: Lexicon) -> bool:
    """Whether the option is a name that has one spelling: "Swedish", and not "Brennan"."""
    if option not in lex.names:
        return False
    return lex.levels[option] >= _COMMON_NAME or not is_listed(option, lex.language)
