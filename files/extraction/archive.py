"""Zip containers and their XML, read within limits: no header is believed, no entity expanded."""

from __future__ import annotations

import codecs
import io
import zipfile
import zlib

from lxml import etree

from files.extraction.advice import FailureCode
from files.extraction.outcome import ExtractionFailed, Limits

codecs.lookup("cp437")  # of zip's names; loaded once here, not by every child
_CHUNK_BYTES = 256 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError)


class Archive:
    """The parts of an office document, by name. Inflated bytes are counted over its whole life."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limits = limits
        self._inflated = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise ExtractionFailed(FailureCode.CORRUPT) from error
        members = self._zip.infolist()
        if len(members) > limits.zip_members:
            raise ExtractionFailed(FailureCode.TOO_LARGE)
        # Some producers write "\\" or a leading "/"; the case of names is not reliable either.
        self._members = {_key(member.filename): member for member in members}

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._members

    @property
    def names(self) -> list[str]:
        """All part names in lower case with "/"."""
        return list(self._members)

    def read(self, name: str) -> bytes | None:
        """The inflated part; None when there is none. Raises ExtractionFailed over a limit."""
        member = self._members.get(_key(name))
        if member is None:
            return None
        if member.flag_bits & 0x1:
            raise ExtractionFailed(FailureCode.ENCRYPTED)
        chunks: list[bytes] = []
        n_bytes = 0
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    n_bytes += len(chunk)
                    self._count(len(chunk), n_bytes)
                    chunks.append(chunk)
        except _BROKEN as error:
            raise ExtractionFailed(FailureCode.CORRUPT) from error
        return b"".join(chunks)

    def xml(self, name: str) -> etree._Element | None:
        """The part as a tree; None when there is none."""
        part = self.read(name)
        return None if part is None else parsed_xml(part)

    def _count(self, n_new: int, n_part: int) -> None:
        self._inflated += n_new
        if n_part > self._limits.part_bytes or self._inflated > self._limits.inflated_bytes:
            raise ExtractionFailed(FailureCode.TOO_LARGE)


def parsed_xml(data: bytes) -> etree._Element:
    """The root. Documents with a DTD are refused as unsafe: no honest office file has one."""
    if b"<!DOCTYPE" in data[:4096] and b"<!ENTITY" in data:
        raise ExtractionFailed(FailureCode.UNSAFE)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ExtractionFailed(FailureCode.CORRUPT) from error
    if root is None:
        raise ExtractionFailed(FailureCode.CORRUPT)
    return root


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
