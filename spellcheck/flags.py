"""What detection hands to proposals: one word of a text that is held to be wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """A word held to be wrong.

    raw: as in the text, at start (code points). word: the same in normal form.
    before, after: up to two words on either side in normal form, in the order of the text; fewer
    at an end of the text or sentence. joined: what two words should have been written as one word
    (raw and word are then both of them), else "". meant: what the words around want instead of a
    word that is right elsewhere.
    """

    start: int
    raw: str
    word: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    joined: str = ""
    meant: tuple[str, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether it begins a sentence."""
        return not self.before
