"""What to propose for a misspelling, in the writer's own capitals, with the neighbours' help."""

from __future__ import annotations

from functools import lru_cache

from spellcheck import bigrams, candidates, compounds, learner, ranking
from spellcheck.costs import CONTEXT, PER_LEVEL
from spellcheck.dictionaries import Lexicon, lexicon

# Options whose order the neighbours may change.
MAX_KEPT = 12
_CACHED_WORDS = 4096
# The cost of a form made by rule where the language has none, less than that of any slip.
_RULE_COST = -12.0
# Leaving out the space between two words.
_SPLIT_COST = 3.5
_PLAIN_SPLIT_COST = 5.0  # where no list says that the two stand side by side
_PLAIN_SPLIT_LEVELS = 200
_MIN_SPLIT_LEVEL = 140

# What a compound that no dictionary lists is taken to be worth.
_COMPOUND_LEVEL = 45
# When the best proposal costs more than this, a misspelt compound is likelier.
_DOUBTFUL = -1.0

Option = tuple[float, str]


def alone(word: str, lex: Lexicon, limit: int) -> list[str]:
    """Proposals without a text around; word: normal form, any case, not only letters."""
    if not word or limit < 1:
        return []
    best = [option for _, option in likely(word.lower(), lex.language)[:limit]]
    return _written(best, word, lex)


def in_context(word: str, before: str, after: str, lex: Lexicon, limit: int) -> list[str]:
    """Proposals for a word of a text, the neighbouring words taken into account.

    All in normal form; before and after are "" at an end of the text or the sentence.
    """
    options = likely(word.lower(), lex.language)
    table = bigrams.bigrams(lex.language)
    if table is not None:
        before, after = before.lower(), after.lower()
        options = tuple(
            sorted(
                (
                    cost
                    - CONTEXT
                    * (
                        table.support(before, option.split(" ")[0])
                        + table.support(option.split(" ")[-1], after)
                    ),
                    option,
                )
                for cost, option in options
            )
        )
    return _written([option for _, option in options[:limit]], word, lex)


@lru_cache(maxsize=_CACHED_WORDS)
def likely(word: str, language: str) -> tuple[Option, ...]:
    """(cost, option) in lower case, the likeliest first; depends on nothing but the word."""
    lex = lexicon(language)
    options = candidates.candidates(word, lex)
    if word in lex.names:
        options[word] = 0
    alike = candidates.alike(word, lex)
    costs = {option: cost for cost, option in ranking.rank(word, options, alike, lex)}
    for place, form in enumerate(learner.meant(word, language)):
        costs[form] = _RULE_COST + place
    for cost, option in _splits(word, lex):
        costs[option] = cost
    if min(costs.values(), default=0.0) > _DOUBTFUL:
        for compound in compounds.repaired(word, lex):
            worth = PER_LEVEL * _COMPOUND_LEVEL
            costs.setdefault(compound, ranking.edit_cost(word, compound) - worth)
    return tuple(sorted((cost, option) for option, cost in costs.items())[:MAX_KEPT])


def prepare(lex: Lexicon) -> None:
    """Load what proposing in a language needs."""
    candidates.prepare(lex.language)
    bigrams.bigrams(lex.language)
    compounds.parts(lex.language)
    learner.meant("", lex.language)


def _splits(word: str, lex: Lexicon) -> list[Option]:
    """Two words that were joined: "alot", "tabort"; each half in lower case."""
    found = []
    for at in range(1, len(word)):
        first, second = word[:at], word[at:]
        if first in lex.levels and second in lex.levels and first not in lex.names:
            cost = _split_cost(first, second, lex)
            if cost is not None:
                found.append((cost, f"{first} {second}"))
    return found


def _split_cost(first: str, second: str, lex: Lexicon) -> float | None:
    """None where nothing says that the two words stand side by side."""
    levels = lex.levels[first], lex.levels[second]
    table = bigrams.bigrams(lex.language)
    if table is None:
        if min(levels) < _MIN_SPLIT_LEVEL or len(second) == 1:
            return None
        return _PLAIN_SPLIT_COST - PER_LEVEL * (sum(levels) - _PLAIN_SPLIT_LEVELS)
    association = table.association(first, second)
    if association is None:
        return None
    # The level of the pair, as if it were one word: see bigrams.
    return _SPLIT_COST - PER_LEVEL * (sum(levels) - 270 + 3 * association)


def _written(options: list[str], written: str, lex: Lexicon) -> list[str]:
    """The options in the capitals of the word that they would replace, each once."""
    if written.isupper() and len(written) > 1:
        return [option.upper() for option in options]
    cased = [lex.names.get(option, option) for option in options]
    if written[0].isupper():
        cased = [option[0].upper() + option[1:] for option in cased]
    return list(dict.fromkeys(cased))
