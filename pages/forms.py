"""What a teacher types, parsed. The rules are the core's; its errors come back to the fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.courses import COURSES
from batches.models import MAX_ESSAYS, Batch

OTHER_COURSE = "other:"


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("E-mail and password do not belong together. Try once more."),
        "inactive": _("This account is closed. Ask your school’s administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "class": "form-control"}
        )
        self.fields["password"].widget.attrs["class"] = "form-control"


def course_choices() -> list[tuple[str, Any]]:
    """The known courses by the language of their texts, and in each language any other course."""
    groups: list[tuple[str, Any]] = [("", _("Choose the course"))]
    for language in Batch.Language:
        known = [
            (c.code, f"{c.name} ({c.code})") for c in COURSES.values() if c.language == language
        ]
        other = (OTHER_COURSE + language, str(_("Another course")))
        groups.append((str(language.label), [*known, other]))
    return groups


def _text(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", **attrs})


class DetailsForm(forms.Form):
    """What can be changed as long as the batch lives."""

    title = forms.CharField(
        label=_("Name"), max_length=200, required=False, widget=_text(autocomplete="off")
    )
    class_designation = forms.CharField(
        label=_("Class"), max_length=50, required=False, widget=_text(list="classes")
    )
    essay_instructions = forms.CharField(
        label=_("Task given to the pupils"),
        required=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )


class NewBatchForm(DetailsForm):
    THESE, NUMBER, OPEN = "these", "number", "open"

    course_code = forms.ChoiceField(
        label=_("Course"),
        error_messages={"required": _("Choose the course: it decides the language of the texts.")},
        choices=course_choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    expects = forms.ChoiceField(
        label=_("Which essays belong to it?"),
        choices=[
            (THESE, _("The files that I choose now")),
            (NUMBER, _("A certain number; the rest come later")),
            (OPEN, _("I say when all are in")),
        ],
        widget=forms.RadioSelect,
    )
    expected_essay_count = forms.IntegerField(
        label=_("Expected essays"),
        min_value=1,
        max_value=MAX_ESSAYS,
        required=False,
        widget=_text(inputmode="numeric", autocomplete="off"),
    )
    auto_start = forms.BooleanField(
        label=_("Start the check by itself when all essays are in"), required=False
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        is_missing = (
            not data.get("expected_essay_count") and "expected_essay_count" not in self.errors
        )
        if data.get("expects") == self.NUMBER and is_missing:
            self.add_error(
                "expected_essay_count", _("Write how many essays you expect, for example 28.")
            )
        return data

    @property
    def details(self) -> dict[str, Any]:
        """The keywords of `batches.flow.register`."""
        data = {name: self.cleaned_data[name] for name in DetailsForm.base_fields}
        data["auto_start"] = self.cleaned_data["auto_start"]
        if self.cleaned_data["expects"] == self.NUMBER:
            data["expected_essay_count"] = self.cleaned_data["expected_essay_count"]
        course: str = self.cleaned_data["course_code"]
        if course.startswith(OTHER_COURSE):
            return {**data, "language": course.removeprefix(OTHER_COURSE)}
        return {**data, "course_code": course}

    @property
    def ends_with_these_files(self) -> bool:
        return bool(self.cleaned_data["expects"] == self.THESE)


class ExpectForm(forms.Form):
    expected = forms.IntegerField(min_value=1, max_value=MAX_ESSAYS)


class CorrectionForm(forms.Form):
    """A suggestion that was chosen, or a correction of one's own."""

    replacement = forms.CharField(max_length=200, strip=True)


class TextForm(forms.Form):
    body = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"class": "form-control essay-edit", "rows": 24}),
    )


class AccountForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=150, required=False, widget=_text(autocomplete="name")
    )
    locale = forms.ChoiceField(
        label=_("Language of the pages"),
        required=False,
        choices=[("", _("As the browser asks")), *User.Locale.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Put the core's errors beside the fields that they are about."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
