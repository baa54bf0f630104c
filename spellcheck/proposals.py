"""What to propose for a misspelling, in the writer's own capitals, with the neighbours' help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import log

from spellcheck import candidates, compounds, context, families, learner, lengthened, ranking
from spellcheck.costs import (
    CONTEXT,
    COSTS,
    ENDING,
    NAME,
    PER_LEVEL,
    PER_LEVEL_IN_TEXT,
    PER_SHARE,
)
from spellcheck.dictionaries import Lexicon, lexicon
from spellcheck.flags import Flag
from spellcheck.variants import one_form

# Options whose order the neighbours may change.
MAX_KEPT = 12
# Those that cost so much more than the likeliest are not asked about.
_HOPELESS = 7.0
_CACHED_WORDS = 1024
# The cost of a form made by rule where the language has none, less than that of any slip.
_RULE_COST = -12.0
# Leaving out the space between two words.
_SPLIT_COST = 3.5
_PLAIN_SPLIT_COST = 7.0  # where no list says that the two stand side by side
_PLAIN_SPLIT_LEVELS = 200
_MIN_SPLIT_LEVEL = 140
_MIN_PAIR_LEVEL = 100
_LEVELS_PER_TENTH = 3 / log(10)
# How much less common a genitive is than its word, and how common "self-doubt" is.
_GENITIVE_LEVELS = 45
_HYPHENATED_LEVEL = 75
_MIN_HYPHENATED = 2  # letters on either side

# When the best proposal costs more than this, a compound or a rare word is likelier. What these
# are taken to be worth: a level, and a share of the level of a compound's last part.
_DOUBTFUL = -2.5
_RARE_LEVEL = 30
_COMPOUND_LEVEL = 10
_LAST_PART = 0.2

# A name without its capital is more often that name than anything else.
_CAPITAL_WORTH = 3.0

Option = tuple[float, str]


def alone(word: str, lex: Lexicon, limit: int) -> list[str]:
    """Proposals without a text around; word: normal form, any case, not only letters."""
    if not word or limit < 1:
        return []
    return _written(likely(word.lower(), lex.language), word, lex)[:limit]


def in_context(flag: Flag, lex: Lexicon, limit: int) -> list[str]:
    """Proposals for a word of a text, the neighbouring words taken into account."""
    if flag.joined:
        return _written([(0.0, flag.joined)], flag.word, lex)
    if flag.meant:
        return _written([(0.0, meant) for meant in flag.meant], flag.word, lex)[:limit]
    everything = likely(flag.word.lower(), lex.language)
    hopeless = everything[0][0] + _HOPELESS if everything else 0.0
    options = [(cost, option) for cost, option in everything if cost < hopeless]
    supports = said(flag, [option for _, option in options], lex)
    levels = lex.levels
    genitive = _genitive_of_name(flag.word, lex)
    weighed = sorted(
        (
            cost
            - _CAPITAL_WORTH * (option == genitive)
            - CONTEXT * support
            - PER_LEVEL_IN_TEXT * levels.get(option, 0),
            option,
        )
        for (cost, option), support in zip(options, supports, strict=True)
    )
    return _written([*weighed, *everything[len(options) :]], flag.word, lex)[:limit]


def _genitive_of_name(word: str, lex: Lexicon) -> str:
    """In lower case, "barry's" for "Barrys"; "" for what is no such word."""
    base = word[:-1].lower()
    return f"{base}'s" if word.istitle() and word.endswith("s") and base in lex.names else ""


def said(flag: Flag, options: Sequence[str], lex: Lexicon) -> list[int]:
    """What the words around say for each option; the same for both spellings of a word."""
    pairs = context.pairs(lex.language)
    if pairs is None:
        return [0] * len(options)
    before, after = ([_meant(word, lex) for word in side] for side in (flag.before, flag.after))
    left, right = context.sides(before, after)
    supports = pairs.said(left, options, right)
    forms = [one_form(option) for option in options]
    best: dict[str, int] = {}
    for form, support in zip(forms, supports, strict=True):
        best[form] = max(support, best.get(form, support))
    return [best[form] for form in forms]


def _meant(neighbour: str, lex: Lexicon) -> str:
    """A neighbour in lower case; one that is itself misspelt as what it likeliest stands for."""
    lower = neighbour.lower()
    if lower != neighbour or lower in lex.levels or not lower.isalpha():
        return lower
    options = likely(lower, lex.language)
    return options[0][1] if options and " " not in options[0][1] else lower


@lru_cache(maxsize=_CACHED_WORDS)
def likely(word: str, language: str) -> tuple[Option, ...]:
    """(cost, option) in lower case, the likeliest first; depends on nothing but the word."""
    if len(word) > candidates.MAX_LENGTH:
        return ()
    lex = lexicon(language)
    share = PER_SHARE / len(word)
    options = candidates.candidates(word, lex)
    alike = candidates.alike(word, lex)
    costs = {option: cost for cost, option in ranking.rank(word, options, alike, lex)}
    for base, other in _relatives(word, list(costs)[:1], lex):
        wrong = ranking.edit_cost(word, base) if base != word else 0.0
        cost = wrong + share + ENDING - PER_LEVEL * lex.levels[other]
        costs[other] = min(cost, costs.get(other, cost))
    if word in lex.names:
        costs[word] = NAME - PER_LEVEL * lex.levels[word] - _CAPITAL_WORTH
    for cost, option in by_rule(word, lex):
        costs[option] = cost
    if min(costs.values(), default=0.0) > _DOUBTFUL:
        for option, level in _rare(word, lex).items():
            cost = ranking.edit_cost(word, option) + share - PER_LEVEL * level
            costs.setdefault(option, cost)
    return tuple(sorted((cost, option) for option, cost in costs.items())[:MAX_KEPT])


def _rare(word: str, lex: Lexicon) -> dict[str, int]:
    """Words without a frequency, and compounds, one slip away -> what level they are worth."""
    if not word.isalpha():
        return {}
    found = dict.fromkeys(
        candidates.near_among(lex.vocabulary.words, word, lex.language), _RARE_LEVEL
    )
    for compound, level in compounds.repaired(word, lex).items():
        found[compound] = round(_COMPOUND_LEVEL + _LAST_PART * level)
    found.pop(word, None)
    return {option: level for option, level in found.items() if option not in lex.unfit}


def _relatives(word: str, likeliest: list[str], lex: Lexicon) -> Iterator[tuple[str, str]]:
    """(word or likely option, another of its family)."""
    for base in (word, *likeliest):
        for other in families.family(base, lex):
            yield base, other


def by_rule(word: str, lex: Lexicon) -> list[Option]:
    """What needs no search: forms made by rule, two words joined, a mark left out."""
    settled = lex.unmarked.get(word)
    made = (settled,) if settled else learner.meant(word, lex.language)
    made = made or tuple(lengthened.meant(word, lex))
    forms = [(_RULE_COST + at, form) for at, form in enumerate(made)]
    share = PER_SHARE / len(word)
    others = [*_splits(word, lex), *_marked(word, lex)]
    return [*((cost + share, option) for cost, option in others if option not in made), *forms]


def prepare(lex: Lexicon) -> None:
    """Load what proposing in a language needs."""
    candidates.prepare(lex.language)
    levels = lex.levels.items()
    ranking.prepare(word for word, level in levels if level >= candidates.VERY_COMMON_LEVEL)
    context.pairs(lex.language)
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


def _marked(word: str, lex: Lexicon) -> list[Option]:
    """English words that lack a mark: "todays" for "today's", "selfdoubt" for "self-doubt"."""
    if lex.language != "en":
        return []
    found = []
    base = word[:-1]
    if word.endswith("s") and base in lex.levels:
        worth = PER_LEVEL * (lex.levels[base] - _GENITIVE_LEVELS)
        found.append((COSTS["omit:mark"] - worth, f"{base}'s"))
    for at in range(_MIN_HYPHENATED, len(word) - _MIN_HYPHENATED + 1):
        first, second = word[:at], word[at:]
        hyphenated = f"{first}-{second}"
        is_of_self = first == "self" and second in lex.levels
        if is_of_self or hyphenated in lex.vocabulary.words:
            found.append((COSTS["omit:mark"] - PER_LEVEL * _HYPHENATED_LEVEL, hyphenated))
    return found


def _split_cost(first: str, second: str, lex: Lexicon) -> float | None:
    """None where nothing says that the two words stand side by side."""
    levels = lex.levels[first], lex.levels[second]
    pairs = context.pairs(lex.language)
    if pairs is None:
        if min(levels) < _MIN_SPLIT_LEVEL or len(second) == 1:
            return None
        return _PLAIN_SPLIT_COST - PER_LEVEL * (sum(levels) - _PLAIN_SPLIT_LEVELS)
    association = pairs.association(first, second)
    if association is None:
        return None
    # Of the pair, as if it were one word: see context.
    level = sum(levels) - 270 + _LEVELS_PER_TENTH * association
    return _SPLIT_COST - PER_LEVEL * level if level >= _MIN_PAIR_LEVEL else None


def _written(options: Iterable[Option], written: str, lex: Lexicon) -> list[str]:
    """The options in the capitals of the word that they would replace, each once, without it."""
    cased = [as_written(_cased(option, lex), written) for _, option in options]
    return [option for option in dict.fromkeys(cased) if option != written]


def as_written(option: str, written: str) -> str:
    """The option in the capitals of the word that it would replace."""
    if written.isupper() and len(written) > 1:
        return option.upper()
    return option[0].upper() + option[1:] if written[0].isupper() else option


def _cased(option: str, lex: Lexicon) -> str:
    """Names with their capitals, also in the genitive."""
    if option.endswith("'s"):
        return lex.names.get(option[:-2], option[:-2]) + "'s"
    return lex.names.get(option, option)
