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

# A word with a capital is a misspelling when what was probably meant costs less than this:
# (opens a sentence, is in the list of names) -> by language. A cost is minus the logarithm of
# odds, so that -7 is a very common word one small slip away.
_LIMITS = {
    "en": {(False, False): -7.5, (True, False): -4.8, (True, True): -7.5},
    "sv": {(False, False): -4.8, (True, False): -2.1, (True, True): -5.8},
}
# Within a sentence, when the likeliest proposal is itself a name: "Englsih".
_MISSPELT_NAME = -4.2
# Words in capitals: a name of an organisation, or a word that is shouted.
_SHOUTED = -6.4
# A word that the text writes so more than once is likelier a name.
_REPEATED = -1.5
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


def may_be_name(word: str, *, opens: bool, n_seen: int, lex: Lexicon) -> bool:
    """Whether a word that no dictionary knows is to be left alone as a name.

    word: normal form. opens: it begins a sentence, where any word has a capital.
    n_seen: how often the text holds it in this spelling.
    """
    if not word[0].isupper():
        return False
    listed = is_listed(word, lex.language)
    if listed and not opens and not word.isupper():
        return True
    limit = _SHOUTED if word.isupper() else _LIMITS[lex.language][opens, listed and opens]
    if n_seen > 1:
        limit += _REPEATED
    cost, option = likeliest(word.lower(), -limit, lex)
    if not opens and not word.isupper() and option in lex.names:
        limit = max(limit, _MISSPELT_NAME + (_REPEATED if n_seen > 1 else 0.0))
    return cost > limit
