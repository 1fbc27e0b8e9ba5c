"""`manage.py worker`: take jobs from the queue, in two clusters, until told to stop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from storyboard.jobs.supervisor import Supervisor


class Command(BaseCommand):
    help = "Takes jobs from the queue until it gets SIGTERM or Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cluster", choices=["fast", "media"], action="append", help="only this one")
        parser.add_argument(
            "--grace", type=float, default=3.0, help="seconds that running jobs get to end before they are stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        Supervisor(options["cluster"] or ["fast", "media"], options["grace"]).run()
