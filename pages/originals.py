"""What a pupil handed in, beside the text that was read from it: its pages as pictures.

Nothing of the file itself is ever shown inline; other kinds of file are a download.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from batches.errors import Conflict
from content import store
from files import originals, page_images
from files.extraction import ExtractionFailed, FailureCode
from files.models import Upload
from lifecycle.models import Essay
from pages.access import TeacherRequest, essay_of

WIDTH_PX, LARGE_WIDTH_PX = 1000, 2000  # beside the text, and to read every stroke
MOST_PAGES = 40  # beside one text; the file itself has them all


@dataclass(frozen=True, slots=True)
class Original:
    """The file in an essay's slot. pages: the addresses of its pictures, in their order."""

    upload: Upload
    pages: list[str]

    @property
    def is_cut(self) -> bool:
        """There are more pages than are shown."""
        return bool(self.pages) and (self.upload.page_count or 1) > len(self.pages)


def is_shown(upload: Upload) -> bool:
    """It was read, so a virus scanner, where there is one, has passed it; and it can be drawn."""
    is_read = upload.status == Upload.Status.EXTRACTED
    is_picture = upload.failure_code == FailureCode.NO_TEXT  # said by readers, after the scanner
    may_be_seen = is_read or (upload.status == Upload.Status.FAILED and is_picture)
    is_kept = upload.raw_id is not None
    return may_be_seen and is_kept and upload.media_type in page_images.DRAWABLE


def original_of(essay: Essay, upload: Upload | None = None) -> Original | None:
    """upload: the one in the essay's slot, when the caller has it already."""
    held = upload or Upload.objects.held_by(essay).first()
    if held is None:
        return None
    n_pages = min(held.page_count or 1, MOST_PAGES) if is_shown(held) else 0
    numbers = range(1, n_pages + 1)
    return Original(
        held, [reverse("pages:essay-page", args=[essay.pk, number]) for number in numbers]
    )


@require_GET
def essay_original(request: TeacherRequest, pk: UUID) -> HttpResponse | FileResponse:
    """The file as it was handed in; always a download, for it is not ours."""
    essay = essay_of(request.user, pk)
    upload = Upload.objects.held_by(essay).select_related("raw").first()
    if upload is None or upload.raw is None:
        raise Http404
    try:
        data = originals.read(upload.raw)
    except (FileNotFoundError, store.ContentAltered):
        messages.error(request, _("This file is not kept any more. Ask the pupil for it."))
    except store.StorageUnavailable:
        messages.error(request, _("The storage does not answer. Try again in a moment."))
    except Conflict as conflict:  # the virus scanner does not let it pass
        messages.error(request, conflict.detail)
    else:
        return FileResponse(
            BytesIO(data),
            as_attachment=True,
            filename=upload.original_name,
            content_type="application/octet-stream",
            headers={"Cache-Control": "private, no-store"},
        )
    return redirect(essay.batch)


@require_GET
def essay_page(request: TeacherRequest, pk: UUID, number: int) -> HttpResponse:
    """One page of the original as a picture; asked for again, only whether it is still the same."""
    essay = essay_of(request.user, pk)
    upload = Upload.objects.held_by(essay).select_related("raw").first()
    if upload is None or upload.raw is None or not is_shown(upload):
        raise Http404
    if not 1 <= number <= (upload.page_count or 1):
        raise Http404
    width = LARGE_WIDTH_PX if "large" in request.GET else WIDTH_PX
    etag = f'"{upload.sha256}-{number}-{width}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = _drawn(upload, number, width)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"  # kept, but asked about each time
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _drawn(upload: Upload, number: int, width: int) -> HttpResponse:
    assert upload.raw is not None  # noqa: S101 - the caller has looked
    try:
        data = originals.read(upload.raw)
        jpeg = page_images.draw_page(data, number - 1, width=width)
    except (FileNotFoundError, store.ContentAltered, ExtractionFailed) as error:
        raise Http404 from error
    except (store.StorageUnavailable, Conflict, OSError):
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "10"})
    return HttpResponse(jpeg, content_type="image/jpeg")
