from __future__ import annotations

from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "content"

    def ready(self) -> None:
        from content import store  # noqa: F401 - registers its sweep
