"""What a code means to a teacher: what is wrong and what to do about it, in their own language.

The core stores codes, which never change, and `files.advice` has a sentence for each. Here is what
only the pages say: of a whole batch, and in the few words that a list has room for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from files import advice
from files.models import Upload
from lifecycle.models import Essay
from lifecycle.names import in_order as in_order
from lifecycle.names import name_of as name_of

GAVE_UP = _("The check failed several times for this essay. Run it again in a while.")
OUTDATED = _("not checked again")
UNKNOWN = _("The file could not be read. Try again, or put another file here instead.")
TRYING_HELPS = frozenset({"timeout", "scanner_unavailable"})

# What to look at in a text that was read, in the few words that a list has room for.
NOTICES: Mapping[str, str | Promise] = {
    "ocr_please_check": _("hard to read, compare"),
    "unreadable_page": _("a page is damaged"),
    "picture_page": _("a page is only a picture"),
    "hidden_text": _("hidden words"),
    "infected": _("harmful file"),
    "too_short": _("very short"),
}
SHOWN_HIDDEN_WORDS = 12

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


def problem(code: str, detail: str = "") -> str:
    """What is wrong with a file, and what to do. detail: what was stored beside the code."""
    return advice.of_failure(code, detail) or str(UNKNOWN)


def problem_of(essay: Essay, upload: Upload | None) -> str:
    """`problem` of the essay whose slot holds this upload."""
    return problem(essay.failure_code, upload.failure_detail if upload else "")


def warnings(upload: Upload) -> list[str]:
    """What a teacher should look at in the text that was read from a file, a sentence each."""
    codes = [code for code in upload.warnings if not _is_said_by_another(code, upload.warnings)]
    said = {code: advice.of_warning(code) for code in codes}
    if "hidden_text" in said and upload.hidden_words:
        shown = " ".join(upload.hidden_words[:SHOWN_HIDDEN_WORDS])
        more = " …" if len(upload.hidden_words) > SHOWN_HIDDEN_WORDS else ""
        said["hidden_text"] += " " + gettext("They are: “%(words)s”") % {"words": shown + more}
    return [sentence for sentence in said.values() if sentence]


def _is_said_by_another(code: str, codes: Collection[str]) -> bool:
    return code == "ocr" and "ocr_please_check" in codes


def notices(upload: Upload) -> list[str]:
    """The same in a few words, of those that should be looked at before the marks are decided."""
    return [str(short) for code, short in NOTICES.items() if code in upload.warnings]


def page_of_scan(upload: Upload) -> str:
    """How far a scan or photograph has been read."""
    if not upload.page_count:
        return gettext("waits to be read as a picture")
    at = {"n": min((upload.pages_done or 0) + 1, upload.page_count), "all": upload.page_count}
    return gettext("page %(n)d of %(all)d") % at


def summary(code: str, n: int) -> str:
    """`n` files of a batch have this problem."""
    words = _SUMMARIES.get(code)
    if words is None:
        return ngettext("%(n)d file cannot be read", "%(n)d files cannot be read", n) % {"n": n}
    return words % {"n": n}
