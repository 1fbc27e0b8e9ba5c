"""A team's connections to the sandbox itself: one for every new team, more from the sandbox's page.

The task `welcome` and the page call it; each connection has a key of its own.
"""

from django.conf import settings

from storyboard.connections import actions as connections
from storyboard.connections.models import Connection
from storyboard.connections.queries import connections_of
from storyboard.errors import Conflict, DomainError
from storyboard.providers import catalog
from storyboard.providers.secret import Secret
from storyboard.sandbox import actions
from storyboard.sandbox.dialects import BASES
from storyboard.teams.models import Team, User

# The vendor of a new team's connection: it has a known price for nearly everything, and returns last frames.
FIRST = "reapi"


def base_url(vendor: str) -> str:
    return f"{settings.PUBLIC_URL}/sandbox/{BASES[vendor]}"


def welcome(team: Team) -> None:
    """A new team can render at once. One that has a connection to the sandbox already gets no other."""
    if not connections_of(team).filter(base_url__startswith=f"{settings.PUBLIC_URL}/sandbox/").exists():
        connect(team, vendor=FIRST, by=None)


def connect(team: Team, *, vendor: str, by: User | None) -> Connection:
    if vendor not in BASES:
        raise DomainError("Choose a vendor from the list.")
    key, plain = actions.ready_key(team, by=by)
    terms = connections.Terms(name=free_name(team, vendor))
    try:
        return connections.add(team, terms=terms, vendor=vendor, base_url=base_url(vendor), secret=Secret(plain), by=by)
    except Conflict:
        # Made twice at once: nobody needs the second one's key.
        actions.revoke_key(key, by=by)
        raise


def free_name(team: Team, vendor: str) -> str:
    """“Sandbox” for a team's first, then by vendor, then numbered."""
    taken = {name.lower() for name in connections_of(team).values_list("name", flat=True)}
    label = catalog.vendor(vendor).label
    names = ["Sandbox", f"Sandbox, {label}", *(f"Sandbox, {label} {number}" for number in range(2, 40))]
    return next(name for name in names if name.lower() not in taken)
