"""Hunspell itself: what the vocabularies are made from and compared with."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from hunspell import Hunspell

from spellcheck.dictionaries import DATA


def sources(language: str) -> tuple[tuple[Path, str], ...]:
    """(.dic file, encoding) of each dictionary: British and American for English."""
    if language == "sv":
        return ((_swedish(), "utf-8"),)
    american = distribution("chunspell").locate_file("hunspell/dictionaries/en_US.dic")
    return ((Path(str(american)), "latin-1"), (DATA / "en_GB.dic", "utf-8"))


def spellers(language: str) -> tuple[Hunspell, ...]:
    """Hunspell with each of the language's dictionaries."""
    return tuple(
        Hunspell(path.stem, hunspell_data_dir=str(path.parent)) for path, _ in sources(language)
    )


def spelt_right(word: str, among: Iterable[Hunspell]) -> bool:
    """Whether any of the Hunspell dictionaries accepts the word."""
    for speller in among:
        try:
            if speller.spell(word):
                return True
        except UnicodeEncodeError:  # en_US is a Latin-1 dictionary
            continue
    return False


def _swedish() -> Path:
    """Where pip put hunspell-sv's files (beside the environment, not in a package)."""
    package = distribution("hunspell-sv")
    for file in package.files or ():
        if file.name == "sv_SE.dic":
            return Path(str(package.locate_file(file))).resolve()
    raise FileNotFoundError("hunspell-sv is installed without sv_SE.dic")
