"""Where this machine keeps a Chromium; asked by the runner, which may fetch one, and by the browser fixtures."""

import glob
import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    # What `playwright install chromium` downloads.
    "~/.cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "~/Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


def find_chromium() -> str | None:
    """The path of a Chromium on this machine: $CHROMIUM, one on PATH, or one in its usual place."""
    if named := os.environ.get("CHROMIUM"):
        return named
    if found := next(filter(None, map(shutil.which, NAMES)), None):
        return found
    return next((found for place in PLACES for found in sorted(glob.glob(os.path.expanduser(place)))), None)
