"""Every word of the pages is there in Swedish, and the compiled file is the one that is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import trans_real

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CATALOGUES = [ROOT / part / "locale" / "sv" / "LC_MESSAGES" / "django.po" for part in ("", "api")]
TRANSLATE = re.compile(r"""\{% translate (?:"([^"]+)"|'([^']+)')""")


def swedish() -> trans_real.DjangoTranslation:
    return trans_real.translation("sv")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_phrase_of_a_template_has_a_translation(template: Path) -> None:
    phrases = [a or b for a, b in TRANSLATE.findall(template.read_text())]

    catalogue = swedish()._catalog  # type: ignore[attr-defined]  # has no public reader
    assert [phrase for phrase in phrases if phrase not in catalogue] == []


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=["pages", "api"])
def test_no_translation_is_empty_or_only_a_guess(catalogue: Path) -> None:
    source = catalogue.read_text()

    assert "#, fuzzy" not in source
    assert not re.search(r'^msgstr(\[\d\])? ""\n\n', source, re.MULTILINE)


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=["pages", "api"])
def test_compiled_file_is_as_new_as_its_source(catalogue: Path) -> None:
    messages = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', catalogue.read_text(), re.MULTILINE)

    with translation.override("sv"):
        stale = [
            source
            for source, target in messages
            if "\\" not in source and translation.gettext(source) != target
        ]
    assert stale == []
