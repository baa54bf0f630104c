"""manage.py verify_content: are the stored bytes still what people handed in?"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from content import store
from content.models import StoredContent


class Command(BaseCommand):
    help = "Reads all stored bytes and reports what is missing or altered; then exits with 1."

    def handle(self, *args: Any, **options: Any) -> None:
        faults: Counter[store.Fault] = Counter()
        n_checked = 0
        try:
            for content, fault in store.verify(StoredContent.objects.order_by("pk").iterator()):
                n_checked += 1
                if fault is not None:
                    faults[fault] += 1
                    self.stdout.write(f"{fault} {content.pk}")
        except store.StorageUnavailable as error:
            raise CommandError(f"The storage does not answer: {error.__cause__}") from error
        said = ", ".join(f"{faults[fault]} {fault}" for fault in store.Fault)
        self.stdout.write(f"{n_checked} checked, {said}")
        if faults:
            sys.exit(1)
