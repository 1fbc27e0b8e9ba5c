"""A connection for tests, made the way people make one."""

from storyboard.connections import actions
from storyboard.connections.actions import Terms
from storyboard.connections.models import Connection
from storyboard.providers import catalog
from storyboard.providers.secret import Secret
from storyboard.teams.models import Team, User

KEY = "sk-canary-5f0c1d7e9b-Zx7q"


def connect(
    team: Team, *, name: str = "Main", vendor: str = "reapi", base_url: str = "", key: str = KEY, by: User | None = None
) -> Connection:
    url = base_url or catalog.vendor(vendor).base_url
    return actions.add(team, terms=Terms(name=name), vendor=vendor, base_url=url, secret=Secret(key), by=by)
