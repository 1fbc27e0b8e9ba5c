"""Named places at which the kill tests end this process, once: `point("after the claim")`. Otherwise they are nothing.

settings.FAULT_POINTS is empty and no environment variable fills it; only the settings of tests/chaos name a folder.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path

from django.conf import settings


def point(name: str) -> None:
    """Die here as by `kill -9` if the folder holds a file of this name; whoever removes it is the one that dies."""
    if not settings.FAULT_POINTS:
        return
    with suppress(FileNotFoundError):
        Path(settings.FAULT_POINTS, name).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
