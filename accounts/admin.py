"""People and their tokens. They sign in by e-mail; a token's secret is shown nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, User

if TYPE_CHECKING:
    _UserAdmin = DjangoUserAdmin[User]
    _TokenAdmin = admin.ModelAdmin[ApiToken]
    _CreationForm = AdminUserCreationForm[User]
    _ChangeForm = UserChangeForm[User]
else:
    _UserAdmin, _TokenAdmin = DjangoUserAdmin, admin.ModelAdmin
    _CreationForm, _ChangeForm = AdminUserCreationForm, UserChangeForm


class NewUserForm(_CreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class UserForm(_ChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}  # Django's expect a user name


@admin.register(User)
class UserAdmin(_UserAdmin):
    add_form = NewUserForm
    form = UserForm
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name", "locale")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "name", "usable_password", "password1", "password2"),
            },
        ),
    )


@admin.register(ApiToken)
class ApiTokenAdmin(_TokenAdmin):
    """A token can be taken back here; it is given by /v1/auth/token or `create_token`."""

    list_display = ("token_key", "name", "user", "read_only", "created", "expiry")
    list_select_related = ("user",)
    list_filter = ("read_only",)
    search_fields = ("name", "user__email", "=token_key")
    raw_id_fields = ("user",)
    exclude = ("digest",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False
