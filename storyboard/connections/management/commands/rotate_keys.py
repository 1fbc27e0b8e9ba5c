"""`manage.py rotate_keys`: a new key for the vendors' keys; `--retire` removes the old ones when nothing needs them."""

from argparse import ArgumentParser
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from storyboard.connections import rotation
from storyboard.connections.keys import KeyTrouble


class Command(BaseCommand):
    help = (
        "Encrypt every vendor's key with a new key. Safe to stop at any time: run it again and it goes on. "
        "When it is done, make sure your backup has the new key file, then run it with --retire."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retire", action="store_true", help="remove old keys from the file, if no row needs them")
        parser.add_argument(
            "--give-up",
            action="store_true",
            help="empty the rows that no key opens, so that the rotation can end; their owners type the key again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["give_up"]:
                self.stdout.write(f"{rotation.give_up()} connections were emptied. Their owners type the key again.")
            elif options["retire"]:
                self.retire()
            else:
                self.rotate()
        except KeyTrouble as error:
            self.fail(error.message)
        except (DatabaseError, OSError) as error:
            self.fail(f"The rotation stopped: {str(error).strip().splitlines()[0]}. Mend that and run it again.")

    def rotate(self) -> None:
        fresh = rotation.begin()
        self.stdout.write("A new key is current." if fresh else "Going on with the last rotation.")
        done, shut = 0, []
        for some, closed in rotation.reseal_all():
            done += some
            shut += closed
        self.stdout.write(f"{done} connections are encrypted with the current key now.")
        if shut:
            rows = ", ".join(map(str, shut[:20]))
            self.fail(
                f"{len(shut)} could not be opened and stay as they are (rows {rows}): they were closed with a key that "
                "is not in the file, or copied from elsewhere. Bring that key back, or run rotate_keys --give-up to "
                "empty them."
            )

    def retire(self) -> None:
        removed, in_the_way = rotation.retire()
        if in_the_way:
            self.fail(f"{in_the_way} connections still need an old key. Run rotate_keys first; nothing was removed.")
        self.stdout.write(f"{removed} old keys are gone from the file.")

    def fail(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        raise SystemExit(1)
