"""What keeps films from being made, in sentences that say who mends it and how: no worker, storage, key or credit.

views.health shows them where people look, the render sheet before they press. Nothing here uses the network.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from storyboard.connections import addresses
from storyboard.connections.models import Connection
from storyboard.connections.queries import usable
from storyboard.connections.vendors import sandbox_of
from storyboard.jobs.heartbeat import FRESH, is_beating
from storyboard.media import links, watch
from storyboard.takes.actions import switch
from storyboard.teams.models import Role, Team

# Every open page asks every few seconds, and most of what it asks is the same.
KEPT_SECONDS = 4.0
MOST_KEPT = 500
# A worker is started after the web process, and has until then to show itself.
STARTED = time.monotonic()
CLUSTERS = ("fast", "media")
ASK_AN_OWNER = "Ask an owner of the team to look after it."
NO_WORKER = {
    CLUSTERS: "No worker is running, so nothing is sent or fetched.",
    ("fast",): "The fast worker is not running, so nothing is sent and no vendor is asked for results.",
    ("media",): "The media worker is not running, so clips are not fetched and uploads not checked.",
}
START_IT = "Start it with “manage.py worker”, or ask whoever runs Lastframe."
NOT_KEPT = "No clip and no upload can be kept."
MAKE_ROOM = "Free space or mend the storage, or ask whoever runs Lastframe."
RESUME = "Go on with “manage.py submissions resume”, or ask whoever runs Lastframe."
PLAY_MONEY = "It is play money: add some to its key in the sandbox, then test the connection again."
NOT_FETCHED = "Shots that carry references, a landing picture or a clip’s end cannot be rendered at {}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is wrong: what, and what those do about it who can. `mild` where most things still work."""

    what: str
    remedy: str
    mild: bool = False
    # Where it is mended, for those who may go there.
    label: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A trouble as one person reads it."""

    text: str
    mild: bool
    label: str = ""
    address: str = ""


def sentences(team: Team, role: int, *, at: str = "") -> list[Sentence]:
    """For somebody with this role; owners can do something about all of it, everybody else is told whom to ask.

    `at`: the connection, by public id, whose page it is: there it also says what its vendor cannot fetch. Elsewhere
    each shot that carries such a file says so itself, and nobody else needs to hear of it.
    """
    own = [connection for connection in usable(team) if connection.public_id == at] if at else []
    return [said(trouble, role) for trouble in [*troubles(team), *reach(own)]]


def said(trouble: Trouble, role: int) -> Sentence:
    if role < Role.OWNER:
        return Sentence(text=f"{trouble.what} {ASK_AN_OWNER}", mild=trouble.mild)
    text = f"{trouble.what} {trouble.remedy}"
    return Sentence(text=text, mild=trouble.mild, label=trouble.label, address=trouble.address)


_kept: dict[str, tuple[float, list[Trouble]]] = {}


def troubles(team: Team) -> list[Trouble]:
    """The worst first; looked for again when some seconds have passed."""
    now = time.monotonic()
    until, found = _kept.get(team.public_id, (0.0, []))
    if now >= until:
        found = list(look(team))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[team.public_id] = now + KEPT_SECONDS, found
    return found


def forget() -> None:
    """Look anew at the next question."""
    _kept.clear()


def look(team: Team) -> Iterator[Trouble]:
    connections = list(usable(team))
    yield from workers()
    yield from storage()
    yield from pause()
    for connection in connections:
        yield from account(team, connection)


def workers() -> Iterator[Trouble]:
    if time.monotonic() - STARTED < FRESH.total_seconds():
        return
    silent = tuple(cluster for cluster in CLUSTERS if not is_beating(cluster))
    if silent:
        checks = reverse("readyz")
        yield Trouble(what=NO_WORKER[silent], remedy=START_IT, label="See all checks", address=checks)


def storage() -> Iterator[Trouble]:
    if why := watch.trouble():
        yield Trouble(what=f"{why} {NOT_KEPT}", remedy=MAKE_ROOM, label="See all checks", address=reverse("readyz"))


def pause() -> Iterator[Trouble]:
    if (now := switch.why()).paused_at is not None:
        yield Trouble(what=f"Nothing is sent to vendors: {now.reason}", remedy=RESUME)


def account(team: Team, connection: Connection) -> Iterator[Trouble]:
    """What its last test found; takes have it tested again when its vendor refuses them for the account's sake."""
    at, about = reverse("connection", args=[team.public_id, connection.public_id]), connection.about
    if connection.works is False:
        what = f"The connection {connection} does not work, so what it was to render fails or waits."
        yield Trouble(what=what, remedy=connection.said, label="Open the connection", address=at)
    elif connection.ails:
        what = f"The account of {connection} at {about.label} has no credit left, so it renders nothing more."
        if page := sandbox_of(connection, team):
            yield Trouble(what=what, remedy=PLAY_MONEY, label="Open the sandbox", address=page)
            return
        remedy = f"Top it up at {about.console_url}, then test the connection again."
        yield Trouble(what=what, remedy=remedy, label="Open the connection", address=at)


def reach(connections: Iterable[Connection]) -> Iterator[Trouble]:
    for connection in connections:
        if not addresses.is_near(connection.base_url) and (why := links.reachable()):
            yield Trouble(what=NOT_FETCHED.format(connection), remedy=why, mild=True)
