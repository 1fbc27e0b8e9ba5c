"""What a shot will cost, before it is sent. Boards, plans and the command line ask it."""

from collections.abc import Mapping

from storyboard.providers.base import Probed, Quote, ShotRequest
from storyboard.providers.catalog import Model, Rate
from storyboard.providers.dispatch import vendor_file


def quote(request: ShotRequest, model: Model, media: Probed, rates: Mapping[str, Rate] | None = None) -> Quote:
    """By the vendor’s own formula. `rates`: a connection’s own, by resolution; where none is known, `note` says so."""
    vendor = vendor_file(model.vendor)
    return vendor.price(vendor.body(request, model), model, media, rates)
