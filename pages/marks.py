"""An essay's text with its marks: escaped, built from offsets, and otherwise exactly as written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from spellcheck.models import Misspelling

Kind, Decision = Misspelling.Kind, Misspelling.Decision

MAX_TITLE_CHARS = 90
_PARAGRAPH = re.compile(r"(?![^\S\n]*(?:\n|\Z))[^\n].*?(?=\n\s*\n|\s*\Z)", re.DOTALL)

KIND_CSS: Mapping[str, str] = {
    Kind.SPELLING: "mk-sp",
    Kind.CONFUSION: "mk-cf",
    Kind.SPLIT: "mk-cp",
    Kind.JOINED: "mk-cp",
}
WHY: Mapping[tuple[str, str], str | Promise] = {
    (Kind.SPELLING, "en"): gettext_lazy("Not in the English word list."),
    (Kind.SPELLING, "sv"): gettext_lazy("Not in the Swedish word list."),
    (Kind.CONFUSION, "en"): gettext_lazy("A real word, but perhaps not the one that was meant."),
    (Kind.CONFUSION, "sv"): gettext_lazy(
        "A real word, but perhaps another word or form was meant."
    ),
    (Kind.SPLIT, "en"): gettext_lazy("English writes this as one word."),
    (Kind.SPLIT, "sv"): gettext_lazy("Swedish writes this as one word."),
    (Kind.JOINED, "en"): gettext_lazy("Written as one word, but it is more than one."),
    (Kind.JOINED, "sv"): gettext_lazy("Written as one word, but it is more than one."),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A misspelling at its place: the how-manieth, and in which paragraph; a title is number 0."""

    item: Misspelling
    number: int
    paragraph: int
    language: str

    @property
    def pk(self) -> int:
        return self.item.pk

    @property
    def word(self) -> str:
        return self.item.word

    @property
    def kind(self) -> str:
        return str(Kind(self.item.kind).label)

    @property
    def kind_css(self) -> str:
        return KIND_CSS[self.item.kind]

    @property
    def why(self) -> str:
        return str(WHY[self.item.kind, self.language])

    @property
    def seen(self) -> str:
        """How the mark stands on this page, for the verbs to compare."""
        return f"{self.item.decision}:{self.item.replacement}"

    def same_word(self, other: Mark) -> bool:
        """In any capitals: what is said of the one may be said of the other."""
        return self.word.casefold() == other.word.casefold()

    @property
    def is_open(self) -> bool:
        return self.item.decision == Decision.OPEN

    @property
    def is_accepted(self) -> bool:
        return self.item.decision == Decision.ACCEPTED

    @property
    def proposal(self) -> str:
        """What stands behind the arrow in a list: what was accepted, else the first suggestion."""
        if self.item.decision == Decision.IGNORED:
            return ""
        return self.item.replacement or next(iter(self.item.suggestions), "")


def spans(body: str) -> list[tuple[int, int]]:
    """(start, end) of each paragraph: what stands between blank lines."""
    return [found.span() for found in _PARAGRAPH.finditer(body)]


def marks_of(body: str, items: Sequence[Misspelling], language: str) -> list[Mark]:
    """The marks in the order of the text; one that begins inside another is left out."""
    starts = [start for start, _end in spans(body)]
    n_before = 1 if has_title(body) else 0
    found: list[Mark] = []
    end = 0
    for item in sorted(items, key=lambda item: item.start):
        if item.start >= end:
            paragraph = sum(start <= item.start for start in starts) - n_before
            found.append(Mark(item, len(found) + 1, paragraph, language))
            end = item.start + item.length
    return found


def drawn(body: str, marks: Sequence[Mark], current: Mark | None) -> SafeString:
    """The whole text as paragraphs of HTML."""
    first = 0 if has_title(body) else 1
    return format_html_join(
        "\n",
        '<p class="{}">{}</p>',
        (
            (
                "" if n else "title",
                _paragraph(body, start, end, [m for m in marks if m.paragraph == n], current),
            )
            for n, (start, end) in enumerate(spans(body), start=first)
        ),
    )


def has_title(body: str) -> bool:
    """Whether the text begins with a short line that ends like no sentence."""
    first, *more = spans(body) or [(0, 0)]
    text = body[slice(*first)]
    is_short = 0 < len(text) <= MAX_TITLE_CHARS and "\n" not in text
    return bool(more) and is_short and text[-1] not in ".,;:"


def _paragraph(
    body: str, start: int, end: int, marks: Sequence[Mark], current: Mark | None
) -> SafeString:
    def pieces() -> Iterator[tuple[str]]:
        at = start
        for mark in marks:
            yield (body[at : mark.item.start],)
            at = min(mark.item.start + mark.item.length, end)
            yield (button(mark, body[mark.item.start : at], is_current=mark == current),)
        yield (body[at:end],)

    return format_html_join("", "{}", pieces())


def button(mark: Mark, written: str = "", *, is_current: bool = False, oob: str = "") -> SafeString:
    """One marked word: a real button that opens its card.

    oob: an attribute for htmx, which then puts the button in the place of the one on the page.
    """
    decision = Decision(mark.item.decision)
    css = {Decision.OPEN: "", Decision.ACCEPTED: " fixed", Decision.IGNORED: " left"}[decision]
    said = ""
    if decision == Decision.ACCEPTED:
        said = f", {decision.label}: {mark.item.replacement}"
    elif decision == Decision.IGNORED:
        said = f", {decision.label}"
    return format_html(
        '<button type="submit" form="pick" name="mark" value="{}" id="m{}" class="mk {}"'
        ' aria-expanded="{}" aria-controls="note"{}{}>'
        '<span class="visually-hidden">{}: </span>{}<span class="visually-hidden">{}</span>'
        "</button>",
        mark.pk,
        mark.pk,
        mark.kind_css + css,
        "true" if is_current else "false",
        format_html(' data-fix="{}"', mark.item.replacement) if mark.is_accepted else "",
        format_html(' hx-swap-oob="{}"', oob) if oob else "",
        mark.kind,
        written or mark.word,
        said,
    )
