"""The words that the teacher has declared right, so that a wrong click can be taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pages.access import TeacherRequest
from spellcheck import wordlist


@require_GET
def words(request: TeacherRequest) -> HttpResponse:
    context = {"words": wordlist.known_to(request.user), "section": "words"}
    return render(request, "pages/words.html", context)


@require_POST
def word_forget(request: TeacherRequest, pk: int) -> HttpResponse:
    word = get_object_or_404(wordlist.known_to(request.user), pk=pk)
    wordlist.forget(word.pk, owner=request.user)
    messages.success(request, _("“%(word)s” is marked again from now on.") % {"word": word.word})
    return redirect("pages:words")
