"""The workers that run, as they last showed themselves, and what hinders them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from jobs.pulse import longest_silence_s
from jobs.queue import every_queue


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self, at: datetime | None = None) -> WorkerQuerySet:
        """Those that looked for work lately: long tasks or short, they look all the time."""
        now = at or timezone.now()
        silence = timedelta(seconds=longest_silence_s(settings.Q_CLUSTER["timeout"]))
        return self.filter(seen_at__range=(now - silence, now + silence))  # clocks differ, a little

    def unserved(self, at: datetime | None = None) -> list[str]:
        """The queues for which none of these is alive."""
        served = set(self.alive(at).values_list("queue", flat=True))
        return [queue for queue in every_queue() if queue not in served]


class Worker(models.Model):
    """One row a `manage.py worker`."""

    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()  # of the supervisor, on that host
    queue = models.CharField(max_length=100)
    processes = models.PositiveSmallIntegerField()
    owner = models.PositiveIntegerField(default=0)  # of its leases: jobs.broker.lease_end
    beats = models.PositiveBigIntegerField(default=0)  # while they grow, its leases are its own
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # when it last looked for work
    progressed_at = models.DateTimeField(default=timezone.now)  # ended a task, or had none to do

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["host", "queue", "pid"]
        constraints = [
            models.UniqueConstraint(fields=["host", "pid", "owner"], name="worker_is_one_process"),
        ]

    def __str__(self) -> str:
        return f"{self.queue} on {self.host} ({self.pid})"


class Hindrance(models.Model):
    """What kept a task from working on a row, though it was not the row's fault, and how long."""

    row = models.UUIDField(primary_key=True)  # its id
    path = models.CharField(max_length=200)  # of the task
    fault = models.CharField(max_length=200)  # type and place
    lasted = models.DurationField(default=timedelta(0))
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-lasted", "row"]

    def __str__(self) -> str:
        return f"{self.path} {self.row}"
