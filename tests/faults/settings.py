"""The real settings with short times, for workers that tests start."""

from __future__ import annotations

from huleedu.settings import *  # noqa: F403
from huleedu.settings import Q_CLUSTER

Q_CLUSTER |= {
    "timeout": 2,
    "retry": 5.5,
    "ALT_CLUSTERS": {"long": {"workers": 1, "timeout": 4, "retry": 60, "queue_limit": 0}},
}
SWEEP_INTERVAL_S = 1
WORKER_SILENCE_S = 1
WORKER_PRELOAD = ["tests.faults.tasks.preload", "tests.faults.deadly.declare"]
