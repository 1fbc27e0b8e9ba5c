"""What connections need of the vendors' catalog: their addresses, and the models that an address knows.

Forms, price pages and the command line ask it. Ark alone has two hosts, and neither knows the other's model ids.
"""

from typing import NamedTuple

from storyboard.connections.addresses import origin
from storyboard.providers import catalog
from storyboard.providers.ark import CHINA_URL
from storyboard.providers.catalog import Model


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
