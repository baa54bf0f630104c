"""Small drawings and words that many pages share."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import words
from pages.marks import KIND_CSS
from pages.states import Standing, State

register = template.Library()
register.filter(words.name_of)

MAX_STROKES = 60  # more essays than this are drawn as a progress bar

_STROKES: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("", (State.CHECKED,)),
    ("now", (State.CHECKING, State.READING)),
    ("wait", (State.WAITING, State.READ)),
    ("need", (State.UNREADABLE, State.UNCHECKED)),
    ("miss", (State.MISSING,)),
)


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def tally(standing: Standing, size: str = "") -> SafeString:
    """One stroke an essay, grouped by state; the counts are its name for a screen reader."""
    if standing.n_expected > MAX_STROKES:
        return format_html(
            '<progress max="{}" value="{}" aria-label="{}"></progress>',
            standing.n_expected,
            standing.n_checked,
            in_words(standing),
        )
    groups = [(css, standing.count(*states)) for css, states in _STROKES]
    return format_html(
        '<span class="tally {}" role="img" aria-label="{}">{}</span>',
        size,
        in_words(standing),
        _strokes((css, n) for css, n in groups if n),
    )


@register.simple_tag
def decided(n_decided: int, n_marks: int) -> SafeString:
    """The tally of an essay's marks, of which some are decided."""
    label = _("%(decided)d of %(marks)d marks decided") % {"decided": n_decided, "marks": n_marks}
    if n_marks > MAX_STROKES:
        return format_html(
            '<progress max="{}" value="{}" aria-label="{}"></progress>', n_marks, n_decided, label
        )
    groups = [("", n_decided), ("wait", n_marks - n_decided)]
    return format_html(
        '<span class="tally" role="img" aria-label="{}">{}</span>',
        label,
        _strokes((css, n) for css, n in groups if n),
    )


def _strokes(groups: Iterable[tuple[str, int]]) -> SafeString:
    gap = format_html('<i class="{}"></i>', "gap")
    return format_html_join(
        gap,
        "{}",
        ((format_html_join("", '<i class="{}"></i>', [(css,)] * n),) for css, n in groups),
    )


def in_words(standing: Standing) -> str:
    """The tally as a person would read it out."""
    parts = [
        (standing.n_checked, ngettext("%(n)d checked", "%(n)d checked", standing.n_checked)),
        (standing.count(State.CHECKING), _("%(n)d being checked")),
        (standing.count(State.WAITING, State.READ), _("%(n)d read and waiting")),
        (standing.n_reading, _("%(n)d being read")),
        (standing.count(State.UNREADABLE, State.UNCHECKED), _("%(n)d need you")),
        (standing.n_missing, _("%(n)d missing")),
        (standing.n_absent, _("%(n)d absent")),
    ]
    said = [words % {"n": n} for n, words in parts if n]
    return ", ".join(said) or _("No essays yet")


@register.filter
def kind_css(kind: str) -> str:
    """The underline of a kind of mark."""
    return KIND_CSS[kind]
