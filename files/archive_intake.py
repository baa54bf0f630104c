"""Zip archives of a class: which files are in one, what they are called, and their bytes.

No header is believed: bytes are counted while they are inflated, and the list of members is read
only up to a size that honest archives stay far below. Knows no Django.
"""

from __future__ import annotations

import stat
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast

from files import sniff
from files.extraction import ExtractionFailed, FailureCode

_DIRECTORY_BYTES = 1024**2  # 300 members with long names take a tenth of it
_CHUNK_BYTES = 256 * 1024
_IN_MEMORY_BYTES = 1024**2  # of one member; the rest is on disk
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OSError,
    NotImplementedError,
    RuntimeError,
)
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others inflate to gigabytes of memory
_LEFT_BY_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_UTF8_FLAG, _LOCKED_FLAG = 0x800, 0x1
_UNICODE_PATH = 0x7075  # the extra field in which Info-ZIP repeats a name in UTF-8


class TooManyMembers(Exception):
    """The archive holds more files than are taken in at once."""


class TooMuchInside(Exception):
    """The members are together larger than allowed."""


@dataclass(frozen=True, slots=True)
class Limits:
    members: int
    member_bytes: int
    inflated_bytes: int  # all members together


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive. label: its name, after its folder's where only that tells it apart."""

    label: str
    is_junk: bool
    info: zipfile.ZipInfo


class ClassArchive:
    """A zip archive whose members are files of pupils.

    Raises ExtractionFailed when it cannot be read or holds no file, and TooManyMembers.
    """

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        self._limits = limits
        self._left = limits.inflated_bytes
        try:
            self._zip = _opened(stream)
            infos = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        except _BROKEN as error:
            raise ExtractionFailed(FailureCode.CORRUPT) from error
        self.members = list(_members(infos))
        n_files = sum(not member.is_junk for member in self.members)
        if n_files == 0:
            raise ExtractionFailed(FailureCode.EMPTY)
        if n_files > limits.members:
            raise TooManyMembers

    def unpack(self, member: Member) -> IO[bytes]:
        """The member's bytes, at their beginning; whoever asks closes them.

        Raises ExtractionFailed when this member cannot be read, TooMuchInside when no more may be.
        """
        if member.info.flag_bits & _LOCKED_FLAG:
            raise ExtractionFailed(FailureCode.ENCRYPTED)
        if member.info.compress_type not in _PACKED:
            raise ExtractionFailed(FailureCode.CORRUPT)
        unpacked = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - handed on
        try:
            self._inflate(member, cast("IO[bytes]", unpacked))
        except BaseException:
            unpacked.close()
            raise
        unpacked.seek(0)
        return cast("IO[bytes]", unpacked)

    def _inflate(self, member: Member, unpacked: IO[bytes]) -> None:
        n_bytes = 0
        try:
            with self._zip.open(member.info) as packed:
                while chunk := packed.read(_CHUNK_BYTES):
                    n_bytes += len(chunk)
                    self._left -= len(chunk)
                    if n_bytes > self._limits.member_bytes:
                        raise ExtractionFailed(FailureCode.TOO_LARGE)
                    if self._left < 0:
                        raise TooMuchInside
                    unpacked.write(chunk)
        except _BROKEN as error:
            raise ExtractionFailed(FailureCode.CORRUPT) from error


def is_archive(stream: IO[bytes]) -> bool:
    """Whether these bytes are a zip archive and no document in a zip container.

    The stream is left at its beginning. A damaged archive is one, too.
    """
    stream.seek(0)
    start = stream.read(1024)
    stream.seek(0)
    if not start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        names = _opened(stream).namelist()
    except _BROKEN:
        stream.seek(0)
        return sniff.sniff(stream.read(64 * 1024)) == sniff.ZIP
    finally:
        stream.seek(0)
    return sniff.zip_type(start, names) == sniff.ZIP


class _Bounded:
    """A stream of which nobody gets much at once: zipfile reads its list of members in one piece,
    as long as the file says that it is."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.seek, self.tell = stream.seek, stream.tell
        self._read = stream.read

    def read(self, n: int = -1) -> bytes:
        if n < 0 or n > _DIRECTORY_BYTES:
            n = _DIRECTORY_BYTES + 1
        data = self._read(n)
        if len(data) > _DIRECTORY_BYTES:
            raise zipfile.BadZipFile
        return data

    def seekable(self) -> bool:
        return True


def _opened(stream: IO[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(cast("IO[bytes]", _Bounded(stream)))


def _members(infos: list[zipfile.ZipInfo]) -> Iterator[Member]:
    paths = [(_name(info).replace("\\", "/").strip("/"), info) for info in infos]
    bases = Counter(_base(path) for path, info in paths if not _is_junk(path, info))
    for path, info in paths:
        base = _base(path)
        folder = _base(path.rpartition("/")[0])
        label = f"{folder} - {base}" if folder and bases[base] > 1 else base
        yield Member(label, _is_junk(path, info), info)


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _is_junk(path: str, info: zipfile.ZipInfo) -> bool:
    """What computers leave behind by themselves, and links."""
    parts = path.lower().split("/")
    is_left = any(part in _LEFT_BY_SYSTEMS or _is_dotfile(part) for part in parts)
    return is_left or parts[-1].startswith("~$") or stat.S_ISLNK(info.external_attr >> 16)


def _is_dotfile(part: str) -> bool:
    return part.startswith(".") and part.strip(".") != ""  # ".." is a path


# --- names -----------------------------------------------------------------------------------


def _name(info: zipfile.ZipInfo) -> str:
    """The member's path, whatever encoding its producer wrote it in.

    Python reads names without the UTF-8 flag as cp437; macOS writes UTF-8 without the flag, old
    Windows programs cp437 or cp850 (the same for Swedish letters), others latin-1.
    """
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    raw = info.orig_filename.encode("cp437")
    told = _unicode_path(info, raw)
    if told is not None:
        return told
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        guesses = [raw.decode(encoding, errors="replace") for encoding in ("cp437", "cp1252")]
        return max(guesses, key=_n_latin_letters)  # the first one in doubt


def _n_latin_letters(name: str) -> int:
    return sum(unicodedata.name(c, "").startswith("LATIN") for c in name if not c.isascii())


def _unicode_path(info: zipfile.ZipInfo, raw: bytes) -> str | None:
    """The UTF-8 name in the extra field, if it belongs to this name."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5:
            version, checksum = struct.unpack_from("<BL", field)
            if version == 1 and checksum == zlib.crc32(raw):
                return field[5:].decode("utf-8", errors="replace")
    return None
