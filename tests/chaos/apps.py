"""What the kill tests change in the processes that they start, and nowhere else: tests.chaos.settings installs it."""

from django.apps import AppConfig


class Chaos(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        """Nothing yet."""
