"""What the board shows of each shot: its card, and the joint in front of it. The pages of a board ask here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from storyboard.boards.asks import Ask, why_loose
from storyboard.boards.models import Joint, Scene, Shot
from storyboard.boards.status import DRAFT, Status
from storyboard.boards.templatetags.boards import price
from storyboard.boards.views.shown import short
from storyboard.media.models import Reference

# More than the two lines of a wide card; the whole prompt is in the inspector.
SHOWN = 400
# Drawn cards that are kept, of about two kilobytes each.
KEPT = 8_000


class Opening(NamedTuple):
    """A joint as it is drawn: which icon, which word, and the sentence for whoever asks."""

    icon: str
    word: str
    sentence: str
    css: str = ""


WORDS = {
    Joint.CONTINUE: ("link", "continues", "Continues: opens on the frame that {} ends on"),
    Joint.LAND: (
        "arrow-right-to-line",
        "lands on",
        "Opens on the frame that {} ends on, and lands on a chosen picture",
    ),
    Joint.MOTION: ("waves-horizontal", "motion", "Carries over the last seconds of {}, its movement and sound"),
}

FIRST = Opening("circle-dot", "opens", "The film opens here, fresh from its prompt")
CUT = Opening("scissors", "cut", "Cut: opens fresh, from its prompt")


class Face(NamedTuple):
    """Everything that a card shows, and nothing else: whatever is the same looks the same, for everybody."""

    id: str
    position: int
    topics: tuple[str, ...]
    opening: Opening
    prompt: str
    problems: int
    seconds: int
    chip: str
    price: str
    # There was a take, and the price is that of another one.
    again: bool
    team: str
    picture: str
    version: str
    needs_approval: bool
    has_notes: bool
    may_edit: bool
    status: Status


@lru_cache(maxsize=KEPT)
def drawn(face: Face) -> SafeString:
    """Most of a board looks as it did a moment ago, and drawing its cards is most of the work of its page."""
    return render_to_string("boards/_cell.html", {"card": face})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A shot in its place."""

    shot: Shot
    ask: Ask
    opening: Opening
    status: Status = DRAFT
    may_edit: bool = False

    @property
    def html(self) -> SafeString:
        return drawn(self.face)

    @property
    def face(self) -> Face:
        shot, picture = self.shot, self.picture
        return Face(
            id=shot.public_id,
            position=shot.position,
            topics=tuple(self.topics),
            opening=self.opening,
            prompt=shot.prompt[:SHOWN],
            problems=len(self.ask.blocks),
            seconds=self.ask.choices.seconds,
            chip=self.chip,
            price=self.status.price or price(self.ask.quote),
            again=self.is_another,
            team=shot.board.team.public_id,
            picture=picture.public_id if picture else "",
            version=str(picture.version) if picture else "",
            needs_approval=shot.needs_approval,
            has_notes=bool(shot.notes),
            may_edit=self.may_edit,
            status=self.status,
        )

    @property
    def is_another(self) -> bool:
        """Whether there was a take that tells no price of its own, and none is under way."""
        is_over = self.status.to_render or bool(self.status.take_id)
        return bool(self.status.name) and is_over and not self.status.price

    @property
    def chip(self) -> str:
        name = short(self.ask.model) if self.ask.model else "no model"
        return f"{name} · {self.ask.choices.resolution}"

    @property
    def topics(self) -> list[str]:
        """What it shows, so what it listens to: its own words, and the shot that it follows."""
        source = self.shot.joint_from
        return [self.shot.topic, source.topic] if source else [self.shot.topic]

    @property
    def picture(self) -> Reference | None:
        """Until there is a take: what it lands on, else its first picture of the library."""
        if self.shot.landing and self.shot.joint == Joint.LAND:
            return self.shot.landing
        pictures = (row.reference for row in self.shot.references.all())
        return next((one for one in pictures if one.file and one.file.small_key), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours of one scene, or of none."""

    scene: Scene | None
    cells: list[Cell]
    # A scene that is broken up by others is shown more than once, and has its name to edit only once.
    part: int = 1

    @property
    def seconds(self) -> int:
        return sum(cell.ask.choices.seconds for cell in self.cells)


def opening_of(shot: Shot) -> Opening:
    if shot.joint == Joint.CUT:
        return CUT if shot.position > 1 else FIRST
    source = shot.joint_from
    if source is None or source.deleted_at is not None:
        return Opening("triangle-alert", "loose", why_loose(shot), "loose")
    icon, word, sentence = WORDS[Joint(shot.joint)]
    said = sentence.format(f"shot {source.position}")
    if source.needs_approval:
        return Opening("circle-check", "approve", f"{said}. Waits until somebody approves it", "linked gate")
    neighbours = source.position == shot.position - 1
    return Opening(icon, word if neighbours else f"from {source.position}", said, "linked")


def cell_of(ask: Ask, status: Status = DRAFT, *, may_edit: bool) -> Cell:
    return Cell(shot=ask.shot, ask=ask, opening=opening_of(ask.shot), status=status, may_edit=may_edit)


def groups_of(cells: Sequence[Cell]) -> list[Group]:
    """Runs of neighbours with the same scene."""
    found: list[Group] = []
    seen: dict[int | None, int] = {}
    for cell in cells:
        scene = cell.shot.scene
        if not found or (found[-1].scene and found[-1].scene.pk) != cell.shot.scene_id:
            seen[cell.shot.scene_id] = seen.get(cell.shot.scene_id, 0) + 1
            found.append(Group(scene, [], seen[cell.shot.scene_id]))
        found[-1].cells.append(cell)
    return found
