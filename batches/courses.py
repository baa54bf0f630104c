"""Course codes of the Swedish upper secondary school and the language of their essays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Course:
    code: str
    name: str
    language: str  # "en" or "sv"


COURSES: Mapping[str, Course] = {
    course.code: course
    for course in (
        Course("ENG5", "Engelska 5", "en"),
        Course("ENG6", "Engelska 6", "en"),
        Course("ENG7", "Engelska 7", "en"),
        Course("SV1", "Svenska 1", "sv"),
        Course("SV2", "Svenska 2", "sv"),
        Course("SV3", "Svenska 3", "sv"),
        Course("SVE", "Svenska", "sv"),
        Course("SVA", "Svenska som andraspråk", "sv"),
    )
}


def clean_code(code: str) -> str:
    """A course code as it is stored: "eng 6" becomes "ENG6"."""
    return "".join(code.split()).upper()


def language_of(code: str) -> str:
    """The language, en or sv, of a known course. Raises ValidationError listing the known ones."""
    course = COURSES.get(clean_code(code))
    if course is None:
        raise ValidationError(
            {
                "course_code": ValidationError(
                    _("“%(code)s” is not a known course. Known: %(known)s. Or give the language."),
                    code="unknown_course",
                    params={"code": code, "known": ", ".join(COURSES)},
                )
            }
        )
    return course.language
