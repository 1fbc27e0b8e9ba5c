"""A vendor's client for a connection: opens the key, so only tasks of workers may have one.

tasks.py of this app and of takes call it; nothing else brings a key and the network together.
"""

from typing import Any

from storyboard.connections import addresses, keys
from storyboard.connections.models import Connection
from storyboard.providers.dispatch import vendor_file
from storyboard.providers.errors import NotCreated
from storyboard.providers.http import Client
from storyboard.providers.waits import Pace, Timeouts

# For free questions: with one repetition and a pause between, both fit into the 20 s of a job.
QUICK = Timeouts(connect=4, write=4, read=8, pool=2, total=8)
ONCE_MORE = Pace(times=2, longest=1.5)


def client(connection: Connection, *, timeouts: Timeouts = QUICK, pace: Pace = ONCE_MORE) -> Client:
    """NotCreated, with a sentence for people, when the key does not open or the address may no longer be used."""
    # Asked again although the form did: VENDOR_HOSTS may have become shorter since.
    if why := addresses.refusal(connection.base_url):
        raise NotCreated(why)
    try:
        secret = keys.reveal(connection)
    except keys.KeyTrouble as error:
        raise NotCreated(error.message) from None
    vendor: Any = vendor_file(connection.vendor)
    return Client(vendor, connection.base_url, secret, timeouts=timeouts, pace=pace)
