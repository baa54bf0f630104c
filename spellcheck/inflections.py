"""Right Swedish words in a form that those beside them rule out: "en hus", "kan går", "att skrev".

What form of which word a word is says a table that is made when the dictionaries are built
(spellcheck.management.building.inflections); of words that may be several things it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from re import compile as pattern

from spellcheck.dictionaries import read
from spellcheck.function_words import (
    AFTER_JUDGEMENT,
    BEFORE_INDEFINITE,
    BEFORE_THEY,
    BETWEEN,
    COMMON,
    COUNTED,
    IS,
    MANY,
    MODALS,
    NEUTER,
    NOT_AFTER_ATT,
    NUMBERED,
    OPENS_CLAUSE,
    OWNERS,
    PREPOSITIONS,
    RATHER,
    SEVERAL,
    SINGULAR,
    SUBJECTS,
    TRIES,
)

LANGUAGES = frozenset({"sv"})
_WRITTEN = pattern(r"\S+")
_CLOSING = ".,;:!?\u2026)\"\u201d\u2019'"
_STOPS = (".", "!", "?", ":", "\u2026")

Place = tuple[int, str]  # how many words on, and what is meant there


class _Words:
    """The words of a text in lower case, as they stand between spaces, seen from one of them."""

    def __init__(self, text: str) -> None:
        self.written = text.split()
        self.lower = text.lower().split()
        self.at = 0

    def near(self, step: int) -> str:
        """A word without marks behind it; "" for none, or one with a capital further on."""
        place = self.at + step
        if not 0 <= place < len(self.written):
            return ""
        word = self.written[place]
        if step <= 0:
            return word.lower()
        return word.rstrip(_CLOSING) if word.islower() else ""

    def ends(self, step: int) -> bool:
        """Whether a mark follows the word, or nothing."""
        place = self.at + step
        return place >= len(self.written) - 1 or self.written[place][-1] in _CLOSING

    def opens(self) -> bool:
        """Whether a sentence begins here."""
        return self.at == 0 or self.written[self.at - 1].endswith(_STOPS)


Rule = Callable[[_Words, Mapping[str, str]], Place | None]


@cache
def forms(language: str) -> Mapping[str, str]:
    """Word in lower case -> "kind other ..."; empty for a language without a table."""
    table: dict[str, str] = read(f"{language}_forms.json.gz") if language in LANGUAGES else {}
    return table


def found(text: str, language: str) -> Iterator[tuple[int, str, str]]:
    """(start, word, what is meant) of each word that is in a wrong form; in the text's order."""
    table = forms(language)
    if not table or len(text.lower()) != len(text):
        return
    words = _Words(text)
    places: dict[int, str] = {}
    for at, (word, following) in enumerate(pairwise(words.lower)):
        kinds, rules = _RULES.get(word, _NO_RULES)
        if not rules:
            if word[-1] != "s" or not _is(table.get(word[:-1], ""), "de"):
                continue
            kinds, rules = "de", (_indefinite,)
        if following not in _PASSED:
            # Mostly it is nothing that the rules are about, and that is soon told.
            entry = table.get(following) or table.get(following.rstrip(_CLOSING))
            if entry is None or entry[0] not in kinds:
                continue
        words.at = at
        for rule in rules:
            if place := rule(words, table):
                places.setdefault(at + place[0], place[1])
                break
    if places:
        for at, match in enumerate(_WRITTEN.finditer(text)):
            if at in places:
                yield match.start(), match.group().rstrip(_CLOSING), places[at]


def _is(entry: str, kinds: str) -> bool:
    return entry[:1] in kinds if entry else False


def _infinitive(word: str, table: Mapping[str, str]) -> str:
    """Of a verb in the present or past, else ""."""
    entry = table.get(word, "")
    return entry[2:] if _is(entry, "vt") else ""


def _after_modal(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "kan går", "ska inte går", "vill jag går"; but not "den som vill får ..."."""
    if words.near(-1) == "som":
        return None
    step = 1
    if words.near(1) in BETWEEN or words.near(1) in SUBJECTS:
        if words.ends(1):
            return None
        step = 2
    meant = _infinitive(words.near(step), table)
    return (step, meant) if meant else None


def _after_att(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "att går", but not "att har man ..."."""
    step = 2 if words.near(1) == "inte" else 1
    meant = _infinitive(words.near(step), table)
    if not meant or (not words.ends(step) and words.near(step + 1) in NOT_AFTER_ATT):
        return None
    return step, meant


def _after_have(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "har gick", "har gå"."""
    entry = table.get(words.near(1), "")
    if _is(entry, "t"):
        entry = table.get(entry[2:], "")
    if not _is(entry, "i"):
        return None
    supine = entry.split(" ")[2]
    return (1, supine) if supine != "-" else None


def _after_subject(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "Jag gå", "att jag gå"."""
    if not words.opens() and words.near(-1) not in OPENS_CLAUSE:
        return None
    step = 2 if words.near(1) in BETWEEN and not words.ends(1) else 1
    entry = table.get(words.near(step), "")
    return (step, entry.split(" ")[1]) if _is(entry, "i") else None


def _article(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "en hus", "mitt bok"; "min boken"."""
    word = words.near(0)
    entry = table.get(words.near(1), "")
    if words.written[words.at] == "Hans":
        return None
    if not words.ends(1) and _is(table.get(words.near(2), ""), "nude"):  # "en guld ring"
        return None
    if _is(entry, "n") and word in NEUTER:
        return 0, NEUTER[word]
    if _is(entry, "u") and word in COMMON:
        return 0, COMMON[word]
    if _is(entry, "de") and (word in OWNERS or word in ("en", "ett")):
        return 1, entry[2:]
    return None


def _adjective(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "ett stor hus", "en stort bil"."""
    entry, noun = table.get(words.near(1), ""), table.get(words.near(2), "")
    if words.ends(1) or not noun:
        return None
    is_neuter = words.near(0) in ("ett", "något", "inget")
    form, gender = "an" if is_neuter else "bu"
    if _is(entry, form) and _is(noun, gender):
        return 1, entry.split(" ")[1]
    return None


def _several(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "många bil", "mina vän", "sina boken"."""
    if words.near(-1) in NUMBERED:
        return None
    word, entry = words.near(0), table.get(words.near(1), "")
    noun = entry
    if _is(entry, "d") and word in SEVERAL:
        noun = table.get(entry[2:], "")
    if not _is(noun, "u"):
        return None
    _, _, *plurals = noun.split(" ")
    if plurals and word in SINGULAR and noun is entry:
        return 0, SINGULAR[word]
    return (1, plurals[0]) if plurals else None


def _this(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "den här bok", "det här boken"; "det stor huset"."""
    word, second = words.near(0), words.near(1)
    if words.ends(1):
        return None
    entry = table.get(words.near(2), "")
    if second in ("här", "där"):
        if _is(entry, "nu"):
            return 2, entry.split(" ")[1]
        if _is(entry, "e" if word == "den" else "d"):
            return 0, "det" if word == "den" else "den"
    adjective = table.get(second, "")
    if _is(adjective, "ab") and _is(entry, "de"):
        return 1, adjective.split(" ")[2]
    return None


def _judged(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "Det är viktig att"."""
    if words.near(1) not in IS or words.ends(1):
        return None
    step = 3 if words.near(2) in RATHER and not words.ends(2) else 2
    entry = table.get(words.near(step), "")
    if not _is(entry, "a") or not (words.ends(step) or words.near(step + 1) in AFTER_JUDGEMENT):
        return None
    return step, entry.split(" ")[1]


def _predicate(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "huset är stor", "boken är spännande", "vi är glad", "kläderna är viktig"."""
    before = words.written[words.at - 1] if words.at else ""
    if words.near(-2) in PREPOSITIONS:
        return None
    step = 2 if words.near(1) in RATHER and not words.ends(1) else 1
    entry = table.get(words.near(step), "")
    if not (words.ends(step) or words.near(step + 1) in AFTER_JUDGEMENT) or not before.isalpha():
        return None
    subject = table.get(before.lower(), "")
    if _is(entry, "a") and _is(subject, "e"):
        return step, entry.split(" ")[1]
    if _is(entry, "b") and _is(subject, "d") and words.ends(step):
        return step, entry.split(" ")[1]
    if _is(entry, "a") and (before.lower() in MANY or before.endswith(_PLURAL_DEFINITE)):
        return step, entry.split(" ")[2]
    return None


def _indefinite(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "denna boken", "samma huset", "dagens samhället"."""
    entry = table.get(words.near(1), "")
    return (1, entry[2:]) if _is(entry, "de") else None


def _trying(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "brukar går"."""
    entry = table.get(words.near(1), "")
    return (1, entry[2:]) if _is(entry, "v") and words.near(1) not in ("är", "har") else None


def _they(words: _Words, table: Mapping[str, str]) -> Place | None:
    """ "när dem kommer"."""
    if not words.opens() and words.near(-1) not in BEFORE_THEY:
        return None
    return (0, "de") if _infinitive(words.near(1), table) else None


_PLURAL_DEFINITE = ("arna", "erna", "orna")
# What may stand between the word that a rule begins with and the one that it is about.
_PASSED = BETWEEN | SUBJECTS | IS | RATHER | {"där", "här"}
# Word -> the kinds of what follows that its rules are about, and these.
_RULES: dict[str, tuple[str, Sequence[Rule]]] = {
    **dict.fromkeys(OWNERS, ("de", (_article,))),
    **dict.fromkeys(NEUTER, ("nde", (_article,))),
    **dict.fromkeys(COMMON, ("ude", (_article,))),
    **dict.fromkeys(BEFORE_INDEFINITE, ("de", (_indefinite,))),
    **dict.fromkeys(("en", "ingen", "någon"), ("ndeb", (_article, _adjective, _indefinite))),
    **dict.fromkeys(("ett", "inget", "något"), ("udea", (_article, _adjective, _indefinite))),
    **dict.fromkeys(COUNTED, ("ud", (_several,))),
    **dict.fromkeys(SINGULAR, ("ude", (_several, _article))),
    **dict.fromkeys(MODALS, ("vt", (_after_modal,))),
    **dict.fromkeys(TRIES, ("v", (_trying,))),
    **dict.fromkeys(SUBJECTS, ("i", (_after_subject,))),
    **dict.fromkeys(("har", "hade"), ("ti", (_after_have,))),
    **dict.fromkeys(("är", "var", "blir", "blev"), ("ab", (_predicate,))),
    "att": ("vt", (_after_att,)),
    "den": ("ab", (_this,)),
    "det": ("ab", (_judged, _this)),
    "dem": ("vt", (_they,)),
}
_NO_RULES: tuple[str, Sequence[Rule]] = ("", ())
