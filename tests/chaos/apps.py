"""What the kill tests change in the processes that they start, and nowhere else: tests.chaos.settings installs it."""

from importlib import import_module

from django.apps import AppConfig


class Chaos(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        # Late: both reach into apps that are loaded by now.
        from tests.chaos import changes, sabotage, settings

        changes.die_in_the_middle()
        if settings.HURRY:
            changes.hurry()
        if settings.MEDIA != "on":
            {"off": changes.no_media, "light": changes.light_media}[settings.MEDIA]()
        if settings.REPEAT:
            fewest, most = settings.REPEAT.split("-")
            changes.repeat(int(fewest), int(most))
        if settings.LINE:
            import_module("tests.bench.chain_line").install(settings.LINE)
        if settings.SABOTAGE == "claim":
            sabotage.without_claim()
