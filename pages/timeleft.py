"""How long a batch will still take, as a teacher would say it, and without fidgeting."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NEARLY_S = 12  # below this nobody counts
STEP_S = 10
LEAST_CHANGE_S = 10
LEAST_CHANGE = 0.3  # of what is left


def rounded(seconds: float) -> int:
    """Up to what a person would say: tens of seconds, minutes, five minutes, hours; 0: a moment."""
    if seconds < NEARLY_S:
        return 0
    steps = ((55, STEP_S), (10 * 60, 60), (55 * 60, 5 * 60), (math.inf, 3600))
    step = next(step for below, step in steps if seconds <= below)
    return math.ceil(seconds / step) * step


def in_words(seconds: float) -> str:
    left = rounded(seconds)
    if left == 0:
        return _("A few seconds left.")
    if left < 60:
        return _("About %(n)d seconds left.") % {"n": left}
    if left < 3600:
        n = left // 60
        return ngettext("About a minute left.", "About %(n)d minutes left.", n) % {"n": n}
    n = left // 3600
    return ngettext("About an hour left.", "About %(n)d hours left.", n) % {"n": n}


def steadied(seconds: float, promised: float | None) -> float:
    """The newest estimate, unless what was said before is about as good: then that runs on.

    seconds, promised: from now; what was promised may be over by a little.
    """
    if promised is None or abs(seconds - promised) > max(LEAST_CHANGE_S, LEAST_CHANGE * seconds):
        return seconds
    return max(promised, 1.0)
