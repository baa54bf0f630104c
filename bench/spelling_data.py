"""Reads what bench/spelling.py measures on, and plants errors in clean sentences."""

from __future__ import annotations

import json
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Right word -> one that stands in its place in pupils' texts.
CONFUSED = {
    "en": {"than": "then", "you're": "your", "it's": "its", "there": "their", "their": "there",
           "lose": "loose"},
    "sv": {"de": "dem", "dem": "de", "var": "vart", "än": "en"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a sentence at start (code points); right: the correction, "" when unknown."""

    start: int
    form: str
    is_wrong: bool
    right: str
    part: str


Sentence = tuple[str, list[Token]]


def read_pairs(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [tuple(line.split("\t")[:2]) for line in lines if "\t" in line]
    return [(wrong, right) for wrong, right in pairs if wrong and right]


def read_sentences(path: Path) -> list[Sentence]:
    return [
        _of_treebank(entry) if isinstance(entry, dict) else _of_labels(entry)
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def read_text(path: Path) -> list[Sentence]:
    """The paragraphs of a text that nobody labelled, each as a sentence without an error."""
    return [
        (line, [Token(one.start(), one.group(), False, "", "") for one in WORD.finditer(line)])
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
    ]


def _of_treebank(entry: dict[str, Any]) -> Sentence:
    text, at, tokens = entry["text"], 0, []
    for token in entry["toks"]:
        start = text.find(token["f"], at)
        if start < 0:
            continue
        at = start + len(token["f"])
        given = re.search(r"CorrectForm=([^|]+)", token["misc"])
        right = given.group(1) if given and given.group(1) != "_" else ""
        is_wrong = bool(given) or "Typo=Yes" in token["feat"]
        tokens.append(Token(start, token["f"], is_wrong, right, token["u"]))
    return text, tokens


def _of_labels(entry: list[list[str]]) -> Sentence:
    text, tokens = "", []
    for form, label in entry:
        if text and form not in ".,!?:;)":
            text += " "
        tokens.append(Token(len(text), form, label == "i", "", ""))
        text += form
    return text, tokens


def half(right: str) -> int:
    """0: the half of the pairs that costs were fitted on; 1: the held-out half."""
    return zlib.crc32(right.encode()) % 2


def planted(
    sentences: list[Sentence], pairs: list[tuple[str, str]], draw: random.Random
) -> Iterator[Sentence]:
    """Clean sentences, each with one of its words misspelt as in a held-out pair.

    Clean: no error is labelled, no name lacks its capital, and nothing is tagged as foreign.
    """
    wrongs: defaultdict[str, list[str]] = defaultdict(list)
    for wrong, right in pairs:
        if half(right):
            wrongs[right].append(wrong)
    for text, tokens in sentences:
        places = [place for place, token in enumerate(tokens) if token.form in wrongs]
        if places and not any(map(_is_unclean, tokens)):
            place = draw.choice(places)
            yield replaced(text, tokens, place, draw.choice(wrongs[tokens[place].form]))


def _is_unclean(token: Token) -> bool:
    return token.is_wrong or token.part == "X" or (token.part == "PROPN" and token.form.islower())


def confused(sentences: list[Sentence], language: str) -> Iterator[Sentence]:
    """Clean sentences, each with one word that another stands in the place of."""
    for text, tokens in sentences:
        for place, token in enumerate(tokens):
            if token.form in CONFUSED[language] and not any(one.is_wrong for one in tokens):
                yield replaced(text, tokens, place, CONFUSED[language][token.form])


def replaced(text: str, tokens: list[Token], place: int, wrong: str) -> Sentence:
    at = tokens[place]
    end, more = at.start + len(at.form), len(wrong) - len(at.form)
    moved = [
        Token(one.start + more * (one.start >= end), one.form, one.is_wrong, one.right, one.part)
        for one in tokens
    ]
    moved[place] = Token(at.start, wrong, True, at.form, at.part)
    return text[: at.start] + wrong + text[end:], moved
