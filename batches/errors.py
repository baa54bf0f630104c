"""What a person asked for and cannot have now. The API answers 409, the pages say it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Conflict(Exception):
    """A request that the present state forbids.

    code: stable, for programs. detail: one sentence for a person, in their language.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class IllegalMove(Conflict):
    """A state machine was asked for a step that it does not have."""

    def __init__(self, noun: str, source: StrOrPromise, target: StrOrPromise) -> None:
        self.noun, self.source, self.target = noun, source, target
        super().__init__(
            "illegal_move",
            _("This %(noun)s is %(source)s and cannot become %(target)s.")
            % {"noun": noun, "source": source, "target": target},
        )
