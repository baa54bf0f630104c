"""The zip: whole, the same each time, and readable where there is nothing but a browser."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from accounts.models import User
from batches.models import Batch
from exports.models import Export
from exports.tests.conftest import Drain, ask, bytes_of, now
from tests.essays import essay_file, hand_in, register

ESSAYS = {"essays/Bo.docx", "essays/Åsa Öberg.docx", "corrected/Åsa Öberg.docx"}
TABLES = {"class-list.csv", "class-list.xlsx", "index.html", "style.css"}


def made(batch: Batch, drain: Drain, kind: str = "zip", language: str = "en") -> zipfile.ZipFile:
    export = ask(batch, kind, language)
    drain()
    return zipfile.ZipFile(io.BytesIO(bytes_of(export)))


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found |= {value for name, value in attrs if name in ("href", "src") and value}


@pytest.mark.parametrize(
    ("kind", "members"), [("zip", ESSAYS | TABLES), ("docx", ESSAYS)], ids=["all", "essays"]
)
def test_bundle_holds_what_its_manifest_says(
    class_of_three: Batch, drain: Drain, kind: str, members: set[str]
) -> None:
    bundle = made(class_of_three, drain, kind)

    manifest = json.loads(bundle.read("manifest.json"))
    assert {row["path"] for row in manifest["members"]} == members
    assert set(bundle.namelist()) == members | {"manifest.json"}
    for row in manifest["members"]:
        data = bundle.read(row["path"])
        assert row["size_bytes"] == len(data)
        assert row["sha256"] == hashlib.sha256(data).hexdigest()
    of_essays = {row["path"]: row.get("essay_id") for row in manifest["members"]}
    bo = class_of_three.essays.get(file_name="Bo.txt")
    assert of_essays["essays/Bo.docx"] == str(bo.pk)


def test_names_with_swedish_letters_are_marked_as_unicode(
    class_of_three: Batch, drain: Drain
) -> None:
    for info in made(class_of_three, drain).infolist():
        assert info.filename.isascii() or info.flag_bits & 0x800


def test_pages_links_lead_to_members_and_nowhere_else(class_of_three: Batch, drain: Drain) -> None:
    bundle = made(class_of_three, drain)

    page = Links(bundle.read("index.html").decode())

    targets = {unquote(link) for link in page.found}
    assert targets == set(bundle.namelist()) - {"index.html"}
    assert not page.tags & {"script", "img", "iframe", "form"}
    assert "://" not in bundle.read("index.html").decode()
    assert "url(" not in bundle.read("style.css").decode()


def test_page_counts_as_the_report_does_and_speaks_swedish(
    class_of_three: Batch, drain: Drain
) -> None:
    page = made(class_of_three, drain, language="sv").read("index.html").decode()

    assert '<html lang="sv">' in page
    figures = re.findall(r"<dd>([\d,]+)", page)
    assert figures == ["2", "34", "17", "7", "20,8"]  # one of eight marks was ignored
    assert re.findall(r'<td class="num">(\d+)</td><td class="num">\d+</td><td class="num">\d', page)
    assert "Det här behöver klassen öva" in page


def test_same_class_is_the_same_bytes(class_of_three: Batch, drain: Drain) -> None:
    first = bytes_of(finished(ask(class_of_three), drain))
    Export.objects.all().delete()

    assert bytes_of(finished(ask(class_of_three), drain)) == first


def finished(export: Export, drain: Drain) -> Export:
    drain()
    return now(export)


def test_pupils_of_one_name_have_a_file_each(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 3)
    for name in ("bo.txt", "Bo.docx", "../bo.pdf"):
        hand_in(batch, essay_file("x.txt", f"The text of {name} is quite short but it is one."))
        batch.essays.filter(file_name="x.txt").update(file_name=name)
    drain()

    bundle = made(batch, drain)

    essays = sorted(name for name in bundle.namelist() if name.startswith("essays/"))
    assert len({name.casefold() for name in essays}) == 3
    assert all(".." not in name and name.count("/") == 1 for name in essays)


def test_a_pupil_s_words_are_no_markup_on_the_page(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 1, title="<b>Bold</b>")
    hand_in(batch, essay_file("<script>x.txt", "I am <b>becouse</b> of <script>this</script> now."))
    drain()

    page = Links(made(batch, drain).read("index.html").decode())

    assert not page.tags & {"b", "script"}


def test_members_carry_the_moment_of_the_last_change(class_of_three: Batch, drain: Drain) -> None:
    bundle = made(class_of_three, drain)

    as_of = datetime.fromisoformat(json.loads(bundle.read("manifest.json"))["as_of"])
    at = datetime(*bundle.getinfo("index.html").date_time, tzinfo=UTC)
    assert timedelta(0) <= as_of - at < timedelta(seconds=2)  # a zip counts in twos
