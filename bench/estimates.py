"""How wrong the time was that the platform said a batch would still take.

    with asking(client) as said:         # while batches are sent and worked off
        said.ask_about(batch_id)         # as soon as a batch's files are in
    print(said.errors(ended))            # ended: batch id → moment of its end

Each batch is asked about every second, as a page does, until it says nothing more.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from pages.timeleft import NEARLY_S

ASK_EVERY_S = 1.0


class Api(Protocol):
    def get(self, path: str) -> dict[str, Any]: ...


class Said:
    """(batch id, moment, seconds that were said to be left; None: nothing was said)."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.batches: list[str] = []
        self.answers: list[tuple[str, float, int | None]] = []
        self.is_over = threading.Event()

    def ask_about(self, batch_id: str) -> None:
        self.batches.append(batch_id)

    def ask(self) -> None:
        for batch_id in list(self.batches):
            at = time.time()
            shown = self.api.get(f"/v1/batches/{batch_id}/status")
            self.answers.append((batch_id, at, shown["pipeline_state"]["estimated_seconds_left"]))
            if shown["status"] not in ("pending_content", "ready", "processing"):
                self.batches.remove(batch_id)

    def keep_asking(self) -> None:
        while not self.is_over.wait(ASK_EVERY_S):
            self.ask()

    def errors(self, ended: Mapping[str, float]) -> dict[str, float | int]:
        """asked; silent: share without an answer; off_s: how far said and took lie apart, p50, p95;
        bias_s: the mean of said − took, below 0 where too little was promised; long: those where
        either is so long that pages tell it in numbers; off_share_of_long: off by what they took.
        """
        asked = [
            (seconds, ended[batch_id] - at)
            for batch_id, at, seconds in self.answers
            if batch_id in ended and at < ended[batch_id]
        ]
        spoken = [(seconds, took) for seconds, took in asked if seconds is not None]
        if not spoken:
            return {"asked": len(asked), "silent": 1.0}
        off_s = sorted(abs(seconds - took) for seconds, took in spoken)
        shares = sorted(
            abs(seconds - took) / max(took, 1.0)
            for seconds, took in spoken
            if max(seconds, took) >= NEARLY_S
        )
        of_long = {
            f"off_share_of_long_p{share}": round(_at(shares, share / 100), 2)
            for share in (50, 95)
            if shares
        }
        return {
            "asked": len(asked),
            "silent": round(1 - len(spoken) / len(asked), 2),
            "off_s_p50": round(_at(off_s, 0.5), 1),
            "off_s_p95": round(_at(off_s, 0.95), 1),
            "bias_s": round(statistics.mean(seconds - took for seconds, took in spoken), 1),
            "long": len(shares),
            **of_long,
        }


def _at(ordered: list[float], share: float) -> float:
    return ordered[int(share * (len(ordered) - 1))]


@contextmanager
def asking(api: Api) -> Iterator[Said]:
    """Ask in a thread until the block ends. api: a client of its own, signed in."""
    said = Said(api)
    thread = threading.Thread(target=said.keep_asking, daemon=True)
    thread.start()
    try:
        yield said
    finally:
        said.is_over.set()
        thread.join()
