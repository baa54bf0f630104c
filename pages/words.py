"""What a code means to a teacher: what is wrong and what to do about it, in their own language.

The core stores codes, which never change, and English details for logs and clients; the pages say
it from these tables, so that a batch read in English can be looked at in Swedish.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from lifecycle.names import in_order as in_order
from lifecycle.names import name_of as name_of

PROBLEMS: Mapping[str, str | Promise] = {
    "empty": _("The file is empty. Ask the pupil to hand it in again, and put it here instead."),
    "unsupported_type": _(
        "This kind of file cannot be read. Save it as PDF or Word and put that here instead."
    ),
    "type_mismatch": _(
        "The file is not what its name says. Open it where it was written, save it as PDF or "
        "Word and put that here instead."
    ),
    "encrypted": _(
        "The file is locked with a password. Save a copy without a password and put it here "
        "instead."
    ),
    "corrupt": _("The file is damaged. Ask the pupil to save it anew, and put it here instead."),
    "no_text": _(
        "There is no text in the file, perhaps only pictures. Put the document it was made from "
        "here instead, or paste the text."
    ),
    "too_large": _("The file is too large. Shorten or split it, and put it here instead."),
    "timeout": _(
        "Reading the file took too long. Try again, or save it as a new PDF or Word file and put "
        "that here instead."
    ),
    "unsafe": _(
        "Something in the file is unsafe to open. Ask the pupil to save it anew, and put it here "
        "instead."
    ),
    "infected": _("The virus scanner found something harmful. Do not open the file."),
    "scanner_unavailable": _(
        "The virus scanner does not answer. The file is read as soon as it does."
    ),
    "gave_up": _("The check failed several times for this essay. Run it again in a while."),
}
TRYING_HELPS = frozenset({"timeout", "scanner_unavailable", "gave_up"})
UNKNOWN = _("The file could not be read. Try again, or put another file here instead.")

WARNINGS: Mapping[str, str | Promise] = {
    "too_short": _("The text is very short. Has everything been read?"),
    "type_mismatch": _("The file’s name promised another kind of file; its content was read."),
}

REFUSALS: Mapping[str, str | Promise] = {
    "too_large": _("The file is larger than %(mb)d MB."),
    "storage_unavailable": _("The file could not be stored. Try again in a moment."),
    "slot_taken": _("That essay has a file already. Replace or remove it instead."),
    "batch_cancelled": _("This batch is cancelled. Reopen it first."),
}

# n files of one kind, for one short sentence about a whole batch
_SUMMARIES: Mapping[str, Promise | str] = {
    "empty": ngettext_lazy("%(n)d file is empty", "%(n)d files are empty", "n"),
    "encrypted": ngettext_lazy(
        "%(n)d file is locked with a password", "%(n)d files are locked with a password", "n"
    ),
    "corrupt": ngettext_lazy("%(n)d file is damaged", "%(n)d files are damaged", "n"),
    "no_text": ngettext_lazy("%(n)d file has no text", "%(n)d files have no text", "n"),
    "unsupported_type": ngettext_lazy(
        "%(n)d file is of a kind that cannot be read",
        "%(n)d files are of a kind that cannot be read",
        "n",
    ),
}


def problem(code: str) -> str:
    """What is wrong with a file, and what to do."""
    return str(PROBLEMS.get(code, UNKNOWN))


def summary(code: str, n: int) -> str:
    """`n` files of a batch have this problem."""
    words = _SUMMARIES.get(code)
    if words is None:
        return ngettext("%(n)d file cannot be read", "%(n)d files cannot be read", n) % {"n": n}
    return words % {"n": n}
