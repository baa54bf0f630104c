from __future__ import annotations

from django.apps import AppConfig


class SpellcheckConfig(AppConfig):
    name = "spellcheck"

    def ready(self) -> None:
        from spellcheck import phase  # noqa: F401 - declares it
