"""What the sandbox may reach: public addresses, this app itself, and the hosts that SANDBOX_MEDIA_HOSTS names.

inputs.py fetches and calling.py rings under this policy.
"""

from urllib.parse import urlsplit

from django.conf import settings

from storyboard.addresses import PORTS, Policy, place


def hosts() -> frozenset[str]:
    own = urlsplit(settings.PUBLIC_URL)
    return settings.SANDBOX_MEDIA_HOSTS | {place(own.hostname or "", own.port or PORTS[own.scheme])}


def policy() -> Policy:
    """Plain http too: two of the vendors take it."""
    return Policy(hosts=hosts(), http=True)
