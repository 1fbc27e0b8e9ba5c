"""What the board shows of each shot: its card, and the joint in front of it. The pages of a board ask here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from storyboard.boards.asks import Ask
from storyboard.boards.models import Joint, Scene, Shot
from storyboard.boards.views.shown import short
from storyboard.providers.base import Problem


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
LOOSE = Opening("triangle-alert", "loose", "The shot that this one followed is gone. Choose another", "loose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A shot in its place."""

    shot: Shot
    ask: Ask
    opening: Opening

    @property
    def problems(self) -> list[Problem]:
        return self.ask.blocks

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
    def picture(self) -> object | None:
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
        return LOOSE
    icon, word, sentence = WORDS[Joint(shot.joint)]
    said = sentence.format(f"shot {source.position}")
    if source.needs_approval:
        return Opening("circle-check", "approve", f"{said}. Waits until somebody approves it", "linked gate")
    neighbours = source.position == shot.position - 1
    return Opening(icon, word if neighbours else f"from {source.position}", said, "linked")


def cell_of(ask: Ask) -> Cell:
    return Cell(shot=ask.shot, ask=ask, opening=opening_of(ask.shot))


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
