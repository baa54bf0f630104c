"""Which lines of a batch's table a teacher wants to see: plain GET parameters of its page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class Show(StrEnum):
    ALL = ""
    NEEDS_YOU = "needs"
    PLEASE_CHECK = "check"
    READY = "ready"


LABELS: Mapping[Show, str | Promise] = {
    Show.ALL: _("All"),
    Show.NEEDS_YOU: _("Needs you"),
    Show.PLEASE_CHECK: _("Please check"),
    Show.READY: _("Ready"),
}


class Line(Protocol):
    @property
    def label(self) -> str: ...
    @property
    def needs_you(self) -> bool: ...
    @property
    def notices(self) -> list[str]: ...
    @property
    def has_text(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Tab:
    """A link that shows some of the lines. query: with its “?”, or empty."""

    label: str
    n: int
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Selection:
    show: Show = Show.ALL
    words: str = ""

    @classmethod
    def of(cls, given: QueryDict) -> Selection:
        """From a page's parameters, or from a form that remembers them; nonsense shows all."""
        show = given.get("show", "")
        known = Show(show) if show in set(Show) else Show.ALL
        return cls(known, given.get("q", "").strip())

    @property
    def given(self) -> dict[str, str]:
        """The parameters that make it; none when everything is shown."""
        parameters = {"show": str(self.show), "q": self.words}
        return {name: value for name, value in parameters.items() if value}

    @property
    def query(self) -> str:
        """The parameters as in an address, with “?”; empty when everything is shown."""
        return f"?{urlencode(self.given)}" if self.given else ""

    def takes(self, line: Line) -> bool:
        return _is_of(line, self.show) and self._is_called_so(line)

    def _is_called_so(self, line: Line) -> bool:
        return not self.words or _folded(self.words) in _folded(line.label)

    def tabs(self, lines: Iterable[Line]) -> list[Tab]:
        """Every choice with its number; one that would show nothing is left out."""
        found = [line for line in lines if self._is_called_so(line)]
        counts = {show: sum(_is_of(line, show) for line in found) for show in Show}
        return [
            Tab(str(LABELS[show]), n, replace(self, show=show).query, show == self.show)
            for show, n in counts.items()
            if n or show in (Show.ALL, self.show)
        ]


def _is_of(line: Line, show: Show) -> bool:
    if show == Show.NEEDS_YOU:
        return line.needs_you
    if show == Show.PLEASE_CHECK:
        return bool(line.notices)
    return line.has_text if show == Show.READY else True


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
