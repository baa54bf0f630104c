"""What each pattern of errors is called, and what helps a class with it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from spellcheck.patterns import Pattern

ADVICE: Mapping[Pattern, tuple[str | Promise, str | Promise]] = {
    Pattern.TOGETHER: (
        _("Words that belong together"),
        _("Say them aloud: one stress, one word."),
    ),
    Pattern.APART: (
        _("Words that are written apart"),
        _("Say them one by one: each is a word of its own."),
    ),
    Pattern.CONFUSED: (
        _("Words that are easily confused"),
        _("Both are real words. Ask what each one means in the sentence."),
    ),
    Pattern.APOSTROPHE: (
        _("The apostrophe"),
        _("It stands where letters have been left out."),
    ),
    Pattern.CAPITAL: (
        _("Capital letters"),
        _("Which words have one, and which only at the start of a sentence?"),
    ),
    Pattern.DOUBLE: (
        _("One letter or two"),
        _("Listen to the vowel before it: is it long or short?"),
    ),
    Pattern.SWAPPED: (
        _("The right letters in the wrong order"),
        _("Cover the word, write it, compare."),
    ),
    Pattern.VOWEL: (
        _("Vowels that sound alike"),
        _("The ear does not tell. Find a related word where the vowel is heard."),
    ),
    Pattern.BY_HEART: (
        _("Words to learn by heart"),
        _("A short list for a word quiz."),
    ),
}
