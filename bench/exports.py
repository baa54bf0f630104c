"""How long an export takes, and how much memory: `python bench/exports.py [30 300 ...]`.

For each number of essays a class is made in a database of its own: as long as real ones (450 words)
and with as many marks (30, a third of them decided). Each kind is then made by the worker's task in
a process of its own, and a JSON line is printed: CPU and wall seconds, turns (tasks), the size of
the file, the most memory that the process took, and how much of that it took before.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOUSE))

SIZES = [30, 300]
N_WORDS, N_MARKS = 450, 30
TEXT = "vi hade pengar som inte räckte och jag tyckte att det kändes orättvist ändå"


def make_class(n: int) -> Any:
    from accounts.models import User
    from batches.models import Batch
    from lifecycle.models import Essay, EssayText
    from spellcheck.models import Misspelling, SpellcheckResult
    from tests.essays import register

    teacher, _is_new = User.objects.get_or_create(email="bench@example.org", name="Bench")
    batch = register(teacher, n, course_code="SV2", title=f"Krönika {n}")
    words = TEXT.split()
    body = "\n\n".join(" ".join(words[i % len(words)] for i in range(j, j + 75)) for j in range(6))
    starts = [i for i in range(1, len(body)) if body[i - 1] == " "][:: N_WORDS // N_MARKS]
    for essay in batch.essays.all():
        text = EssayText.objects.create(
            essay=essay, version=1, source="extracted", body=body, word_count=N_WORDS, sha256=""
        )
        result = SpellcheckResult.objects.create(
            text=text,
            language="sv",
            word_count=N_WORDS,
            flagged_count=N_MARKS,
            engine="bench",
            processing_ms=1,
        )
        Misspelling.objects.bulk_create(
            Misspelling(
                result=result,
                start=start,
                length=len(body[start:].split(maxsplit=1)[0]),
                word=f"{body[start:].split(maxsplit=1)[0]}x{i}",
                suggestions=["orättvist", "orättvisa", "rättvist"],
                decision="open" if i % 3 else "accepted",
                replacement="" if i % 3 else "orättvist",
            )
            for i, start in enumerate(starts[:N_MARKS])
        )
        Essay.objects.filter(pk=essay.pk).update(
            status=Essay.Status.READY_FOR_PROCESSING,
            current_text=text,
            file_name=f"Åsa Öberg {essay.position}.docx",
        )
    return Batch.objects.get(pk=batch.pk)


def measure(batch: Any, kind: str) -> dict[str, Any]:
    from exports import flow
    from exports.models import Export
    from tests.queue import drain

    before = peak_mb()
    export = flow.ask(batch.pk, kind, language="sv", by=batch.owner)
    cpu, wall = time.process_time(), time.perf_counter()
    turns = drain()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    made = Export.objects.select_related("content").get(pk=export.pk)
    return {
        "kind": kind,
        "essays": made.n_done,
        "cpu_s": round(cpu, 2),
        "wall_s": round(wall, 2),
        "turns": turns,
        "size_kb": round((made.content.size_bytes if made.content else 0) / 1000),
        "peak_mb": peak_mb(),
        "peak_before_mb": before,
    }


def peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "huleedu.settings",
            "SECRET_KEY": secrets.token_hex(),
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "LOG_LEVEL": "WARNING",
        }
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        for size in sizes:
            batch = make_class(size)
            for kind in ("csv", "xlsx", "docx", "zip"):
                connection.close()
                if os.fork() == 0:
                    print(json.dumps(measure(batch, kind)), flush=True)
                    os._exit(0)
                os.wait()


if __name__ == "__main__":
    main()
