"""British and American spellings of one word: what is said for one is said for the other."""

from __future__ import annotations

_ENDINGS = (
    ("our", "or"), ("is", "iz"), ("ys", "yz"), ("ll", "l"), ("tre", "ter"), ("ence", "ense"),
    ("ogue", "og"), ("ae", "e"),
)  # fmt: skip


def one_form(word: str) -> str:
    """The same for both spellings, and no word of its own: "favourite" and "favorite".

    >>> one_form("organised") == one_form("organized")
    True
    """
    for british, american in _ENDINGS:
        if british in word:
            word = word.replace(british, american)
    return word
