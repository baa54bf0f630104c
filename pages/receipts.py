"""What to say about files that were handed in and not simply accepted, and what to do then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from files.receipts import Outcome, Receipt

MOST_ALONE = 3  # more files of one outcome than this are said in one sentence
SHOWN_NAMES = 5

_ONE: Mapping[Outcome, Promise | str] = {
    Outcome.DUPLICATE: gettext_lazy(
        "“%(name)s” is here already: the very same file. If two pupils handed in the same, choose "
        "“Add file” for the second one."
    ),
    Outcome.EXCESS: gettext_lazy(
        "“%(name)s” is one more than you expect. Under “Needs you” you can add it as an extra "
        "essay or remove it."
    ),
    Outcome.RETRIED: gettext_lazy(
        "“%(name)s” was here and could not be read. It is being tried again."
    ),
}
_MANY: Mapping[Outcome, Promise | str] = {
    Outcome.DUPLICATE: gettext_lazy(
        "%(n)d files are here already, the very same ones: %(names)s. If two pupils handed in the "
        "same, choose “Add file” for the second one."
    ),
    Outcome.EXCESS: gettext_lazy(
        "%(n)d files are more than you expect: %(names)s. Under “Needs you” you can add them as "
        "extra essays or remove them."
    ),
    Outcome.RETRIED: gettext_lazy(
        "%(n)d files were here and could not be read: %(names)s. They are being tried again."
    ),
}


def said(receipts: Iterable[Receipt]) -> list[str]:
    """One sentence a file; one for all of a kind where they are many."""
    by_outcome: dict[Outcome, list[Receipt]] = {outcome: [] for outcome in Outcome}
    for receipt in receipts:
        by_outcome[receipt.outcome].append(receipt)
    return [
        sentence for outcome, found in by_outcome.items() for sentence in _about(outcome, found)
    ]


def _about(outcome: Outcome, receipts: Sequence[Receipt]) -> Iterator[str]:
    if outcome == Outcome.REFUSED:
        yield from map(_refused, receipts)
    elif outcome == Outcome.SKIPPED and receipts:
        yield _skipped(len(receipts))
    elif outcome in _ONE and len(receipts) > MOST_ALONE:
        names = [f"“{receipt.file_name}”" for receipt in receipts[:SHOWN_NAMES]]
        more = ["…"] if len(receipts) > SHOWN_NAMES else []
        yield _MANY[outcome] % {"n": len(receipts), "names": ", ".join([*names, *more])}
    elif outcome in _ONE:
        yield from (_ONE[outcome] % {"name": receipt.file_name} for receipt in receipts)


def _refused(receipt: Receipt) -> str:
    why = receipt.detail
    if receipt.code == "too_large":
        is_archive = receipt.file_name.lower().endswith(".zip")
        most = settings.MAX_ARCHIVE_BYTES if is_archive else settings.MAX_UPLOAD_BYTES
        why = _("The file is larger than %(mb)d MB. Make it smaller, or split it.") % {
            "mb": most // 1024**2
        }
    return f"“{receipt.file_name}”: {why}"


def _skipped(n: int) -> str:
    return ngettext(
        "%(n)d file in the archive is no essay and was left out: computers put it there by "
        "themselves. There is nothing to do.",
        "%(n)d files in the archive are no essays and were left out: computers put them there by "
        "themselves. There is nothing to do.",
        n,
    ) % {"n": n}
