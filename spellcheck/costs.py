"""What slips cost, as natural logarithms of odds: fitted, not found by hand.

Fitted by softmax regression over candidate lists, on one half of the development pairs
(English and Swedish learners) and on a sample of codespell's list of typing errors; the other
half is what bench/spelling.py reports. A cost says how unlikely the slip is, not the word.
"""

from __future__ import annotations

COSTS = {
    "change:ae": 1.36,
    "change:ai": 1.95,
    "change:alike": 1.88,
    "change:ao": 1.94,
    "change:au": 2.15,
    "change:diacritic": 0.90,
    "change:ei": 1.79,
    "change:eo": 2.05,
    "change:eu": 1.96,
    "change:ey": 2.18,
    "change:eä": 1.60,
    "change:io": 1.71,
    "change:iu": 2.07,
    "change:iy": 1.15,
    "change:mixed": 3.61,
    "change:neighbour": 2.83,
    "change:other": 3.82,
    "change:ou": 1.70,
    "change:oå": 1.60,
    "change:uy": 1.70,
    "change:uö": 1.60,
    "change:vowel": 1.96,
    "change:yö": 1.60,
    "extra:consonant": 3.22,
    "extra:double": 1.38,
    "extra:e": 1.83,
    "extra:final": 3.09,
    "extra:final_e": 1.17,
    "extra:final_s": 3.06,
    "extra:mark": 1.00,
    "extra:silent": 2.37,
    "extra:vowel": 2.72,
    "first": 1.23,
    "last": 0.63,
    "omit:consonant": 1.23,
    "omit:double": 0.93,
    "omit:e": 0.85,
    "omit:final": 1.55,
    "omit:final_e": 0.24,
    "omit:final_s": 2.70,
    "omit:mark": 0.95,
    "omit:silent": 0.99,
    "omit:vowel": 1.10,
    "swap:other": 1.55,
    "swap:vowels": 0.83,
}
# What one level of frequency is worth (30 levels are a factor of ten) ...
PER_LEVEL = 0.0551
# ... and what each level below this one costs besides.
RARE_LEVEL = 90
PER_RARE_LEVEL = -0.0078
# A word that is written with a capital, where none was written.
NAME = 0.83
# Each slip, divided by the letters of the word: two in five are a lot.
PER_SHARE = 5.62
# One of the first two letters wrong.
BEGINNING = 0.69
# What sounding the same is worth.
SOUND = 1.02
# Two letters in each other's place, with others between.
EXCHANGED = 2.5
# One sound written otherwise (see respellings), and another ending of a likely word (families).
RESPELT = 1.7
ENDING = 6.0
# What a tenth of association with the neighbours is worth (see context).
CONTEXT = 0.09
# What a level is worth besides in running text, where a word is met as often as it is common.
PER_LEVEL_IN_TEXT = 0.014
