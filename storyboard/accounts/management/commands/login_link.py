"""`manage.py login_link <email>`: print a link that signs this person in once, within a day."""

from argparse import ArgumentParser
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.core.validators import validate_email
from django.db import DatabaseError

from storyboard.accounts import actions
from storyboard.accounts.links import link_for
from storyboard.teams.models import User


class Command(BaseCommand):
    help = "Print a link that signs somebody in once, within a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--create", action="store_true", help="make the account when there is none")
        parser.add_argument("--name", default="", help="the new account's name")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        self.check_email(email)
        try:
            user = self.account(email, options)
            self.stdout.write(f"Sign in: {link_for(user)}")
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            self.fail(
                f"The database cannot be used: {reason}. Is it running, is DATA_DIR or "
                "DATABASE_URL the same as for Lastframe itself, and was that started once?"
            )

    def account(self, email: str, options: dict[str, Any]) -> User:
        user = User.objects.filter(email=email).first()
        if user is None and options["create"]:
            user = self.create(email, options["name"].strip())
        if user is None:
            self.fail(f"Nobody here has the address {email}. Add --create to make the account.")
        return user

    def check_email(self, email: str) -> None:
        try:
            validate_email(email)
        except ValidationError:
            self.fail(f"{email} is not an e-mail address.")

    def create(self, email: str, name: str) -> User:
        try:
            User(email=email, name=name).clean_fields(exclude=["password"])
        except ValidationError as error:
            self.fail(f"Cannot make an account for {email}: {' '.join(error.messages)}")
        return actions.create_account(email, name=name)

    def fail(self, sentence: str) -> NoReturn:
        """One plain sentence, without the name of an exception in front."""
        self.stderr.write(sentence)
        raise SystemExit(1)
