from __future__ import annotations

from django.apps import AppConfig


class SpellcheckConfig(AppConfig):
    name = "spellcheck"
