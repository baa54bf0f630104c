"""Failures and warnings of files in the reader's language, the same ones for pages and API."""

from __future__ import annotations

from django.utils.translation import gettext

from files.extraction import advice
from files.extraction.advice import FailureCode, WarningCode

_BY_CODE = {str(code): sentence for code, sentence in advice.ADVICE.items()}
_WARNINGS = {str(code): sentence for code, sentence in advice.WARNINGS.items()}
_MORE_EXACT = {*advice.BY_TYPE.values(), advice.NO_OCR, advice.NOT_KEPT, advice.GAVE_UP}


def of_failure(code: str, detail: str = "") -> str:
    """What is wrong with a file and what to do.

    code: one of FailureCode, else "" is the answer. detail: the English sentence that was stored
    beside it, which is said in its stead where it is more exact.
    """
    sentence = detail if detail in _MORE_EXACT else _BY_CODE.get(code, "")
    return gettext(sentence) if sentence else detail


def of_warning(code: str) -> str:
    """What to look at in a text that was read; "" when nothing is known under this code."""
    sentence = _WARNINGS.get(code, "")
    return gettext(sentence) if sentence else ""


__all__ = ["FailureCode", "WarningCode", "of_failure", "of_warning"]
