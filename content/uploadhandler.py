"""Reading request files with a bound: what is over the limit is dropped while it is being read."""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

IN_MEMORY_BYTES = 256 * 1024  # larger files go to a temporary file on disk


class BoundedUpload(UploadedFile[Any]):
    """An uploaded file, or, when `too_large`, only the fact that one was sent."""

    too_large: bool = False


class BoundedUploadHandler(FileUploadHandler):
    """Keeps at most MAX_UPLOAD_BYTES of each file, MAX_ARCHIVE_BYTES of a zip. One large file does
    not fail the request: it arrives empty and marked, and the others arrive whole."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._bytes = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the request
            max_size=IN_MEMORY_BYTES, dir=settings.FILE_UPLOAD_TEMP_DIR
        )
        self._too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start == 0:
            is_zip = raw_data.startswith(b"PK\x03\x04")
            self._most = settings.MAX_ARCHIVE_BYTES if is_zip else settings.MAX_UPLOAD_BYTES
        if start + len(raw_data) > self._most:
            self._too_large = True
            self._bytes.seek(0)
            self._bytes.truncate()
        if not self._too_large:
            self._bytes.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self._bytes.seek(0)
        upload = BoundedUpload(
            file=self._bytes,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
        upload.too_large = self._too_large
        return upload

    def upload_interrupted(self) -> None:
        if hasattr(self, "_bytes"):
            self._bytes.close()
