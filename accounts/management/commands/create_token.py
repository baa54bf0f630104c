"""manage.py create_token EMAIL: a key to the API for a program. The secret is printed once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import tokens
from accounts.models import User


class Command(BaseCommand):
    help = "Make an API token for a user and print its secret, which is kept nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="to know the token again by")
        parser.add_argument("--read-only", action="store_true")
        parser.add_argument(
            "--days",
            type=int,
            default=tokens.DEFAULT_DAYS,
            help=f"until it expires, 1 to {tokens.MAX_DAYS}; default %(default)s",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError("There is no active user with this e-mail address.")
        if not 1 <= options["days"] <= tokens.MAX_DAYS:
            raise CommandError(f"Give between 1 and {tokens.MAX_DAYS} days.")
        _token, secret = tokens.issue(
            user, name=options["name"], read_only=options["read_only"], days=options["days"]
        )
        self.stdout.write(secret)
