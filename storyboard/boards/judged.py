"""Problems and price of a request, remembered by what went into them: most of a board is as it was a moment ago.

asks.py alone calls it. Both functions are pure, so an answer is as good for the next page as for this one.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from storyboard.connections.models import Connection
from storyboard.connections.prices import own_rates
from storyboard.providers import preflight, price
from storyboard.providers.base import Media, Problem, Quote, ShotRequest
from storyboard.providers.catalog import Model

KEPT = 20_000
# A prompt longer than anybody's limit is not worth the memory.
LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Judged:
    problems: tuple[Problem, ...]
    quote: Quote


remembered: OrderedDict[object, Judged] = OrderedDict()
lock = Lock()


def judge(request: ShotRequest, model: Model, media: Mapping[str, Media | None], connection: Connection) -> Judged:
    if len(request.prompt) > LONGEST:
        return judged(request, model, media, connection)
    # Everything that either function looks at; rates are the connection's own and may change.
    rates = json.dumps(connection.rates.get(model.id, {}), sort_keys=True)
    key = (request, model.vendor, model.id, rates, tuple(media.items()))
    with lock:
        found = remembered.get(key)
        if found is not None:
            remembered.move_to_end(key)
            return found
    found = judged(request, model, media, connection)
    with lock:
        remembered[key] = found
        while len(remembered) > KEPT:
            remembered.popitem(last=False)
    return found


def judged(request: ShotRequest, model: Model, media: Mapping[str, Media | None], connection: Connection) -> Judged:
    problems = tuple(preflight.check(request, model, media))
    return Judged(problems, price.quote(request, model, media, own_rates(connection, model)))
