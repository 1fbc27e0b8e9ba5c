"""What changes at each joint from the frame that is handed over to the frame that follows, and what of it adds up.

Cards, the inspector and the hand-off page ask here. Pure but for one query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storyboard.boards.models import Joint, Shot
from storyboard.rendering.looks import Look, Step, step
from storyboard.takes.models import Measure, Take

# Coding alone makes steps of up to 1, and what follows a hand-off exactly stays below 2; at about 4, a twelfth of the
# light of a bright picture, people see the joint when the film plays.
HIGH = 4.0
# Steps that nobody sees add up. Twice as much makes a shot look strange beside the one that its chain began with.
HIGH_IN_ALL = 8.0
# Less than this of one figure nobody can tell.
LEAST = 0.5
NO_STEP = "hardly a difference to be seen"
WORDS = (
    ("brighter", "darker"),
    ("more contrast", "less contrast"),
    ("more colour", "less colour"),
    ("sharper", "softer"),
)


@dataclass(frozen=True, slots=True)
class Drift:
    """One joint, from the selected take of the shot before to this shot's."""

    before: Shot
    leaves: Take
    opens: Take
    step: Step
    # All steps since the shot with which the chain begins, this one too; what was lost and came back is none.
    total: Step
    since: Shot

    @property
    def is_high(self) -> bool:
        return self.step.figure >= HIGH or self.total.figure >= HIGH_IN_ALL

    @property
    def label(self) -> str:
        return f"Δ {self.step.figure:.1f}"

    @property
    def sentence(self) -> str:
        """For whoever asks what the figure on the joint is."""
        said = f"Step of {self.step.figure:.1f} from shot {self.before.position}: {in_words(self.step, least=0)}."
        if self.since.pk != self.before.pk:
            said += f" Since shot {self.since.position} it is {self.total.figure:.1f} in all."
        return said


def in_words(found: Step, *, least: float = LEAST) -> str:
    """0.8 brighter, 2.1 softer: what is largest first."""
    parts = [(value, words[0] if value >= 0 else words[1]) for value, words in zip(found, WORDS, strict=True)]
    told = sorted((part for part in parts if abs(part[0]) >= least), key=lambda part: -abs(part[0]))
    return ", ".join(f"{abs(value):.1f} {word}" for value, word in told) or NO_STEP


def drifts(shots: Sequence[Shot], selected: Mapping[int, Take]) -> dict[int, Drift]:
    """By key of the shot that follows; joints without two measured takes are left out. One query, or none."""
    wanted = [shot for shot in shots if follows(shot) and shot.pk in selected and shot.joint_from_id in selected]
    if not wanted:
        return {}
    takes = {selected[key].pk for shot in wanted for key in (shot.pk, shot.joint_from_id or 0)}
    rows = Measure.objects.filter(take__in=takes).exclude(made_at=None).defer("frames")
    measured = {measure.take_id: measure for measure in rows}
    found: dict[int, Drift | None] = {}
    for shot in wanted if measured else []:
        for one in reversed(chain_to(shot, found)):
            found[one.pk] = joint(one, selected, measured, found)
    return {key: one for key, one in found.items() if one is not None}


def follows(shot: Shot) -> bool:
    return shot.joint != Joint.CUT and shot.joint_from is not None


def chain_to(shot: Shot, done: Mapping[int, Drift | None]) -> list[Shot]:
    """The shot, the one that it opens on, and so on up to where it begins; a circle ends where it began."""
    chain: dict[int, Shot] = {}
    at: Shot | None = shot
    while at is not None and follows(at) and at.pk not in done and at.pk not in chain:
        chain[at.pk] = at
        at = at.joint_from
    return list(chain.values())


def joint(
    shot: Shot, selected: Mapping[int, Take], measured: Mapping[int, Measure], done: Mapping[int, Drift | None]
) -> Drift | None:
    before = shot.joint_from
    leaves, opens = selected.get(shot.joint_from_id or 0), selected.get(shot.pk)
    if before is None or leaves is None or opens is None or leaves.pk not in measured or opens.pk not in measured:
        return None
    own = step_between(measured[leaves.pk], leaves.hand_off_ms, measured[opens.pk])
    ahead = None if is_anchored(before) else done.get(before.pk)
    total, since = (ahead.total.then(own), ahead.since) if ahead else (own, before)
    return Drift(before, leaves, opens, own, total, since)


def is_anchored(shot: Shot) -> bool:
    """Whatever came before, it ends on a picture that somebody chose: from there nothing has drifted."""
    return shot.joint == Joint.LAND and shot.landing_id is not None


def step_between(leaves: Measure, hand_off_ms: int | None, opens: Measure) -> Step:
    row = leaves.at_hand_off if hand_off_ms is not None and leaves.at_hand_off else leaves.last
    return step(Look(*row), Look(*opens.first))
