"""manage.py sweep: find and put right what was left behind, once, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from jobs import sweeps


class Command(BaseCommand):
    help = "Runs every sweep once and prints how many things each put right."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in sweeps.run_all().items():
            self.stdout.write(f"{name}: {count}")
