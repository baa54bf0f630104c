"""Tokens for clients of the API."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import ApiToken, User

DEFAULT_DAYS = 90
MAX_DAYS = 366


def issue(
    user: User, *, name: str = "", read_only: bool = False, days: int = DEFAULT_DAYS
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is kept nowhere and can be shown only now."""
    token, secret = ApiToken.objects.create(
        user, expiry=timedelta(days=days), name=name, read_only=read_only
    )
    return token, secret
