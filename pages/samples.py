"""A first batch without files of one's own: the sample essays, two of them broken on purpose."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from batches import flow as batches
from files import flow as files
from files import intake
from files.receipts import Handed
from pages.access import TeacherRequest, act

COURSE = "ENG6"


def folder() -> Path:
    return Path(settings.BASE_DIR) / "samples" / COURSE


def are_here() -> bool:
    """An installation may have been made without them."""
    return folder().is_dir()


@require_POST
def batch_sample(request: TeacherRequest) -> HttpResponse:
    if not are_here():
        raise Http404
    batch = batches.register(owner=request.user, course_code=COURSE, title=_("Sample essays"))
    paths = sorted(folder().iterdir())
    essays = [Handed(SimpleUploadedFile(path.name, path.read_bytes())) for path in paths]
    intake.receive_all(batch.pk, essays, by=request.user)
    return act(request, batch, lambda: files.close(batch.pk, by=request.user))
