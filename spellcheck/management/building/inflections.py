"""Makes the table of spellcheck.inflections: what form of which word a common Swedish word is.

No list of the language's grammar is at hand that may be passed on, so forms tell it by their
company: "boll" is a noun of common gender because "bollen" and "bollar" are words and "bollet" is
none. A word that may be of two kinds is left out. Levels: 30 x Zipf frequency, 0 for no word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

VOWELS = frozenset("aeiouyåäöé")
MIN_LEVEL = 60  # of a word that is in the table, and of most forms that tell what it is
MIN_FORM = 45
TEN_TIMES = 30  # as common
# Adjectives whose forms are irregular or also those of nouns -> neuter, plural.
IRREGULAR = {
    "glad": ("glatt", "glada"), "god": ("gott", "goda"), "hård": ("hårt", "hårda"),
    "lång": ("långt", "långa"), "gammal": ("gammalt", "gamla"), "liten": ("litet", "små"),
    "social": ("socialt", "sociala"), "stor": ("stort", "stora"), "ung": ("ungt", "unga"),
}  # fmt: skip
_ENDINGS_OF_ADJECTIVES = (
    "ad", "al", "ant", "bar", "ell", "ent", "full", "ig", "isk", "iär", "iv", "sam", "ulär", "ös",
)  # fmt: skip
_PRESENT = {"gör": "göra", "har": "ha", "hör": "höra", "kör": "köra", "lär": "lära", "rör": "röra",
            "stör": "störa", "styr": "styra", "vet": "veta", "är": "vara"}  # fmt: skip
_PAST = {
    "blev": "bli", "dog": "dö", "drack": "dricka", "drog": "dra", "fick": "få", "gav": "ge",
    "gick": "gå", "gjorde": "göra", "hade": "ha", "hette": "heta", "kom": "komma", "låg": "ligga",
    "sa": "säga", "sade": "säga", "skrev": "skriva", "sov": "sova", "sprang": "springa",
    "stod": "stå", "såg": "se", "tog": "ta", "visste": "veta", "åkte": "åka",
}  # fmt: skip
_SUPINE = {
    "bli": "blivit", "dra": "dragit", "dricka": "druckit", "dö": "dött", "få": "fått", "ge": "gett",
    "göra": "gjort", "ha": "haft", "komma": "kommit", "ligga": "legat", "se": "sett",
    "skriva": "skrivit", "sova": "sovit", "springa": "sprungit", "säga": "sagt", "ta": "tagit",
    "vara": "varit", "veta": "vetat",
}  # fmt: skip
_SHORT_VERBS = frozenset({"be", "bli", "dra", "ge", "ha", "ta"})
# Small words, units and others that mostly are something else than their forms say.
_OTHERS = (
    "all borde bra de död egen en fast fot full fyra för grad gram halva hela hum hur illa inga "
    "jo jätte kaffe kar kilo kort kunde kväll lite liter man mer meter mil mitt män må måste nio "
    "nu när om par poäng reda rädda rätt råd sina skall skola skulle synd så te till tio ton tum "
    "tur unge var ville väsen vår åtta öl"
)
NOT_INFLECTED = frozenset(_OTHERS.split())


def forms(levels: Mapping[str, int]) -> dict[str, str]:
    """Word in lower case -> "kind other ...", of one kind only; levels: without names.

    a: adjective, with its neuter and plural. b: its neuter, with both others. v: verb in the
    present, t: in the past, with infinitive. i: infinitive, with present and supine ("-" for one
    that is not known). n: indefinite noun, neuter, with its definite form; u: of common gender,
    with that and its plurals. e, d: their definite forms, with the indefinite one.
    """
    return _Forms(levels).table()


class _Forms:
    def __init__(self, levels: Mapping[str, int]) -> None:
        self._levels = dict(sorted(levels.items()))  # so that the order of the list says nothing
        self._adjectives = dict(IRREGULAR)
        for word in self._levels:
            if found := self._adjective(word):
                self._adjectives.setdefault(word, found)
        self._neuters = {
            neuter: base
            for base, (neuter, _) in self._adjectives.items()
            if self._level(f"{neuter}a") < MIN_FORM
        }
        self._plurals = {plural for _, plural in self._adjectives.values()}
        self._present, self._past, self._supine = self._verbs()
        self._verb_forms = {*self._present.values(), *self._supine.values()}

    def table(self) -> dict[str, str]:
        found: dict[str, list[str]] = {}

        def add(word: str, entry: str) -> None:
            if word not in NOT_INFLECTED:
                found.setdefault(word, []).append(entry)

        for base, (neuter, plural) in self._adjectives.items():
            add(base, f"a {neuter} {plural}")
        for neuter, base in self._neuters.items():
            add(neuter, f"b {base} {self._adjectives[base][1]}")
        for present, verb in self._present.items():
            add(present, f"v {verb}")
            add(verb, f"i {present} {self._supine.get(verb, '-')}")
        for past, verb in self._past.items():
            add(past, f"t {verb}")
        nouns = {word: noun for word in self._levels if (noun := self._noun(word))}
        for word, (kind, definite, plurals) in nouns.items():
            if not self._may_be_other(word, plurals):
                add(word, " ".join((kind, definite, *plurals)))
        for word, (kind, definite, _) in nouns.items():
            if definite not in nouns and self._is_only_definite(definite):
                add(definite, f"{'e' if kind == 'n' else 'd'} {word}")
        return {word: entries[0] for word, entries in found.items() if len(entries) == 1}

    def _level(self, word: str) -> int:
        return self._levels.get(word, 0)

    def _commonest(self, words: Iterable[str]) -> tuple[int, str]:
        """(level, word); (0, "") for none."""
        return max(((self._level(word), word) for word in words), default=(0, ""))

    def _adjective(self, word: str) -> tuple[str, str] | None:
        """Neuter and plural of an adjective in its base form."""
        if self._level(word) < MIN_LEVEL or word[-1] in "ae":
            return None
        for neuter, plural in _neuter_and_plural(word):
            if min(self._level(neuter), self._level(plural)) < MIN_LEVEL:
                continue
            if self._level(f"{plural}st") >= MIN_FORM or word.endswith(_ENDINGS_OF_ADJECTIVES):
                as_noun = self._commonest((f"{word}en", f"{word}et"))[0]
                return (neuter, plural) if as_noun < self._level(word) - MIN_FORM else None
        return None

    def _verbs(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Present -> infinitive; past -> infinitive; infinitive -> supine."""
        present: dict[str, str] = {}
        past: dict[str, str] = {}
        supine: dict[str, str] = {}
        for verb in self._levels:
            if verb in self._adjectives or verb in self._plurals or verb in NOT_INFLECTED:
                continue
            now, then, done = self._forms_of_verb(verb) or ("", "", "")
            if not now or self._is_plural_of_noun(now):
                continue
            if self._level(present.get(now, "")) < self._level(verb):
                present[now] = verb
            if then and then not in self._plurals:
                past[then] = verb
            if done:
                supine[verb] = done
        return present | _PRESENT, past | _PAST, supine | _SUPINE

    def _forms_of_verb(self, verb: str) -> tuple[str, str, str] | None:
        """Present, past and supine; "" for what is irregular."""
        level = self._level
        if len(verb) < 2 or level(verb) < MIN_LEVEL + 10:
            return None
        if verb in _SHORT_VERBS:
            return f"{verb}r", "", ""
        stem = verb[:-1]
        if verb[-1] == "a" and len(verb) > 3:
            regular = f"{verb}r", f"{verb}de", f"{verb}t"
            is_first = level(regular[0]) >= max(MIN_LEVEL, level(f"{stem}er"))
            if is_first and min(map(level, regular)) >= MIN_FORM:
                return regular
            if level(f"{stem}er") < MIN_LEVEL:
                return None
            short = stem[:-1] if stem.endswith(("nn", "mm")) else stem
            then = [f"{short}{ending}" for ending in ("te", "de", "e")]
            done = [f"{short}t", f"{stem}it", f"{stem}tt", f"{short[:-1]}tt"]
            past = next((form for form in then if level(form) >= MIN_LEVEL), "")
            supine = next((form for form in done if level(form) >= MIN_FORM + 5), "")
            return (f"{stem}er", past, supine) if supine or level(verb) >= 110 else None
        is_verb = level(f"{verb}r") >= MIN_LEVEL + 10 and level(f"{verb}tt") >= MIN_FORM + 5
        if verb[-1] not in VOWELS or verb[-1] == "a" or not is_verb:
            return None
        past = f"{verb}dde" if level(f"{verb}dde") >= MIN_FORM + 5 else ""
        return f"{verb}r", past, f"{verb}tt"

    def _is_plural_of_noun(self, word: str) -> bool:
        """Whether a form like "bilar" has the company of a noun: "bilarna", "bilen"."""
        definite, own = self._level(f"{word}na"), self._level(word)
        if definite >= own - TEN_TIMES + 10:
            return True
        singular = self._commonest(f"{word[:-2]}{ending}" for ending in ("en", "an", "n"))[0]
        return definite >= max(MIN_FORM + 5, own - 2 * TEN_TIMES) and singular >= MIN_LEVEL

    def _noun(self, word: str) -> tuple[str, str, list[str]] | None:
        """Kind, definite form and plurals of what may be an indefinite noun in the singular."""
        level = self._level
        if len(word) < 2 or level(word) < MIN_LEVEL:
            return None
        common, of_common = self._commonest(_common_definites(word))
        neuter, of_neuter = self._commonest(_neuter_definites(word))
        if word.endswith("r") and level(f"{word}e") >= MIN_LEVEL:  # "spelaren" is of "spelare"
            return None
        if word.endswith("e") and level(word[:-1]) > level(word):  # "bordet" is of "bord"
            neuter = 0
        if level(word) > max(common, neuter) + 50:  # a small word, or a name
            return None
        least = max(MIN_FORM, level(word) - 2 * TEN_TIMES)
        plurals = [
            plural
            for plural in sorted(_plurals(word), key=lambda one: (-level(one), one))
            if level(plural) >= least and level(f"{plural}na") >= MIN_FORM - 5
        ]
        if word[-1] == "a":
            is_common = bool(plurals) and common >= MIN_LEVEL > neuter
        else:
            has_genitive = level(f"{of_common}s") > 0
            is_common = (
                common >= max(MIN_LEVEL - 5, neuter + 40)
                and (has_genitive or bool(plurals))
                and (bool(plurals) or neuter < MIN_LEVEL - 5)
            )
        if is_common:
            return "u", of_common, plurals
        is_neuter = neuter >= max(MIN_LEVEL - 5, common - 40) and word[-1] != "a" and not plurals
        if not is_neuter or word.endswith(("ande", "ende")):
            return None
        return ("n", of_neuter, []) if level(f"{of_neuter}s") or level(word) >= 100 else None

    def _may_be_other(self, word: str, plurals: Sequence[str]) -> bool:
        """Whether what may be a noun may also be an adjective or a verb: "fest", "svensk"."""
        others = self._adjectives, self._neuters, self._plurals, self._present, self._past
        if any(word in other for other in others) or word in self._verb_forms | NOT_INFLECTED:
            return True
        if word.endswith("ska") and len(word) > 4:
            return True
        inflected = max(self._level(f"{word}a"), self._level(f"{word}{word[-1]}a"))
        is_adjective = inflected >= MIN_LEVEL <= self._level(f"{word}t") and word[-1] not in "ae"
        return is_adjective and inflected > self._commonest(plurals)[0]

    def _is_only_definite(self, word: str) -> bool:
        """Whether it is not also the indefinite form of something: "slut", "modern"."""
        if len(word) < 4 or self._level(word) < MIN_LEVEL - 5 or not self._level(f"{word}s"):
            return False
        again = self._commonest((*_common_definites(word), *_neuter_definites(word)))[0]
        return again < self._level(word) - 2 * TEN_TIMES and self._level(f"{word}a") < MIN_FORM


def _neuter_and_plural(word: str) -> Iterator[tuple[str, str]]:
    """How an adjective may be inflected: "vacker" -> ("vackert", "vackra")."""
    if word.endswith(("al", "el", "en", "er")) and word[-3:-2] not in VOWELS:
        neuter = f"{word[:-1]}t" if word.endswith("n") else f"{word}t"
        yield neuter, f"{word[:-2]}{word[-1]}a"
        if not word.endswith("al"):
            return
    if word.endswith("ad"):
        yield f"{word[:-1]}t", f"{word}e"
    elif word[-1] in "iyåö":
        yield f"{word}tt", f"{word}a"
    elif word[-1] == "t":
        if word[-2:-1] in VOWELS:
            yield f"{word}t", f"{word}a"
    elif word.endswith("d"):
        yield f"{word[:-1]}{'tt' if word[-2:-1] in VOWELS else 't'}", f"{word}a"
    else:
        yield f"{word}t", f"{word}a"


def _common_definites(word: str) -> list[str]:
    """What the definite form of a noun may be, were it of common gender."""
    found = [f"{word}n" if word[-1] in VOWELS else f"{word}en"]
    if word.endswith(("al", "ar", "el", "er", "or")):
        found.append(f"{word}n")
    if word.endswith("en"):
        found.append(f"{word[:-2]}nen")
    return [*found, f"{word}{word[-1]}en"] if word[-1] in "mn" else found


def _neuter_definites(word: str) -> list[str]:
    """What it may be, were the noun neuter."""
    if word[-1] in "aei":
        return [f"{word}t", f"{word}et"] if word[-1] != "a" else [f"{word}t"]
    found = [f"{word}et"]
    if word[-1] in VOWELS:
        found.append(f"{word}t")
    if word.endswith(("el", "en", "er")):
        found.append(f"{word[:-2]}{word[-1]}et")
    if word.endswith("um"):
        found.append(f"{word[:-2]}et")
    return [*found, f"{word}{word[-1]}et"] if word[-1] in "mn" else found


def _plurals(word: str) -> set[str]:
    """What the plural of a noun of common gender may be."""
    if word[-1] == "a":
        return {f"{word[:-1]}or"}
    stem = word.removesuffix("e")
    found = {f"{stem}{ending}" for ending in ("ar", "er", "or")}
    if word[-1] in VOWELS:
        found.add(f"{word}r")
    if word.endswith(("el", "en", "er")):
        found.add(f"{word[:-2]}{word[-1]}ar")
    if word[-1] in "mn":
        found |= {f"{word}{word[-1]}ar", f"{word}{word[-1]}er"}
    return found
