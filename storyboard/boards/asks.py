"""What a shot asks of a vendor: its words, settings and pictures as one neutral request. The only place that says so.

The inspector's hints and prices ask here with made-up links, takes ask here with real ones: so both say the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from storyboard.boards.choices import Choices, merged, model_for
from storyboard.boards.judged import judge
from storyboard.boards.models import Joint, Shot
from storyboard.connections import addresses
from storyboard.connections.models import Connection
from storyboard.media import links as media_links
from storyboard.media.fit import media_of as media_of_file
from storyboard.media.models import Reference
from storyboard.providers.base import Kind, Level, Media, Problem, Quote, ShotRequest
from storyboard.providers.base import Reference as Asked
from storyboard.providers.catalog import Model
from storyboard.providers.dispatch import vendor_file
from storyboard.providers.rules import is_asset

# How much of the predecessor's clip a motion joint carries over.
TAIL = Decimal(2)
OPENED = {Joint.CONTINUE, Joint.LAND}


NO_QUOTE = Quote()


@dataclass(frozen=True, slots=True)
class Links:
    """Where a vendor would find each thing; the file behind it says what a probe will find."""

    reference: Callable[[Reference], str]
    opening: str = ""
    tail: str = ""


MADE_UP = "https://reference.invalid/"
# A picture that nobody has chosen yet.
LANDING = f"{MADE_UP}landing"


def invented(reference: Reference) -> str:
    """Stands for a link that is only made when the shot is sent."""
    return reference.asset_uri or f"{MADE_UP}{reference.public_id}"


PREVIEW = Links(invented, "https://hand-off.invalid/frame.png", "https://hand-off.invalid/tail.mp4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One shot ready to be checked, priced or sent; without a model only `problems` says anything."""

    shot: Shot
    choices: Choices
    connection: Connection | None = None
    # The one that renders it: of the tier that was chosen, the sibling that takes what this shot carries.
    model: Model | None = None
    request: ShotRequest
    media: Mapping[str, Media | None] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    quote: Quote = NO_QUOTE

    @property
    def blocks(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level is Level.PROBLEM]

    @property
    def said(self) -> str:
        """That another model of the tier renders this shot than the one in the list; nothing when it is the same."""
        if self.model is None or self.model.id == self.choices.model:
            return ""
        return f"This shot is rendered with {self.model.id}, which takes what it carries."


def ask(shot: Shot, connections: Mapping[str, Connection], *, handed_on: bool, links: Links = PREVIEW) -> Ask:
    """`connections` by public id; `handed_on`: another shot opens on where this one ends."""
    choices = merged(shot.board.settings, shot.settings)
    connection = connections.get(choices.connection)
    chosen = model_for(connection, choices.model)
    request = request_of(shot, choices, links)
    if connection is None or chosen is None:
        return Ask(shot=shot, choices=choices, request=request, problems=unchosen(shot, choices, connection))
    model = suited(request, chosen)
    request = replace(request, wants_last_frame=handed_on and model.returns_last_frame)
    media = media_of(shot, links)
    judged = judge(request, model, media, connection)
    return Ask(
        shot=shot,
        choices=choices,
        connection=connection,
        model=model,
        request=request,
        media=media,
        problems=(*loose(shot), *unreachable(request, connection), *judged.problems),
        quote=judged.quote,
    )


def suited(request: ShotRequest, model: Model) -> Model:
    """Some vendors' model ids carry the mode: then the sibling of the same tier that takes what the request carries."""
    choose: Callable[[ShotRequest, Model], Model] | None = getattr(vendor_file(model.vendor), "suited", None)
    return choose(request, model) if choose else model


def against_landing(asked: Ask) -> str:
    """What its vendor would refuse about the shot if it landed on a picture as well; nothing that is so already."""
    if asked.model is None or asked.connection is None:
        return ""
    request = replace(asked.request, opening=PREVIEW.opening, landing=LANDING, motion_tail="")
    model = suited(request, asked.model)
    known = {problem.sentence for problem in asked.blocks}
    found = judge(request, model, asked.media, asked.connection).problems
    news = (one.sentence for one in found if one.level is Level.PROBLEM and one.sentence not in known)
    return next(news, "")


def unchosen(shot: Shot, choices: Choices, connection: Connection | None) -> tuple[Problem, ...]:
    if connection is not None:
        return (Problem(field="model", sentence=f"Choose one of the models of {connection}."),)
    if choices.connection:
        text = "The connection that was chosen is switched off or deleted. Choose another to render with."
        return (Problem(field="connection", sentence=text),)
    # A new team's first connection is on its way, as the pictures are: the plan as a whole says so.
    if shot.board.is_being_painted:
        return ()
    return (Problem(field="connection", sentence="Choose a connection to render with."),)


def loose(shot: Shot) -> list[Problem]:
    """A joint that holds on to nothing."""
    found = []
    if shot.joint != Joint.CUT and shot.joint_from_id is None:
        found.append(Problem(field="joint", sentence=f"{why_loose(shot)}, or make it a cut."))
    # The plan as a whole says it of a sample whose pictures are still being painted.
    if shot.joint == Joint.LAND and shot.landing_id is None and not shot.board.is_being_painted:
        found.append(Problem(field="landing", sentence="Choose the picture that this shot lands on."))
    return found


def why_loose(shot: Shot) -> str:
    """The first shot of a film need never have followed another one."""
    if shot.position == 1:
        return "There is no shot before this one to open on. Choose another"
    return "The shot that this one followed is gone. Choose another"


def unreachable(request: ShotRequest, connection: Connection) -> list[Problem]:
    """A vendor outside cannot fetch what lies on a machine inside; the sandbox is inside too, and so are its like.

    A frame that is handed on need not come from us: the vendor's own link to it lives for a day at least.
    """
    ours = {
        "references": any(not is_asset(one.url) for one in request.references),
        "landing": bool(request.landing),
        "motion_tail": bool(request.motion_tail),
    }
    carried = next((name for name, is_so in ours.items() if is_so), "")
    if not carried or addresses.is_near(connection.base_url):
        return []
    why = media_links.reachable()
    return [Problem(field=carried, sentence=why)] if why else []


def request_of(shot: Shot, choices: Choices, links: Links) -> ShotRequest:
    joint = Joint(shot.joint)
    references = [row.reference for row in shot.references.all()]
    return ShotRequest(
        prompt=prompt_of(shot),
        seconds=choices.seconds,
        ratio=choices.ratio,
        resolution=choices.resolution,
        audio=choices.audio,
        seed=choices.seed,
        search=choices.search,
        safety=choices.safety,
        fallback=choices.fallback,
        opening=links.opening if joint in OPENED and shot.joint_from_id else "",
        exact=shot.exact and joint in OPENED,
        landing=links.reference(shot.landing) if joint is Joint.LAND and shot.landing else "",
        motion_tail=links.tail if joint is Joint.MOTION and shot.joint_from_id else "",
        references=tuple(Asked(links.reference(one), Kind(one.kind)) for one in references),
    )


def prompt_of(shot: Shot) -> str:
    """The shot's words, and after them the board's look."""
    return "\n\n".join(part for part in (shot.prompt.strip(), shot.board.look.strip()) if part)


def media_of(shot: Shot, links: Links) -> dict[str, Media | None]:
    pictures = [row.reference for row in shot.references.all()] + ([shot.landing] if shot.landing else [])
    found: dict[str, Media | None] = {links.reference(one): media_of_file(one.file) for one in pictures if one.file}
    if shot.joint == Joint.MOTION and links.tail:
        found[links.tail] = Media(kind=Kind.VIDEO, seconds=TAIL)
    return found
