"""Tokens: given for a password, taken back by their holder."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from accounts import tokens
from accounts.models import ApiToken, User
from api.resource import Resource, describe
from api.serializers.auth import TokenGiven, TokenRequest
from api.throttling import LoginsFromAnAddress, LoginsToAnAccount


class Tokens(Resource):
    @property
    def _is_login(self) -> bool:
        return getattr(self.request, "method", None) == "POST"  # none while the schema is made

    def get_authenticators(self) -> list[BaseAuthentication]:
        """An old token or a session beside the password is no obstacle."""
        return [] if self._is_login else super().get_authenticators()

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"  # so that a wrong password is a 401, not a 403

    def get_permissions(self) -> list[BasePermission]:
        """A read-only token, too, may end itself."""
        return [AllowAny()] if self._is_login else [IsAuthenticated()]

    def get_throttles(self) -> list[BaseThrottle]:
        return [LoginsFromAnAddress(), LoginsToAnAccount()] if self._is_login else []

    @describe(
        "Get a token",
        TokenGiven,
        status=HTTPStatus.CREATED,
        request=TokenRequest,
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS),
        auth=[],
    )
    def create(self, request: Request) -> Response:
        given = self.parse(TokenRequest)
        user = authenticate(request, username=given.pop("email"), password=given.pop("password"))
        if not isinstance(user, User):
            raise AuthenticationFailed(_("The e-mail address or the password is wrong."))
        token, secret = tokens.issue(user, **given)
        answer = TokenGiven({"token": secret, "expiry": token.expiry}).data
        return Response(answer, HTTPStatus.CREATED, headers={"Cache-Control": "no-store"})

    @describe("Take this token back", status=HTTPStatus.NO_CONTENT)
    def destroy(self, request: Request) -> Response:
        if isinstance(request.auth, ApiToken):
            request.auth.delete()
        return Response(status=HTTPStatus.NO_CONTENT)
