"""Markdown: the text that a reader of the rendered page sees, without the marks."""

from __future__ import annotations

from markdown_it import MarkdownIt

from files.extraction.advice import FailureCode
from files.extraction.html import read_html
from files.extraction.outcome import ExtractionFailed, Reading, Source
from files.extraction.txt import MOST_BYTES_PER_CHAR, decode


def read(source: Source) -> Reading:
    """CommonMark with tables and strikethrough; HTML in it is text, as the pupil typed it."""
    if len(source.data) > MOST_BYTES_PER_CHAR * source.limits.text_chars:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return read_html(parser.render(decode(source.data)))
