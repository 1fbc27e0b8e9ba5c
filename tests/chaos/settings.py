"""Settings for the processes that the kill tests start: the real ones, with points to die at and, if asked, a sabotage.

A hurry: waits that are minutes in production, because a vendor may be slow, are seconds beside a vendor that is not.
"""

import os

from storyboard.settings import *  # noqa: F403
from storyboard.settings import INSTALLED_APPS

FAULT_POINTS = os.environ.get("CHAOS_POINTS", "")
INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.apps.Chaos"]
# Read by tests.chaos.apps. What is taken out on purpose, to see that the tests would notice:
SABOTAGE = os.environ.get("CHAOS_SABOTAGE", "")
HURRY = bool(os.environ.get("CHAOS_HURRY"))
# “light”: what is fetched is not decoded. “off”: nothing is fetched either.
MEDIA = os.environ.get("CHAOS_MEDIA", "on")
# “2-5”: every job of takes is queued so many times.
REPEAT = os.environ.get("CHAOS_REPEAT", "")
# A folder into which each process notes how long the parts of a shot’s way take: tests/bench/chain_line.py
LINE = os.environ.get("CHAOS_LINE", "")
ROOT_URLCONF = os.environ.get("CHAOS_URLS", "") or "storyboard.urls"
if HURRY:
    # The fake vendor's list is half a second behind.
    LIST_LAG, LIST_APART = 2, 3
