"""Files that are made of a batch, and how far each is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.fields import Failure
from batches.models import Batch
from exports.models import Export


class AskForExport(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        Export.Kind.choices,
        help_text="csv: the class list. xlsx: essays, misspellings and pairs. docx: a zip of Word "
        "files with comments, and with the accepted corrections. zip: all of it, with a page that "
        "opens offline.",
    )
    language = serializers.ChoiceField(
        Batch.Language.choices,
        required=False,
        help_text="Of headings and comments. Not given: that of the request.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"language": get_language(), **attrs}


class ExportShown(serializers.Serializer[Export]):
    export_id = serializers.UUIDField(source="id")
    batch_id = serializers.UUIDField()
    kind = serializers.ChoiceField(Export.Kind.choices)
    language = serializers.ChoiceField(Batch.Language.choices)
    status = serializers.ChoiceField(Export.Status.choices)
    essays_done = serializers.IntegerField(source="n_done")
    essays_total = serializers.IntegerField(source="n_total")
    failure = serializers.SerializerMethodField(help_text="Null unless it failed.")
    size_bytes = serializers.IntegerField(
        source="content.size_bytes", allow_null=True, default=None, help_text="Of the ready file."
    )
    sha256 = serializers.CharField(source="content.sha256", allow_null=True, default=None)
    asked_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Then it is deleted; ask for another."
    )

    @extend_schema_field(Failure(allow_null=True))
    def get_failure(self, export: Export) -> dict[str, str] | None:
        if export.status != Export.Status.FAILED:
            return None
        detail = _("Several attempts to make this export have failed. Ask for it again.")
        return {"code": export.failure_code, "detail": detail}
