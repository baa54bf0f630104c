"""Workers and what they have before them. Nothing is queued, changed or repeated from here."""

from __future__ import annotations

from django.contrib import admin
from django_q import admin as _queue_s_own  # noqa: F401 - registers what is taken back below
from django_q.models import Failure, OrmQ, Schedule, Success

from events.admin import Microscope
from jobs.models import Hindrance, Worker

# django-q2's own pages run any function that is typed into a form, and resubmit tasks.
for model in (Failure, OrmQ, Schedule, Success):
    admin.site.unregister(model)


@admin.register(OrmQ)
class QueueAdmin(Microscope):
    list_display = ("id", "key", "func", "lock")
    fields = ("key", "func", "args", "lock")
    ordering = ("id",)


@admin.register(Worker)
class WorkerAdmin(Microscope):
    list_display = ("host", "pid", "queue", "processes", "started_at", "seen_at", "progressed_at")


@admin.register(Hindrance)
class HindranceAdmin(Microscope):
    list_display = ("path", "row", "fault", "lasted", "last_at")
