"""Markdown: the text that a reader of the rendered page sees, without the marks."""

from __future__ import annotations

from markdown_it import MarkdownIt

from files.extraction.html import read_html
from files.extraction.outcome import Reading, Source
from files.extraction.txt import decode


def read(source: Source) -> Reading:
    """CommonMark with tables and strikethrough; HTML in it is text, as the pupil typed it."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return read_html(parser.render(decode(source.data)))
