"""Other spellings of a sound: what a learner may have had in mind when writing "tuff" or "helfie".

English only. Each is one step that takes several letters at once: "gh" written "f", "qu" written
"kv"; some are how Swedish would write it.
"""

from __future__ import annotations

from functools import lru_cache

# Letters written -> what may have been meant.
_PAIRS = {
    "f": ("gh", "th", "ph"), "ff": ("gh",), "sh": ("ti", "ci", "ch"), "k": ("ch",), "ks": ("x",),
    "kv": ("qu",), "d": ("th",), "t": ("th",), "s": ("th",), "x": ("cc",), "j": ("ge",),
    "tj": ("ch",), "sj": ("sh",), "w": ("wh",), "shun": ("tion",), "sion": ("tion",),
    "tion": ("sion",), "cion": ("tion",), "tch": ("ch",), "y": ("ie",), "sc": ("sk",),
    "er": ("ure",), "or": ("our",), "ei": ("ie",), "le": ("el",), "el": ("le",),
}  # fmt: skip
MAX_RESPELLINGS = 12
MAX_LENGTH = 20

# (the word respelt, where, the letters that came in)
Respelling = tuple[str, int, str]


@lru_cache(maxsize=256)
def respellings(word: str, language: str) -> tuple[Respelling, ...]:
    """The word in lower case with one sound written otherwise; empty for very long words."""
    if language != "en" or len(word) > MAX_LENGTH:
        return ()
    found: dict[str, Respelling] = {}
    for written, sounds_alike in _PAIRS.items():
        at = word.find(written)
        while at >= 0:
            for meant in sounds_alike:
                respelt = word[:at] + meant + word[at + len(written) :]
                found.setdefault(respelt, (respelt, at, meant))
            at = word.find(written, at + 1)
    found.pop(word, None)
    return tuple(found.values())[:MAX_RESPELLINGS]
