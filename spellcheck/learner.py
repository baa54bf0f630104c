"""Forms that learners make by rule where the language has none: "teached", "springde".

General ranking cannot find these: "taught" shares two letters with "teached". Own list of the
common irregular verbs; wrong forms are made from it, and those in use as words are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from spellcheck.dictionaries import lexicon

# Base form, past, participle (one form when both are the same).
_ENGLISH = """
arise arose arisen|bear bore born|beat beat beaten|become became become|begin began begun|bend bent
|bind bound|bite bit bitten|bleed bled|blow blew blown|break broke broken|breed bred|bring brought
|build built|burst burst|buy bought|catch caught|choose chose chosen|cling clung|come came come
|creep crept|cut cut|deal dealt|dig dug|draw drew drawn|drink drank drunk|drive drove driven
|eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought|find found|flee fled
|fly flew flown|forbid forbade forbidden|forget forgot forgotten|forgive forgave forgiven
|freeze froze frozen|get got|give gave given|go went gone|grind ground|grow grew grown|hang hung
|hear heard|hide hid hidden|hit hit|hold held|hurt hurt|keep kept|kneel knelt|know knew known
|lead led|leave left|lend lent|let let|lose lost|make made|mean meant|meet met|overcome overcame
|pay paid|put put|quit quit|read read|ride rode ridden|ring rang rung|rise rose risen|run ran run
|say said|see saw seen|seek sought|sell sold|send sent|set set|shake shook shaken|shoot shot
|show showed shown|shrink shrank shrunk|shut shut|sing sang sung|sink sank sunk|sit sat|sleep slept
|slide slid|speak spoke spoken|spend spent|spin spun|spit spat|split split|spread spread
|spring sprang sprung|stand stood|steal stole stolen|stick stuck|sting stung|strike struck
|strive strove striven|swear swore sworn|sweep swept|swim swam swum|swing swung|take took taken
|teach taught|tear tore torn|tell told|think thought|throw threw thrown|understand understood
|upset upset|wake woke woken|wear wore worn|weep wept|win won|wind wound|write wrote written
"""
# Infinitive, past, supine.
_SWEDISH = """
be bad bett|binda band bundit|bita bet bitit|bjuda bjöd bjudit|bli blev blivit|brinna brann brunnit
|bryta bröt brutit|bära bar burit|dra drog dragit|dricka drack druckit|driva drev drivit|dö dog dött
|falla föll fallit|finna fann funnit|flyga flög flugit|flyta flöt flutit|frysa frös frusit
|få fick fått|försvinna försvann försvunnit|ge gav gett|gråta grät gråtit|gå gick gått
|göra gjorde gjort|heta hette hetat|hinna hann hunnit|hjälpa hjälpte hjälpt|hålla höll hållit
|komma kom kommit|krypa kröp krupit|känna kände känt|le log lett|leva levde levt|ligga låg legat
|ljuga ljög ljugit|låta lät låtit|lägga lade lagt|njuta njöt njutit|resa reste rest|rida red ridit
|riva rev rivit|se såg sett|sitta satt suttit|sjunga sjöng sjungit|sjunka sjönk sjunkit
|skina sken skinit|skjuta sköt skjutit|skrika skrek skrikit|skriva skrev skrivit|skära skar skurit
|slippa slapp sluppit|slå slog slagit|slåss slogs slagits|sova sov sovit|springa sprang sprungit
|stiga steg stigit|stjäla stal stulit|stryka strök strukit|stå stod stått|säga sade sagt
|sälja sålde sålt|sätta satte satt|ta tog tagit|tycka tyckte tyckt|tänka tänkte tänkt|vara var varit
|veta visste vetat|vilja ville velat|vinna vann vunnit|vrida vred vridit|välja valde valt
|växa växte vuxit|äta åt ätit
"""

# A form this common (level) is a word in its own right: "winded".
IN_USE = 75


def meant(word: str, language: str) -> tuple[str, ...]:
    """The forms that a regularly made wrong form stands for; empty for most words."""
    return _forms(language).get(word, ())


@cache
def _forms(language: str) -> dict[str, tuple[str, ...]]:
    """Wrong form -> right forms, for what is no word of the language."""
    lex = lexicon(language)
    table = _ENGLISH if language == "en" else _SWEDISH
    make = _english if language == "en" else _swedish
    forms: dict[str, tuple[str, ...]] = {}
    for entry in table.replace("\n", "").split("|"):
        base, *right = entry.split()
        for wrong in make(base, right):
            if wrong not in right and lex.levels.get(wrong, 0) < IN_USE:
                forms.setdefault(wrong, tuple(dict.fromkeys(right)))
    return forms


def _english(base: str, right: Iterable[str]) -> Iterator[str]:
    if base.endswith("e"):
        yield base + "d"
    elif base.endswith("y"):
        yield base[:-1] + "ied"
    yield base + "ed"
    yield base + base[-1] + "ed"
    for form in right:
        yield form + "ed"


def _swedish(base: str, right: Iterable[str]) -> Iterator[str]:
    stem = base[:-1] if base.endswith("a") else base
    for ending in ("ade", "de", "te", "dde", "at", "it", "t", "tt"):
        yield stem + ending
    for form in right:
        yield form + "de"
        yield form + "te"
