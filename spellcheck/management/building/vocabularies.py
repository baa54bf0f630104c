"""Makes the tries of spellcheck.vocabulary out of Hunspell dictionaries."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from hunspell import Hunspell
from marisa_trie import RecordTrie, Trie

from spellcheck import vocabulary as v
from spellcheck.management.building.affixes import Affixes, Form, read_affixes, read_forms

_WRITTEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_FORBIDDEN, _ONLY_IN_COMPOUND, _FORCES_CAPITAL = "%", "Z", "c"
# Flags of sv_SE.aff: of the form itself; of its stem, for every form; of its stem, for the stem.
_OF_FORM = {"X": v.HEAD, "U": v.MIDDLE}
_OF_FORMS = {"6": v.AFTER_NUMERAL, "8": v.AFTER_ORDINAL, "k": v.ADJECTIVE, "j": v.VERB}
_OF_STEM = {
    "2": v.NUMERAL, "4": v.HUNDREDS, "5": v.HUNDREDS, "3": v.UNIT, "7": v.ORDINAL,
    ")": v.BEFORE_ADJECTIVE, ">": v.BEFORE_VERB,
}  # fmt: skip


def write_english(folder: Path, dictionaries: Iterable[tuple[Path, str]]) -> None:
    """One trie of what any of the dictionaries (.dic, encoding) accepts."""
    words: set[str] = set()
    for dictionary, encoding in dictionaries:
        _, forms, speller = _opened(dictionary, encoding)
        words |= accepted((form.text for form in forms), speller)
    _save(words, folder / "en_words.trie")


def write_swedish(folder: Path, dictionary: Path) -> None:
    """A trie of words, one of the parts of compounds, and the slips of compounds."""
    affixes, forms, speller = _opened(dictionary, "utf-8")
    words = accepted(
        (form.text for form in forms if not {_FORBIDDEN, _ONLY_IN_COMPOUND} & form.flags), speller
    )
    _save(words, folder / "sv_words.trie")
    roles: defaultdict[str, int] = defaultdict(int)
    for form in forms:
        roles[form.text] |= roles_of(form, form.text in words)
    parts = sorted((part, (role,)) for part, role in roles.items() if role)
    save(RecordTrie(v.RECORD, parts), folder / "sv_parts.trie")
    slips: defaultdict[str, list[str]] = defaultdict(list)
    for wrong, meant in affixes.replacements:
        slips[wrong].append(meant)
    (folder / "sv_slips.json").write_text(
        json.dumps(slips, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def accepted(forms: Iterable[str], speller: Hunspell) -> set[str]:
    """The forms that Hunspell accepts; those with a capital inside also in capitals."""
    words = set()
    for form in set(forms):
        try:
            if _WRITTEN.fullmatch(form) and speller.spell(form):
                words.add(form)
        except UnicodeEncodeError:  # en_US is a Latin-1 dictionary
            continue
    return words | {form.upper() for form in words if form[1:] != form[1:].lower()}


def roles_of(form: Form, is_word: bool) -> int:
    """What the form may be in a compound: bits of spellcheck.vocabulary."""
    if _FORBIDDEN in form.stem_flags:
        return 0 if is_word else v.FORBIDDEN
    roles = sum(role for flag, role in _OF_FORM.items() if flag in form.flags)
    if form.flags == form.stem_flags:
        for flag, role in _OF_STEM.items():
            roles |= role if flag in form.flags else 0
    elif _ONLY_IN_COMPOUND in form.flags:
        return roles
    for flag, role in _OF_FORMS.items():
        roles |= role if flag in form.stem_flags else 0
    if "Y" in form.stem_flags:
        roles |= v.TAIL_OF_NAME if _FORCES_CAPITAL in form.stem_flags else v.TAIL
    return roles


def _opened(dictionary: Path, encoding: str) -> tuple[Affixes, list[Form], Hunspell]:
    affixes = read_affixes(dictionary.with_suffix(".aff"), encoding)
    forms = list(read_forms(dictionary, encoding, affixes))
    return affixes, forms, Hunspell(dictionary.stem, hunspell_data_dir=str(dictionary.parent))


def _save(words: set[str], path: Path) -> None:
    save(Trie(sorted(words)), path)


def save(trie: Trie | RecordTrie, path: Path) -> None:
    """Replace the file in one move: workers that have mapped the old one keep it."""
    new = path.with_suffix(".new")
    trie.save(str(new))
    new.replace(path)
