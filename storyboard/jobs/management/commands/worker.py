"""`manage.py worker`: take jobs from the queue, in two clusters, until told to stop."""

import contextlib
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from storyboard.jobs.broker import give_back
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
        supervisor = Supervisor(options["cluster"] or ["fast", "media"], options["grace"])
        supervisor.run()
        # All of its processes are gone: what they had to leave undone need not wait for its lease to run out.
        with contextlib.suppress(DatabaseError):
            for cluster in supervisor.clusters:
                give_back(cluster.name, cluster.instance)
