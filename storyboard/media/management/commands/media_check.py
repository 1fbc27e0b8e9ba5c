"""`manage.py media_check [--remove]`: do the rows and the storage agree? Without --remove it only tells."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from storyboard.media import census
from storyboard.media.census import Census

SHOWN = 20


class Command(BaseCommand):
    help = "Find files without a row and rows without a file; --remove puts it right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove the one and forget the other")

    def handle(self, *args: Any, remove: bool, **options: Any) -> None:
        found = census.count()
        self.tell(found)
        if not remove:
            return
        if found.looks_wrong:
            raise CommandError(
                "So many files are missing that the settings may name another bucket. Nothing was removed."
            )
        gone = census.remove_strays(found.strays)
        census.remove_begun(found.begun)
        census.forget(found)
        print(f"Removed {gone} objects; forgot {len(found.lost)} lost files.")

    def tell(self, found: Census) -> None:
        print(f"{found.files} files in the database, {found.objects} objects ({filesizeformat(found.bytes)}) stored.")
        print(f"{len(found.strays)} objects without a row, older than a day.")
        for listed in found.strays[:SHOWN]:
            print(f"  {listed.key}")
        print(f"{len(found.begun)} uploads in parts that nobody finished.")
        print(f"{len(found.lost)} rows without their object, {len(found.without_posters)} without a small picture.")
        for file in found.lost[:SHOWN]:
            names = ", ".join(file.references.values_list("name", flat=True)) or "not in a library"
            print(f"  {file.key}: {names}")
