"""Names: what a capital says about a word that no dictionary knows."""

from __future__ import annotations

from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from spellcheck.candidates import common
from spellcheck.costs import PER_LEVEL
from spellcheck.dictionaries import Lexicon, read
from spellcheck.proposals import likely

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
# A slip costs at least this, when what was meant sounds the same.
_LEAST_SLIP = 0.5


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


def might_mean(word: str, worth: float, lex: Lexicon) -> bool:
    """Whether a name, or a word common enough to be worth so much, looks like the word.

    A quick look that spares the search for proposals; what it denies would cost too much.
    """
    level = (worth - _LEAST_SLIP) / PER_LEVEL
    return any(
        lex.levels[option] >= level or option in lex.names
        for options in common(word, lex.language)
        for option, _, _ in extract(word, options, scorer=OSA.distance, score_cutoff=2, limit=None)
    )


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
    limit = _LIMITS[lex.language][opens, listed and opens]
    if not opens and not might_mean(word.lower(), -limit, lex):
        return True
    best = likely(word.lower(), lex.language)[:1]
    cost, option = best[0] if best else (NOT_CLOSE, "")
    if not opens and option in lex.names:
        limit = max(limit, _MISSPELT_NAME)
    if word.isupper():
        limit = _SHOUTED
    if n_seen > 1:
        limit += _REPEATED
    return cost > limit
