"""Reads a Hunspell dictionary into every form that it holds, and what each may be in a compound."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NEEDS_AFFIX = "¤"


@dataclass(frozen=True, slots=True)
class Affix:
    """One rule: what goes, what comes, where it may, and the flags that the new form carries."""

    strip: str
    add: str
    where: re.Pattern[str]
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a stem. stem_flags: those of the entry; flags: those of this form alone."""

    text: str
    stem_flags: frozenset[str]
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Affixes:
    """The affix file: rules by flag, the flags that cross, and replacements (REP)."""

    prefixes: dict[str, list[Affix]]
    suffixes: dict[str, list[Affix]]
    crossing: frozenset[str]
    replacements: list[tuple[str, str]]


def read_affixes(path: Path, encoding: str) -> Affixes:
    """The rules of an .aff file whose flags are single characters."""
    prefixes: defaultdict[str, list[Affix]] = defaultdict(list)
    suffixes: defaultdict[str, list[Affix]] = defaultdict(list)
    crossing = set()
    replacements = []
    for line in path.read_text(encoding=encoding).splitlines():
        fields = line.split()
        if fields[:1] == ["REP"] and len(fields) == 3 and "^" not in line and "$" not in line:
            replacements.append((fields[1], fields[2].replace("_", " ")))
        if fields[:1] not in (["PFX"], ["SFX"]):
            continue
        kind, flag = fields[:2]
        if len(fields) == 4 and fields[2] in "YN":
            crossing |= {flag} if fields[2] == "Y" else set()
            continue
        strip, (add, _, flags) = fields[2], fields[3].partition("/")
        where = fields[4] if len(fields) > 4 else "."
        rule = Affix(
            "" if strip == "0" else strip,
            "" if add == "0" else add,
            re.compile(f"^{where}" if kind == "PFX" else f"{where}$"),
            frozenset(flags),
        )
        (prefixes if kind == "PFX" else suffixes)[flag].append(rule)
    return Affixes(dict(prefixes), dict(suffixes), frozenset(crossing), replacements)


def read_forms(path: Path, encoding: str, affixes: Affixes) -> Iterator[Form]:
    """Every form of every entry of a .dic file; of a phrase its first word."""
    for line in path.read_text(encoding=encoding).splitlines()[1:]:
        stem, _, flags = (line.split() or [""])[0].partition("/")
        if stem:
            yield from forms(stem, frozenset(flags), affixes)


def forms(stem: str, flags: frozenset[str], affixes: Affixes) -> Iterator[Form]:
    """The stem, with each of its suffixes, and those that may be with each of its prefixes."""
    if NEEDS_AFFIX not in flags:
        yield Form(stem, flags, flags)
    crossing = [stem]
    for flag in sorted(flags):
        for rule in affixes.suffixes.get(flag, ()):
            if stem.endswith(rule.strip) and rule.where.search(stem):
                text = stem[: len(stem) - len(rule.strip)] + rule.add
                yield Form(text, flags, rule.flags)
                if flag in affixes.crossing:
                    crossing.append(text)
    for flag in sorted(flags):
        for rule in affixes.prefixes.get(flag, ()):
            for base in crossing if flag in affixes.crossing else [stem]:
                if base.startswith(rule.strip) and rule.where.search(base):
                    yield Form(rule.add + base[len(rule.strip) :], flags, rule.flags)
