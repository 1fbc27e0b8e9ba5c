"""`manage.py serve`: web and worker in one foreground process group; `make run` calls it."""

from typing import Any

from django.core.management.base import BaseCommand

from storyboard.jobs.server import Server, check_port, migrate


class Command(BaseCommand):
    help = "Prepares the database, then runs the web server and the worker until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        check_port()
        migrate()
        Server(self.stdout.write).run()
