"""Files as they are handed in and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.fields import Failure
from files import advice
from files.models import Upload
from files.receipts import Handed, Outcome, Receipt


class HandIn(serializers.Serializer[Any]):
    """Multipart. The n-th essay_id and reference belong to the n-th file; empty means none."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=None),
        allow_empty=False,
        help_text="As many as MAX_FILES_PER_REQUEST, 300 unless configured otherwise.",
    )
    essay_id = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="Beside each file, the essay that it is.",
    )
    reference = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="The same by your own essay id.",
    )
    allow_duplicate = serializers.BooleanField(
        default=False, help_text="Two pupils may hand in the same bytes."
    )

    def validate_files(self, files: Sequence[UploadedFile[Any]]) -> Sequence[UploadedFile[Any]]:
        if len(files) > settings.MAX_FILES_PER_REQUEST:
            limit = settings.MAX_FILES_PER_REQUEST
            raise serializers.ValidationError(_("At most %d files in one request.") % limit)
        return files

    def validate_essay_id(self, values: Sequence[str]) -> list[UUID | None]:
        try:
            return [UUID(value) if value else None for value in values]
        except ValueError as error:
            raise serializers.ValidationError(_("Each essay id is a UUID, or empty.")) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        files: Sequence[UploadedFile[Any]] = attrs["files"]
        for name in ("essay_id", "reference"):
            if attrs.get(name) and len(attrs[name]) != len(files):
                message = _("Give one value for each file, in their order; empty means none.")
                raise serializers.ValidationError({name: message})
        return attrs


class HandInToBatch(HandIn):
    batch_id = serializers.UUIDField()


class Replacement(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)
    allow_duplicate = serializers.BooleanField(default=False)


class Pasted(serializers.Serializer[Any]):
    """JSON: a text instead of a file."""

    text = serializers.CharField(trim_whitespace=False)
    name = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="What the file would be called."
    )
    allow_duplicate = serializers.BooleanField(default=False)

    def validate_text(self, text: str) -> str:
        if not text.strip():
            raise serializers.ValidationError(_("The text is empty."), "blank")
        return text


class PastedIn(Pasted):
    """For the essay of the id, or of the reference, or for the next free one."""

    essay_id = serializers.UUIDField(allow_null=True, default=None)
    reference = serializers.CharField(allow_blank=True, default="")


def handed_in(request_data: dict[str, Any]) -> list[Handed]:
    """The files of a valid HandIn, each with what was said beside it."""
    files: Sequence[UploadedFile[Any]] = request_data["files"]
    essay_ids = request_data.get("essay_id") or [None] * len(files)
    references = request_data.get("reference") or [""] * len(files)
    return [
        Handed(file, essay_id=essay_id, reference=reference)
        for file, essay_id, reference in zip(files, essay_ids, references, strict=True)
    ]


class Replaceable(serializers.Serializer[Any]):
    """An essay whose file could not be read, which a file that is too many could replace."""

    essay_id = serializers.UUIDField()
    reference = serializers.CharField()
    file_name = serializers.CharField()


class FileReceipt(serializers.Serializer[Receipt]):
    file_name = serializers.CharField()
    status = serializers.ChoiceField([outcome.value for outcome in Outcome], source="outcome")
    upload_id = serializers.UUIDField(
        allow_null=True, help_text="That of the first, for a duplicate."
    )
    essay_id = serializers.UUIDField(allow_null=True)
    reference = serializers.CharField()
    code = serializers.CharField(help_text="Why a file was refused; else empty.")
    detail = serializers.CharField()
    replaceable = Replaceable(many=True)


class HandedIn(serializers.Serializer[Any]):
    batch_id = serializers.UUIDField()
    correlation_id = serializers.UUIDField()
    added_files = serializers.IntegerField(help_text="Those accepted or retried.")
    files = FileReceipt(many=True)


class UploadShown(serializers.Serializer[Upload]):
    upload_id = serializers.UUIDField(source="id")
    essay_id = serializers.UUIDField(allow_null=True)
    reference = serializers.CharField(source="essay.reference", default="")
    file_name = serializers.CharField(source="original_name")
    status = serializers.ChoiceField(Upload.Status.choices)
    failure = serializers.SerializerMethodField()
    size_bytes = serializers.IntegerField()
    media_type = serializers.CharField(help_text="By content, not by name; empty until read.")
    page_count = serializers.IntegerField(allow_null=True)
    pages_done = serializers.IntegerField(
        allow_null=True, help_text="Of a scan, which is read page by page; else null."
    )
    warnings = serializers.ListField(child=serializers.CharField())
    hidden_words = serializers.ListField(
        child=serializers.CharField(),
        help_text="The first words that nobody sees in the file, left out of its text.",
    )
    received_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    storage_id = serializers.UUIDField(source="raw_id", allow_null=True)

    @extend_schema_field(Failure(allow_null=True))
    def get_failure(self, upload: Upload) -> dict[str, str] | None:
        code = upload.failure_code
        if not code:
            return None
        return {"code": code, "detail": advice.of_failure(code, upload.failure_detail)}


class LockStatus(serializers.Serializer[Any]):
    """While it is locked no file can be removed: the batch is being checked."""

    locked = serializers.BooleanField()
    reason = serializers.CharField()


class FilesState(serializers.Serializer[Any]):
    batch_id = serializers.UUIDField()
    lock_status = LockStatus()
    files = UploadShown(many=True)
