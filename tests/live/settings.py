"""What the tests' web process runs on: the real settings, and a few pages of our own beside the real URLs."""

from storyboard.settings import *  # noqa: F403

ROOT_URLCONF = "tests.live.urls"
