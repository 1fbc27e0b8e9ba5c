"""What connections need of the vendors' catalog: their addresses and consoles, and the models that an address knows.

Forms, price pages and the command line ask it. Ark alone has two hosts, and neither knows the other's model ids.
"""

from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from storyboard.connections.addresses import is_sandbox, origin
from storyboard.connections.models import Connection
from storyboard.providers import catalog
from storyboard.providers.ark import CHINA_URL
from storyboard.providers.catalog import Model
from storyboard.teams.models import Team


class Host(NamedTuple):
    url: str
    label: str
    # How its models' ids begin.
    prefix: str


# The vendors that live at more than one address.
HOSTS = {
    "ark": (
        Host(catalog.vendor("ark").base_url, "BytePlus ModelArk, outside China", "dreamina-"),
        Host(CHINA_URL, "Volcengine Ark, in China", "doubao-"),
    )
}


def models_at(vendor: str, base_url: str) -> tuple[Model, ...]:
    """The models that this address knows. At an address of one's own, a gateway say, all of the vendor's."""
    found = catalog.models(vendor)
    host = next((host for host in HOSTS.get(vendor, ()) if origin(host.url) == origin(base_url)), None)
    return tuple(model for model in found if host is None or model.id.startswith(host.prefix))


def model_at(vendor: str, base_url: str, model_id: str) -> Model:
    """ValueError, in a sentence that lists what there is, for a model that this address does not know."""
    found = models_at(vendor, base_url)
    for model in found:
        if model.id == model_id:
            return model
    names = ", ".join(model.id for model in found)
    raise ValueError(f"There is no model “{model_id}” at this address. Choose one of: {names}.")


def console_of(connection: Connection, team: Team) -> str:
    """Where the vendor shows this account's tasks and credit."""
    return sandbox_of(connection, team) or connection.about.console_url


def sandbox_of(connection: Connection, team: Team) -> str:
    """Of an account with play money the page of this program; empty for a real vendor's."""
    is_play = settings.SANDBOX and is_sandbox(connection.base_url)
    return reverse("team_sandbox", args=[team.public_id]) if is_play else ""
