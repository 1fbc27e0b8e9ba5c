"""What the kill tests change in the processes that they start, and nowhere else: tests.chaos.settings installs it."""

from django.apps import AppConfig
from django.conf import settings


class Chaos(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        from tests.chaos import changes, sabotage

        changes.die_in_the_middle()
        if settings.HURRY:
            changes.hurry()
        if settings.MEDIA == "off":
            changes.no_media()
        if settings.REPEAT:
            fewest, most = settings.REPEAT.split("-")
            changes.repeat(int(fewest), int(most))
        if settings.SABOTAGE == "claim":
            sabotage.without_claim()
