"""manage.py worker: does the queued work until it is told to stop."""

from __future__ import annotations

import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.models import Worker
from jobs.queue import every_queue
from jobs.supervisor import Supervisor, UnknownQueue, configure


class Command(BaseCommand):
    help = (
        "Works on a queue until SIGTERM or Ctrl-C, then finishes what has begun and exits with 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--processes", type=int, help="how many tasks run side by side")
        parser.add_argument("--queue", help="serve this queue alone; default: all of them")
        parser.add_argument(
            "--drain", action="store_true", help="stop when the queue, the short one, is empty"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="do no work; exit with 0 if a worker of this host is alive on each queue (or the"
            " given one), else with 1",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            queue = configure(options["queue"], options["processes"])
        except UnknownQueue as error:
            raise CommandError(str(error)) from error
        if options["check"]:
            self._check([queue] if options["queue"] else every_queue())
        else:
            alone = options["queue"] or options["drain"]
            beside = [] if alone else every_queue()[1:]
            Supervisor(queue, drain=options["drain"], beside=beside).run()

    def _check(self, queues: list[str]) -> None:
        host = socket.gethostname()
        unserved = Worker.objects.filter(host=host).unserved()
        for queue in queues:
            if queue in unserved:
                raise CommandError(f"no worker on queue {queue} is alive on {host}")
            self.stdout.write(f"worker on queue {queue} is alive on {host}")
