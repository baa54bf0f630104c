"""The lists of words that are right although the dictionaries lack them: a teacher's, a batch's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from batches import flow as batches
from batches.models import Batch
from spellcheck.models import KnownWord
from spellcheck.wordlist import MAX_WORD_CHARS, as_listed

MAX_LIST_BYTES = 512 * 1024  # a list of all pupils of a large school is a tenth of it
MAX_LIST_WORDS = 5000  # an import
BOM = "\ufeff"

_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+(?:['-](?:[^\W\d_]|[\u0300-\u036f])+)*'?")
_HEADINGS = frozenset({"word", "words", "ord", "name", "namn", "förnamn", "efternamn"})
_LANGUAGES = frozenset(Batch.Language.values)


class Refusal(StrEnum):
    """Why a line, or a word of it, is not taken."""

    NOT_A_WORD = "not_a_word"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    UNKNOWN_LANGUAGE = "unknown_language"


@dataclass(frozen=True, slots=True)
class Refused:
    line: int  # from 1
    text: str
    reason: Refusal


@dataclass(slots=True)
class Imported:
    """What became of an import: every word of it is in exactly one of these."""

    added: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)  # already, or twice in the list
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WordList:
    """A teacher's own words (batch is None), or those of one batch, in one language.

    For a teacher the language is that of words that name none themselves.
    """

    owner: User
    language: str
    batch: Batch | None = None

    @property
    def words(self) -> QuerySet[KnownWord]:
        if self.batch is not None:
            return KnownWord.objects.filter(batch=self.batch)
        return KnownWord.objects.filter(owner=self.owner)

    @property
    def _scope(self) -> dict[str, Any]:
        return {"owner": None if self.batch else self.owner, "batch": self.batch}

    def take_in(self, rows: Iterable[tuple[int, str, str]]) -> Imported:
        """Put words on the list. rows: (line, text, language or ""); a text may hold many words."""
        done = Imported()
        wanted = list(self._wanted(rows, done))
        with transaction.atomic():
            if self.batch is None:
                self._add(wanted, done)
            else:
                with batches.held(self.batch.pk):
                    self._add(wanted, done)
        return done

    def _wanted(
        self, rows: Iterable[tuple[int, str, str]], done: Imported
    ) -> Iterator[tuple[str, str]]:
        n = 0
        for line, text, language in rows:
            language = language or self.language
            for written in text.split():
                word = as_listed(written.strip('.,;:!?"“”()'))
                reason = self._refusal(word, language)
                n += reason is None
                if n > MAX_LIST_WORDS:
                    reason = Refusal.TOO_MANY
                if reason is None:
                    yield word, language
                else:
                    done.refused.append(Refused(line, written[:MAX_WORD_CHARS], reason))

    def _refusal(self, word: str, language: str) -> Refusal | None:
        if language not in _LANGUAGES or (self.batch and language != self.batch.language):
            return Refusal.UNKNOWN_LANGUAGE
        if len(word) > MAX_WORD_CHARS:
            return Refusal.TOO_LONG
        return None if _WORD.fullmatch(word) else Refusal.NOT_A_WORD

    def _add(self, wanted: Sequence[tuple[str, str]], done: Imported) -> None:
        # Locked: whoever takes back the decision that put a word there would take it off.
        there = self.words.filter(word__in={word for word, _ in wanted}).order_by("word", "pk")
        listed = set(there.select_for_update().values_list("word", "language"))
        new: dict[tuple[str, str], None] = {}
        for pair in wanted:
            if pair in listed or pair in new:
                done.known.append(pair[0])
            else:
                new[pair] = None
                done.added.append(pair[0])
        self.words.filter(word__in={word for word, _ in wanted}).update(
            source=KnownWord.Source.LIST
        )
        KnownWord.objects.bulk_create(
            (
                KnownWord(**self._scope, word=word, language=language, source=KnownWord.Source.LIST)
                for word, language in sorted(new)  # two imports lock nothing up
            ),
            ignore_conflicts=True,  # a colleague's import of the same words at the same moment
            batch_size=500,
        )


def forget(word: KnownWord) -> None:
    """Take a word off its list; marks that were ignored because of it stay ignored."""
    if word.batch_id is None:
        with transaction.atomic():  # first the word, as who decides about it in any batch
            for listed in KnownWord.objects.select_for_update().filter(pk=word.pk):
                listed.delete()
        return
    with batches.held(word.batch_id):
        KnownWord.objects.filter(pk=word.pk).delete()


def known_to(user: User) -> QuerySet[KnownWord]:
    """Every word that the teacher has declared right, always or in one batch."""
    words = KnownWord.objects.visible_to(user)
    return words.select_related("batch").order_by("word", "pk")


# --- files ----------------------------------------------------------------------------------
def rows_of(data: bytes) -> list[tuple[int, str, str]]:
    """(line, text, language or "") of a list: one word a line, or CSV with a column of languages.

    Of a CSV with other columns the first is read, or that under the heading "word". UTF-8, or what
    Windows writes. Lines that are empty or begin with # are left out.
    """
    text = decoded(data)
    delimiter = next((mark for mark in ";\t," if mark in text.split("\n", 1)[0]), None)
    if delimiter is None:
        lines = enumerate(text.split("\n"), start=1)
        plain = [(n, line.strip(), "") for n, line in lines]
        return [row for row in plain if row[1] and not _is_remark(row[1], is_first=row[0] == 1)]
    try:
        return list(_columns(csv.reader(io.StringIO(text), delimiter=delimiter)))
    except csv.Error:  # a quotation mark that nobody closes
        return list(_columns(line.split(delimiter) for line in text.split("\n")))


def _columns(table: Iterable[list[str]]) -> Iterator[tuple[int, str, str]]:
    word, language = 0, -1
    for n, cells in enumerate(table, start=1):
        names = [cell.strip().casefold() for cell in cells]
        if n == 1 and _HEADINGS & set(names):
            word = next(i for i, name in enumerate(names) if name in _HEADINGS)
            language = next((i for i, name in enumerate(names) if name in _SPEECH), -1)
        elif len(cells) > word and cells[word].strip():
            if n == 1 and len(names) == 2 and names[1] in _LANGUAGES:
                language = 1
            spoken = cells[language].strip().lower() if 0 <= language < len(cells) else ""
            yield n, cells[word].strip(), spoken


_SPEECH = frozenset({"language", "språk"})


def _is_remark(line: str, *, is_first: bool) -> bool:
    return line.startswith("#") or (is_first and line.casefold() in {"word", "ord"})


def decoded(data: bytes) -> str:
    """Text with "\\n" line ends; bytes that are no UTF-8 are read as Windows writes them."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def as_text(words: Iterable[KnownWord]) -> str:
    """One word a line."""
    return "".join(f"{word.word}\n" for word in words)


def as_csv(words: Iterable[KnownWord]) -> str:
    """Columns word and language, as `rows_of` reads them."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(["word", "language"])
    table.writerows((word.word, word.language) for word in words)
    return out.getvalue()
