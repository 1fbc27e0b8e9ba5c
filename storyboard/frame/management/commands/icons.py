"""`manage.py icons FOLDER [name …]`: rebuild static/icons.svg from Lucide's icons folder, adding the named ones."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from storyboard.frame import icons


class Command(BaseCommand):
    help = "Rebuild static/icons.svg from the icons folder of a lucide-static package, adding the named icons."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("names", nargs="*")

    def handle(self, *args: Any, folder: Path, names: list[str], **options: Any) -> None:
        wanted = {*names, *(icons.names() if icons.SPRITE.exists() else ())}
        icons.SPRITE.write_text(icons.build(folder, wanted))
        print(f"{len(wanted)} icons, {icons.SPRITE.stat().st_size} bytes")
