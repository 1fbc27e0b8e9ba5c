"""A board to try things out with: six shots, every joint, a scene and an approval."""

from typing import NamedTuple

from django.db import transaction

from storyboard.boards.actions.boards import TOPIC, held_team, just_made, new_board
from storyboard.boards.actions.copies import link
from storyboard.boards.models import Board, Joint, Scene, Shot
from storyboard.live.publish import publish
from storyboard.media.models import Kind, Reference
from storyboard.teams.models import Team, User

NAME = "The lighthouse keeper"
LOOK = "Cinematic, warm amber light against blue dusk, fine film grain, 35 mm lens."
CUT, CONTINUE, LAND, MOTION = Joint.CUT, Joint.CONTINUE, Joint.LAND, Joint.MOTION


class Line(NamedTuple):
    scene: str
    joint: Joint
    seconds: int
    prompt: str


LINES = (
    Line("Dusk", CUT, 6, "A lighthouse on a basalt cliff at dusk. Gulls cross. Slow aerial push in over the water."),
    Line("Dusk", CONTINUE, 5, "The lamp ignites behind the glass and its beam sweeps the sea. The camera pushes in."),
    Line("Dusk", MOTION, 6, "Through the window the keeper turns from the lamp. The camera drifts past him."),
    Line("Night", CUT, 5, "Close-up of weathered hands that wind the clockwork, brass and dust in a shaft of light."),
    Line(
        "Night",
        CONTINUE,
        5,
        "The clockwork stops. He looks up. Static shot; the beam outside goes out.",
    ),
    Line("Night", LAND, 6, "A ship’s lamp answers from the dark. He smiles. The camera pulls back to his silhouette."),
)
# Somebody looks at it before the shots that follow are paid for.
APPROVED = 4


@transaction.atomic(durable=True)
def create_sample(team: Team, *, by: User) -> Board:
    """The last shot lands on the library's newest picture; without one the board says what to choose."""
    team = held_team(team, by)
    if twin := just_made(team, NAME, by):
        return twin
    board = new_board(team, name=NAME, by=by)
    board.look = LOOK
    board.save(update_fields=["look"])
    scenes = {name: Scene.objects.create(board=board, name=name) for name in dict.fromkeys(one.scene for one in LINES)}
    shots = [shot_of(board, scenes, number, line, by) for number, line in enumerate(LINES, 1)]
    shots[-1].landing = Reference.objects.filter(team=team, deleted_at=None, kind=Kind.IMAGE).first()
    Shot.objects.bulk_create(shots)
    link(shots, [(line.joint, None if line.joint is CUT else at - 1) for at, line in enumerate(LINES)])
    publish(team.channel, TOPIC)
    return board


def shot_of(board: Board, scenes: dict[str, Scene], number: int, line: Line, by: User) -> Shot:
    shot = Shot(board=board, position=number, scene=scenes[line.scene], prompt=line.prompt, changed_by=by)
    shot.settings = {"seconds": line.seconds}
    shot.needs_approval = number == APPROVED
    return shot
