"""Tokens, given for an e-mail address and its password."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.tokens import DEFAULT_DAYS, MAX_DAYS


class TokenRequest(serializers.Serializer[Any]):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(
        max_length=1000, trim_whitespace=False, style={"input_type": "password"}
    )
    name = serializers.CharField(
        max_length=100, default="", allow_blank=True, help_text="To know it again by."
    )
    read_only = serializers.BooleanField(default=False)  # type: ignore[assignment]  # the token is
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=DEFAULT_DAYS)


class TokenGiven(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown once. Sent as `Authorization: Token …`.")
    expiry = serializers.DateTimeField()
