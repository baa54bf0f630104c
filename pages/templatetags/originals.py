"""An essay's original, for the templates that show it beside its text."""

from __future__ import annotations

from django import template

from pages.originals import original_of

register = template.Library()
register.simple_tag(original_of)
