"""Swedish words of the closed classes, as spellcheck.inflections needs them, in lower case."""

from __future__ import annotations


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# Of what a noun has before it: common gender -> neuter, and back.
NEUTER = {
    "en": "ett", "min": "mitt", "din": "ditt", "sin": "sitt", "vår": "vårt", "ingen": "inget",
    "någon": "något", "annan": "annat",
}  # fmt: skip
COMMON = {
    "ett": "en", "mitt": "min", "ditt": "din", "sitt": "sin", "vårt": "vår", "inget": "ingen",
}  # fmt: skip
SINGULAR = {"mina": "min", "dina": "din", "sina": "sin", "våra": "vår"}  # of common gender
OWNERS = _words("min mitt mina din ditt dina sin sitt sina vår vårt våra hans hennes deras dess")
# A noun that follows these has no ending either.
BEFORE_INDEFINITE = _words("denna detta samma varje nästa någon något")
SEVERAL = _words("många flera några mina dina sina våra")
COUNTED = SEVERAL | _words("två tre fyra fem sex sju åtta nio tio")
# What stands before a number that counts nothing.
NUMBERED = _words("klockan nummer vid")
SUBJECTS = _words("jag du han hon vi ni man")
MANY = _words("vi de")
MODALS = _words("kan ska skall vill måste kunde skulle ville borde bör")
# What an infinitive may follow besides.
TRIES = _words(
    "brukar brukade börjar började slutar slutade försöker försökte behöver behövde vågar orkar "
    "hinner"
)
# What may stand between a verb and what it governs.
BETWEEN = _words("inte aldrig alltid också bara även ju ofta gärna verkligen absolut")
IS = _words("är var blir blev känns verkar")
RATHER = _words("inte så mycket väldigt också ganska verkligen bara")
AFTER_JUDGEMENT = _words("att för om när och men")
# Behind "att har", these make it a clause of its own.
NOT_AFTER_ATT = SUBJECTS | _words("den de det inte")
OPENS_CLAUSE = _words("att om när som eftersom")
BEFORE_THEY = _words("att när eftersom men så fast innan medan")
PREPOSITIONS = _words(
    "av för till med på från hos om mot åt utan mellan över under efter i vid ur än som"
)
