"""What was decided about an essay, step by step, as its page lists it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lifecycle.models import Essay
from spellcheck import verdicts
from spellcheck.models import Verdict

MAX_STEPS = 100  # that a page shows


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history: what was decided in one go."""

    verdict: Verdict

    @property
    def _n(self) -> tuple[int, int, int]:
        found: Any = self.verdict  # the counts are annotated
        return found.n_marks, found.n_undone, found.n_current

    @property
    def n_marks(self) -> int:
        return self._n[0]

    @property
    def n_standing(self) -> int:
        n_marks, n_undone, _n_current = self._n
        return n_marks - n_undone

    @property
    def n_undone(self) -> int:
        return self._n[1]

    @property
    def is_undone(self) -> bool:
        return self.n_standing == 0

    @property
    def is_gone(self) -> bool:
        """The text was corrected since, and the word does not stand there any more."""
        return self._n[2] == 0

    @property
    def may_be_undone(self) -> bool:
        return not self.is_undone and not self.is_gone

    @property
    def undone_by(self) -> str:
        found: Any = self.verdict
        return found.undone_by_name or ""


def steps_of(essay: Essay) -> list[Step]:
    """Latest first."""
    rows = verdicts.history(essay.batch_id, essay_id=essay.pk)
    return [Step(verdict) for verdict in rows[:MAX_STEPS]]
