"""A vendor's client for a connection: opens the key, so only tasks of workers may have one.

tasks.py of this app and of takes call it; nothing else brings a key and the network together.
"""

from storyboard.connections import addresses, keys
from storyboard.connections.models import Connection
from storyboard.providers.dispatch import vendor_file
from storyboard.providers.errors import NotCreated
from storyboard.providers.http import Client
from storyboard.providers.waits import Pace, Timeouts


def client(connection: Connection, *, timeouts: Timeouts | None = None, pace: Pace | None = None) -> Client:
    """For free questions unless other `timeouts` are given.

    NotCreated, with a sentence for people, when the key does not open or the address may no longer be used.
    """
    # Asked again although the form did: VENDOR_HOSTS may have become shorter since.
    if why := addresses.refusal(connection.base_url):
        raise NotCreated(why)
    try:
        secret = keys.reveal(connection)
    except keys.KeyTrouble as error:
        raise NotCreated(error.message) from None
    return Client(
        vendor_file(connection.vendor),
        connection.base_url,
        secret,
        policy=addresses.policy(),
        timeouts=timeouts or Timeouts.quick(),
        pace=pace,
    )
