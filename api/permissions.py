"""What a token may do beyond being somebody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission

if TYPE_CHECKING:  # rest_framework.views imports this module, which settings name as a default
    from rest_framework.request import Request
    from rest_framework.views import APIView

from accounts.models import ApiToken


class MayWrite(BasePermission):
    """A read-only token reads. Whose rows it reads is decided by `visible_to`, with 404."""

    code = "read_only_token"
    message = _("This token may only read.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return True
        return not (isinstance(request.auth, ApiToken) and request.auth.read_only)
