"""`manage.py sandbox_key [--credits N]`: print a fresh key of the sandbox, and beside it where to use it."""

from argparse import ArgumentParser
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from storyboard.accounts.links import base_url
from storyboard.providers.catalog import vendor
from storyboard.sandbox import actions
from storyboard.sandbox.dialects import BASES

USUAL, MOST = 100_000, 1_000_000_000
CREDIT_MICRO_USD = 1000


class Command(BaseCommand):
    help = "Print a fresh key of the sandbox, and the base URLs at which it opens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--credits", default=str(USUAL), help=f"thousandths of a dollar on it, {USUAL} if not said")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            self.fail("The sandbox is off. Set SANDBOX=on, start Lastframe again, then run this again.")
        micro_usd = self.amount(str(options["credits"]).strip()) * CREDIT_MICRO_USD
        try:
            _, plain = actions.open_key(micro_usd=micro_usd)
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            self.fail(
                f"The database cannot be used: {reason}. Is it running, is DATA_DIR or "
                "DATABASE_URL the same as for Lastframe itself, and was that started once?"
            )
        # The key alone on stdout, for scripts.
        self.stdout.write(plain)
        self.stderr.write(f"It holds ${micro_usd / 1_000_000:,.2f} and is shown only now. Base URLs:")
        for name, base in BASES.items():
            self.stderr.write(f"  {vendor(name).label:<15}  {base_url()}/sandbox/{base}")

    def amount(self, text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST)) and 1 <= int(text) <= MOST):
            self.fail(f"--credits must be a whole number from 1 to {MOST}, in thousandths of a dollar.")
        return int(text)

    def fail(self, sentence: str) -> NoReturn:
        """One plain sentence, without the name of an exception in front."""
        self.stderr.write(sentence)
        raise SystemExit(1)
