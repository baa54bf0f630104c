"""An essay as a Word document: as it was written, with a comment on each misspelling."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree

from batches.models import Batch
from exports import names
from exports.gather import Mark, Paper
from exports.ooxml import element, package, paragraph, run, styled_run, xml_safe
from spellcheck.models import Misspelling

PROGRAM = "HuleEdu"

_PARAGRAPH = re.compile(r"(?:(?!\n[^\S\n]*\n).)+", re.DOTALL)  # as far as a blank line
_KINDS = {kind.value: kind for kind in Misspelling.Kind}


def with_comments(paper: Paper, batch: Batch, *, language: str) -> bytes:
    """A .docx of the text as it was written; what the teacher ignored carries no comment.

    language: of the notes, the one that is active; the text's own is the batch's.
    """
    marks = [mark for mark in paper.marks if not mark.is_ignored]
    n = ngettext("%(n)d comment", "%(n)d comments", len(marks)) % {"n": len(marks)}
    comments = [_comment(i, mark, batch, language) for i, mark in enumerate(marks)]
    return _document(paper, batch, language, paper.body or "", marks, comments, n)


def corrected(paper: Paper, batch: Batch, *, language: str) -> bytes:
    """A .docx of the text with the accepted corrections in it."""
    n = paper.count(Misspelling.Decision.ACCEPTED) or 0
    note = ngettext("%(n)d correction made", "%(n)d corrections made", n) % {"n": n}
    body = paper.body or "" if paper.corrected is None else paper.corrected
    return _document(paper, batch, language, body, [], [], note)


def _document(
    paper: Paper,
    batch: Batch,
    language: str,
    body: str,
    marks: Sequence[Mark],
    comments: list[etree._Element],
    note: str,
) -> bytes:
    title = names.stem(paper.name)
    n_words = paper.n_words or 0
    facts = [
        batch.name,
        batch.class_designation if batch.class_designation not in batch.name else "",
        ngettext("%(n)s word", "%(n)s words", n_words) % {"n": number_format(n_words)},
        note,
    ]
    head = [
        paragraph(run(title), style="Heading1"),
        paragraph(run(" · ".join(filter(None, facts)), language=language), style="Subtitle"),
    ]
    return package(
        [*head, *_paragraphs(body, marks)],
        comments,
        title=title,
        language=batch.language,
        at=paper.at or batch.registered_at,
    )


def _paragraphs(body: str, marks: Sequence[Mark]) -> Iterator[etree._Element]:
    """The text in paragraphs, with the range of each mark; a mark ends with its paragraph."""
    for match in _PARAGRAPH.finditer(body):
        start = match.start() + len(match.group()) - len(match.group().lstrip("\n"))
        end = match.start() + len(match.group().rstrip())
        if start < end:
            here = [(i, m) for i, m in enumerate(marks) if start <= m.start < end]
            yield paragraph(*_pieces(body, start, end, here))


def _pieces(
    body: str, start: int, end: int, marks: Sequence[tuple[int, Mark]]
) -> Iterator[etree._Element]:
    begins: defaultdict[int, list[int]] = defaultdict(list)
    ends: defaultdict[int, list[int]] = defaultdict(list)
    for i, mark in marks:
        begins[mark.start].append(i)
        ends[min(end, mark.start + max(1, mark.length))].append(i)
    cuts = sorted({start, end, *begins, *ends})
    for at, until in zip(cuts, [*cuts[1:], end], strict=True):
        for i in ends[at]:
            yield element("commentRangeEnd", id=str(i))
            yield styled_run(element("commentReference", id=str(i)), "CommentReference")
        for i in begins[at]:
            yield element("commentRangeStart", id=str(i))
        if at < until:
            yield run(body[at:until])


def _comment(i: int, mark: Mark, batch: Batch, language: str) -> etree._Element:
    """What a teacher would write in the margin: what it should be, or what it might."""
    author = (mark.decided_by or PROGRAM) if mark.is_decided else PROGRAM
    initials = "".join(word[0] for word in author.split()[:3]).upper()
    kind = capfirst(str(_KINDS[mark.kind].label))
    if mark.is_decided:
        said = [run(f"{kind}: ", language=language)]
        said.append(run(mark.replacement, bold=True, language=batch.language))
    elif mark.suggestions:
        said = [run(_("%(kind)s, perhaps: ") % {"kind": kind}, language=language)]
        said.append(run(", ".join(mark.suggestions), language=batch.language))
    else:
        said = [run(_("%(kind)s: no suggestion.") % {"kind": kind}, language=language)]
    sign = styled_run(element("annotationRef"), "CommentReference")
    lines = [paragraph(sign, *said, style="CommentText")]
    if not mark.is_decided:
        undecided = run(_("Not decided yet"), language=language)
        lines.append(paragraph(undecided, style="CommentText"))
    return element(
        "comment",
        *lines,
        id=str(i),
        author=xml_safe(author),
        # Word shows this as it stands, whatever the Z says; it writes local time itself.
        date=timezone.localtime(mark.at).strftime("%Y-%m-%dT%H:%M:%SZ"),
        initials=xml_safe(initials),
    )
