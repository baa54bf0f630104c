"""Guessing passwords is slow: so many tries from one address, and so many for one account."""

from __future__ import annotations

import hashlib

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class LoginsFromAnAddress(SimpleRateThrottle):
    scope = "login"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self._key(f"address {self.get_ident(request)}")

    def _key(self, ident: str) -> str:
        digest = hashlib.sha256(ident.encode()).hexdigest()
        return self.cache_format % {"scope": self.scope, "ident": digest}


class LoginsToAnAccount(LoginsFromAnAddress):
    """Whatever addresses they come from, and whether or not the account exists."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        email = request.data.get("email") if isinstance(request.data, dict) else None
        return self._key(f"account {str(email).strip().casefold()}")
