"""The spelling checkers that bench/spelling.py compares: ours and those a school could pick.

Each peer says which words are wrong and what it proposes; one that is not installed is None.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.spelling_data import WORD
from spellcheck import engine
from spellcheck.dictionaries import read_levels
from spellcheck.management.building.hunspells import spellers, spelt_right


@dataclass(frozen=True, slots=True)
class Peer:
    """One checker for one language.

    is_wrong: of one word as it stands in the text. suggest: best first.
    n_pairs: how many pairs it is asked, so that slow ones end (0: all).
    """

    name: str
    is_wrong: Callable[[str], bool]
    suggest: Callable[[str], list[str]]
    n_pairs: int = 0


def ours(language: str) -> Peer:
    return Peer(
        "huleedu",
        lambda word: bool(engine.check(word, language=language).misspellings),
        lambda word: engine.suggest(word, language=language),
    )


def pyspellchecker(language: str, distance: int) -> Peer:
    """Raw: its own English dictionary; Swedish it has none, so it gets our generated one."""
    from spellchecker import SpellChecker

    if language == "en":
        speller = SpellChecker(language="en", distance=distance)
    else:
        speller = SpellChecker(language=None, distance=distance)
        speller.word_frequency.load_json(read_levels("sv_levels.txt.gz"))

    def suggest(word: str) -> list[str]:
        found = speller.candidates(word.lower()) or set()
        return sorted(found - {word.lower()}, key=lambda one: (-speller[one], one))

    return Peer(
        f"pyspellchecker_d{distance}",
        lambda word: bool(speller.unknown([word])),
        suggest,
        60 if distance == 2 else 0,
    )


def hunspell(language: str) -> Peer:
    dictionaries = spellers(language)
    return Peer(
        "hunspell",
        lambda word: not spelt_right(word, dictionaries),
        lambda word: list(dictionaries[0].suggest(word)),
        40,
    )


class Aspell:
    """The aspell program, one process, its pipe protocol."""

    def __init__(self, language: str) -> None:
        self._process = subprocess.Popen(
            ["aspell", "-a", f"--lang={'en' if language == 'en' else 'sv'}", "--encoding=utf-8"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        self._answer()

    def ask(self, word: str) -> list[str] | None:
        """Proposals; None when the word is right."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"^{word}\n")
        self._process.stdin.flush()
        lines = self._answer_lines()
        if any(line[:1] in "*+-" for line in lines):
            return None
        found = [line for line in lines if line.startswith("&")]
        return found[0].split(": ", 1)[1].split(", ") if found else []

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def _answer_lines(self) -> list[str]:
        lines = []
        while line := self._answer():
            lines.append(line)
        return lines


def aspell(language: str) -> Peer | None:
    if shutil.which("aspell") is None:
        return None
    if ("en" if language == "en" else "sv") not in subprocess.run(
        ["aspell", "dicts"], capture_output=True, text=True, check=True
    ).stdout.split():
        return None
    pipe = Aspell(language)
    return Peer(
        "aspell", lambda word: pipe.ask(word) is not None, lambda word: pipe.ask(word) or []
    )


def symspell(language: str) -> Peer | None:
    """symspellpy with the English dictionary that it ships; it has no Swedish one."""
    if language != "en":
        return None
    try:
        module: Any = importlib.import_module("symspellpy")
    except ImportError:
        return None
    speller = module.SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    folder = Path(module.__file__).parent
    speller.load_dictionary(str(folder / "frequency_dictionary_en_82_765.txt"), 0, 1)

    def suggest(word: str) -> list[str]:
        found = speller.lookup(word.lower(), module.Verbosity.ALL, max_edit_distance=2)
        return [one.term for one in found if one.term != word.lower()]

    return Peer("symspellpy", lambda word: word.lower() not in speller.words, suggest)


MAKERS: dict[str, Callable[[str], Peer | None]] = {
    "huleedu": ours,
    "pyspellchecker_d1": lambda language: pyspellchecker(language, 1),
    "pyspellchecker_d2": lambda language: pyspellchecker(language, 2),
    "hunspell": hunspell,
    "aspell": aspell,
    "symspellpy": symspell,
}


def flags(peer: Peer, text: str, language: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """(start, end, proposals) of what a peer flags; peers are asked word by word."""
    if peer.name == "huleedu":
        report = engine.check(text, language=language)
        return [(m.start, m.start + m.length, m.suggestions) for m in report.misspellings]
    return [
        (match.start(), match.end(), ())
        for match in WORD.finditer(text)
        if len(match.group()) > 1 and peer.is_wrong(match.group().replace("’", "'"))
    ]
