"""A client with little patience, for the server that misbehaves."""

from storyboard.addresses import ANYWHERE
from storyboard.providers.http import Client
from storyboard.providers.outcomes import Vendor
from storyboard.providers.secret import Secret
from storyboard.providers.waits import Pace, Timeouts
from tests.providers import fake

KEY = "sk-canary-5f0c1d7e9b"
QUICK = Timeouts(connect=0.3, write=0.3, read=0.3, pool=0.3, total=0.6)


def client(url: str, vendor: Vendor = fake, *, pauses: list[float] | None = None) -> Client:
    """It does not sleep: the pauses it would have made are collected."""
    taken = [] if pauses is None else pauses
    pace = Pace(sleep=taken.append, chance=lambda: 1.0)
    return Client(vendor, url, Secret(KEY), policy=ANYWHERE, timeouts=QUICK, pace=pace)
