"""How gunicorn runs the web, wherever it runs: `gunicorn --config python:huleedu.gunicorn_conf`.

What GUNICORN_CMD_ARGS and the command line say wins over it.
"""

from __future__ import annotations

from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

from jobs import memory

if TYPE_CHECKING:
    from gunicorn.workers.gthread import ThreadWorker

wsgi_app = "huleedu.wsgi"
workers = 2
worker_class = "gthread"  # also where somebody sets one thread: post_worker_init needs its pool
threads = 4
timeout = 60  # seconds
# Its processes are forked from one that has loaded everything: they share 50 MB each of it, and a
# new one serves at once.
preload_app = True
# A process gives its place to a new one before anything that it may have gathered matters.
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
if Path("/dev/shm").is_dir():  # noqa: S108 - in memory: a busy disk stops no heartbeat
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def post_worker_init(worker: ThreadWorker) -> None:
    """Make room, and start all threads now. Else the last of them starts in the first rush, perhaps
    days later, and a process grows by what a thread keeps: its connection to the database."""
    memory.make_room()
    started = Barrier(worker.cfg.threads)
    for _ in range(worker.cfg.threads):
        worker.tpool.submit(started.wait)
