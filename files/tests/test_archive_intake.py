"""A zip of a class: its members come in like files beside it, and nothing in it is believed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from files import archive_intake, intake
from files.archive_intake import ClassArchive, Limits
from files.extraction import ExtractionFailed
from files.receipts import Handed, Outcome, Receipt
from tests.essays import GOOD, essay_file, fresh, register

Drain = Callable[..., int]
ROOMY = Limits(members=100, member_bytes=10**6, inflated_bytes=10**7)


class RawName(zipfile.ZipInfo):
    """A member whose name's bytes are given, as programs write them that know no UTF-8 flag."""

    raw: bytes

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.raw, 0


def raw_name(raw: bytes, extra: bytes = b"") -> RawName:
    info = RawName("replaced")
    info.raw, info.extra = raw, extra
    return info


def zipped(*members: str | zipfile.ZipInfo, **bodies: bytes) -> bytes:
    """A zip; members get a readable text of their own, keywords are names with their bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, member in enumerate(members):
            archive.writestr(member, f"{GOOD} I am number {number}.")
        for name, body in bodies.items():
            archive.writestr(f"{name}.txt", body)
    return written.getvalue()


def take_in(
    teacher: User, data: bytes, *beside: SimpleUploadedFile, n: int | None = None
) -> list[Receipt]:
    batch = register(teacher, n)
    files = [SimpleUploadedFile("class.zip", data), *beside]
    return intake.receive_all(batch.pk, [Handed(file) for file in files], by=teacher)


def labels(data: bytes) -> list[str]:
    return [member.label for member in ClassArchive(io.BytesIO(data), ROOMY).members]


def told(receipts: list[Receipt]) -> list[tuple[str, str, str]]:
    return [(receipt.file_name, receipt.outcome, receipt.code) for receipt in receipts]


# --- what comes of it ----------------------------------------------------------------------
@pytest.mark.django_db
def test_every_member_becomes_an_upload_with_a_receipt(teacher: User, drain: Drain) -> None:
    receipts = take_in(teacher, zipped("9A/alva.txt", "9A/bo.txt"), essay_file("cleo.txt"), n=3)

    drain()

    assert told(receipts) == [(n, "accepted", "") for n in ("alva.txt", "bo.txt", "cleo.txt")]
    assert teacher.batches.get().essays.ready().count() == 3


@pytest.mark.django_db
def test_what_computers_leave_is_skipped_and_said(teacher: User) -> None:
    junk = ("__MACOSX/._alva.txt", ".DS_Store", "9A/Thumbs.db", "9A/~$alva.docx", "desktop.ini")

    receipts = take_in(teacher, zipped(*junk, "9A/alva.txt"))

    assert [r.outcome for r in receipts] == [Outcome.SKIPPED] * 5 + [Outcome.ACCEPTED]
    assert {r.code for r in receipts} == {"not_an_essay", ""}


@pytest.mark.django_db
def test_archive_in_an_archive_is_refused_and_the_others_are_taken(teacher: User) -> None:
    receipts = take_in(teacher, zipped("bo.txt", alva=zipped("inner.txt")))

    assert told(receipts) == [("bo.txt", "accepted", ""), ("alva.txt", "refused", "nested_archive")]


@pytest.mark.django_db
def test_same_file_of_two_pupils_is_a_duplicate(teacher: User) -> None:
    receipts = take_in(teacher, zipped(alva=GOOD.encode(), bo=GOOD.encode()))

    assert [receipt.outcome for receipt in receipts] == [Outcome.ACCEPTED, Outcome.DUPLICATE]


@pytest.mark.django_db
def test_member_over_the_limit_of_a_file_is_refused_alone(
    teacher: User, settings: LazySettings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000

    receipts = take_in(teacher, zipped(alva=b"a" * 1001, bo=b"b" * 1000))

    assert told(receipts) == [("alva.txt", "refused", "too_large"), ("bo.txt", "accepted", "")]


@pytest.mark.django_db
def test_bomb_is_stopped_while_it_is_unpacked(teacher: User, settings: LazySettings) -> None:
    settings.MAX_ARCHIVE_INFLATED_BYTES = 2500

    receipts = take_in(teacher, zipped(a=b"a" * 1000, b=b"b" * 1000, c=b"c" * 1000, d=b"d" * 1000))

    assert [receipt.code for receipt in receipts] == ["", "", *["archive_too_large"] * 2]


@pytest.mark.django_db
def test_more_members_than_files_of_a_request_are_refused_whole(
    teacher: User, settings: LazySettings
) -> None:
    settings.MAX_FILES_PER_REQUEST = 2

    receipts = take_in(teacher, zipped("a.txt", "b.txt", "c.txt"))

    assert told(receipts) == [("class.zip", "refused", "too_many_files")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped("a.txt", "b.txt")[:200], "corrupt"),
        (zipped("__MACOSX/a.txt"), "empty"),
        (zipped(), "empty"),
    ],
    ids=["cut off", "junk only", "nothing"],
)
def test_archive_without_essays_is_refused(data: bytes, code: str, teacher: User) -> None:
    assert told(take_in(teacher, data)) == [("class.zip", "refused", code)]


@pytest.mark.django_db
def test_archive_for_one_essay_fails_with_advice(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 2)
    essay = batch.essays.all()[0]
    file = SimpleUploadedFile("class.zip", zipped("a.txt", "b.txt"))

    intake.receive_all(batch.pk, [Handed(file, essay_id=essay.pk)], by=teacher)
    drain()

    upload = fresh(batch).uploads.get()
    assert upload.failure_code == "unsupported_type"
    assert "Unpack it" in upload.failure_detail


@pytest.mark.django_db
def test_word_file_is_a_file_and_no_archive(teacher: User) -> None:
    receipts = take_in(teacher, zipped("[Content_Types].xml", "word/document.xml"))

    assert told(receipts) == [("class.zip", "accepted", "")]


# --- names -----------------------------------------------------------------------------------
def unicode_path(name: str, raw: bytes) -> bytes:
    """Info-ZIP's extra field with the name in UTF-8."""
    field = struct.pack("<BL", 1, zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(field)) + field


@pytest.mark.parametrize(
    "member",
    [
        "Åsa Öberg é.txt",
        raw_name("Åsa Öberg é.txt".encode()),
        raw_name("Åsa Öberg é.txt".encode("cp437")),
        raw_name("Åsa Öberg é.txt".encode("cp850")),
        raw_name("Åsa Öberg é.txt".encode("latin-1")),
        raw_name(b"_sa.txt", unicode_path("Åsa Öberg é.txt", b"_sa.txt")),
    ],
    ids=["flagged", "utf-8", "cp437", "cp850", "latin-1", "extra field"],
)
def test_name_is_shown_right_in_any_encoding(member: str | zipfile.ZipInfo) -> None:
    assert labels(zipped(member)) == ["Åsa Öberg é.txt"]


def test_unicode_field_of_another_name_is_not_believed() -> None:
    assert labels(zipped(raw_name(b"alva.txt", unicode_path("bo.txt", b"bo.txt")))) == ["alva.txt"]


def test_folder_tells_files_of_the_same_name_apart() -> None:
    data = zipped("9A/Alva B_123/essay.txt", "9A/Bo C_124/essay.txt", "9A/cleo.txt")

    assert labels(data) == ["Alva B_123 - essay.txt", "Bo C_124 - essay.txt", "cleo.txt"]


@pytest.mark.django_db
def test_name_that_climbs_out_of_the_archive_is_only_a_label(teacher: User) -> None:
    assert take_in(teacher, zipped("../../etc/alva.txt"))[0].file_name == "alva.txt"


# --- hostile ---------------------------------------------------------------------------------
def test_locked_member_says_so() -> None:
    data = bytearray(zipped("alva.txt"))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    archive = ClassArchive(io.BytesIO(bytes(data)), ROOMY)

    with pytest.raises(ExtractionFailed, match="encrypted"):
        archive.unpack(archive.members[0])


def test_endless_list_of_members_is_not_read() -> None:
    data = zipped(*(f"{n:04d}{'x' * 250}.txt" for n in range(5000)))

    with pytest.raises(ExtractionFailed, match="corrupt"):
        ClassArchive(io.BytesIO(data), ROOMY)


WHOLE = zipped("9A/alva.txt", "9A/bo.txt", "__MACOSX/._bo.txt")


@hypothesis_settings(max_examples=300)
@given(at=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_damaged_archive_gives_its_members_or_a_code(at: int, byte: int, cut: bool) -> None:
    data = WHOLE[:at] if cut else WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :]
    archive_intake.is_archive(io.BytesIO(data))

    try:
        archive = ClassArchive(io.BytesIO(data), ROOMY)
        for member in archive.members:
            archive.unpack(member).close()
    except ExtractionFailed as failure:
        assert failure.code in ("corrupt", "encrypted", "empty", "too_large")
