"""What slips cost, as natural logarithms of odds: fitted, not found by hand.

Fitted by softmax regression over candidate lists, on one half of the development pairs
(English and Swedish learners) and on a sample of codespell's list of typing errors; the other
half is what bench/spelling.py reports. A cost says how unlikely the slip is, not the word.
"""

from __future__ import annotations

COSTS = {
    "change:ae": 2.02,
    "change:ai": 2.30,
    "change:alike": 2.35,
    "change:ao": 2.45,
    "change:au": 2.51,
    "change:diacritic": 1.02,
    "change:ei": 2.22,
    "change:eo": 2.40,
    "change:eu": 2.29,
    "change:ey": 2.21,
    "change:eä": 1.68,
    "change:io": 2.21,
    "change:iu": 2.10,
    "change:iy": 1.41,
    "change:mixed": 3.87,
    "change:neighbour": 3.22,
    "change:other": 4.33,
    "change:ou": 2.20,
    "change:oå": 1.60,
    "change:uy": 1.72,
    "change:uö": 1.71,
    "change:vowel": 2.30,
    "change:yö": 1.62,
    "extra:consonant": 3.61,
    "extra:double": 1.64,
    "extra:e": 2.39,
    "extra:final": 3.09,
    "extra:final_e": 1.67,
    "extra:final_s": 3.19,
    "extra:mark": 1.00,
    "extra:silent": 2.78,
    "extra:vowel": 3.09,
    "first": 1.58,
    "last": 0.94,
    "omit:consonant": 1.58,
    "omit:double": 1.08,
    "omit:e": 1.30,
    "omit:final": 1.81,
    "omit:final_e": 0.48,
    "omit:final_s": 2.59,
    "omit:mark": 0.94,
    "omit:silent": 1.40,
    "omit:vowel": 1.52,
    "swap:other": 1.92,
    "swap:vowels": 0.98,
}
# What one level of frequency is worth (30 levels are a factor of ten) ...
PER_LEVEL = 0.056
# ... and what each level below this one costs besides.
RARE_LEVEL = 90
PER_RARE_LEVEL = -0.0119
# A word that is written with a capital, where none was written.
NAME = 1.21
# Each slip after the second.
FAR = 0.77
# What sounding the same is worth.
SOUND = 1.09
# Two letters in each other's place, with others between.
EXCHANGED = 2.5
# One sound written otherwise (see respellings), and another ending of a likely word (families).
RESPELT = 1.7
ENDING = 6.0
# What a tenth of association with a neighbour is worth (see bigrams).
CONTEXT = 0.1
