"""Each mark that was decided before there was a history gets its line in it."""

from __future__ import annotations

from typing import Any

from django.db import migrations

BATCH_SIZE = 500


def write(apps: Any, schema_editor: Any) -> None:
    misspelling = apps.get_model("spellcheck", "Misspelling")
    verdict, mark = (apps.get_model("spellcheck", name) for name in ("Verdict", "VerdictMark"))
    decided = misspelling.objects.exclude(decision="open").filter(verdicts=None).order_by("pk")
    rows = decided.select_related("result", "result__text__essay")
    last = 0
    while some := list(rows.filter(pk__gt=last)[:BATCH_SIZE]):
        verdicts = verdict.objects.bulk_create(
            verdict(
                batch_id=row.result.text.essay.batch_id,
                outcome=row.decision,
                scope="here",
                word=row.word,
                replacement=row.replacement,
                by_id=row.decided_by_id,
                at=row.decided_at or row.result.created_at,
            )
            for row in some
        )
        mark.objects.bulk_create(
            mark(verdict=line, misspelling=row, essay_id=row.result.text.essay_id)
            for line, row in zip(verdicts, some, strict=True)
        )
        last = some[-1].pk


class Migration(migrations.Migration):
    dependencies = [("spellcheck", "0003_keep_the_history_of_decisions")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
