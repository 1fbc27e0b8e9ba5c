"""Fill a new board: with the film of another one, or with one that was read from a file. Called inside an action."""

from collections.abc import Mapping, Sequence

from storyboard.boards.models import Board, Joint, Scene, Shot, ShotReference
from storyboard.teams.models import User

AS_IT_IS = ("prompt", "notes", "exact", "landing_id", "needs_approval")


def copy_film(source: Board, target: Board, *, by: User) -> None:
    """Scenes, shots in order, their references, and joints that hold on to the copies."""
    scenes = copy_scenes(source, target)
    originals = list(Shot.objects.filter(board=source, deleted_at=None).prefetch_related("references"))
    copies = []
    for position, shot in enumerate(originals, 1):
        made = Shot(board=target, position=position, changed_by=by, settings=dict(shot.settings))
        made.scene = scenes.get(shot.scene_id or 0)
        for name in AS_IT_IS:
            setattr(made, name, getattr(shot, name))
        copies.append(made)
    Shot.objects.bulk_create(copies, batch_size=500)
    place = {shot.pk: index for index, shot in enumerate(originals)}
    link(copies, [(Joint(shot.joint), place.get(shot.joint_from_id or 0)) for shot in originals])
    refer(copies, [[row.reference_id for row in shot.references.all()] for shot in originals])


def copy_scenes(source: Board, target: Board) -> Mapping[int, Scene]:
    found = list(source.scenes.all())
    made = Scene.objects.bulk_create([Scene(board=target, name=scene.name) for scene in found])
    return {old.pk: new for old, new in zip(found, made, strict=True)}


def link(shots: Sequence[Shot], joints: Sequence[tuple[Joint, int | None]]) -> None:
    """Let each shot open as its joint says; a predecessor is an index among `shots`."""
    joined = []
    for shot, (how, onto) in zip(shots, joints, strict=True):
        if how is not Joint.CUT:
            shot.joint, shot.joint_from = how, None if onto is None else shots[onto]
            joined.append(shot)
    Shot.objects.bulk_update(joined, ["joint", "joint_from"], batch_size=200)


def refer(shots: Sequence[Shot], references: Sequence[Sequence[int]]) -> None:
    rows = [
        ShotReference(shot=shot, reference_id=reference, position=position)
        for shot, keys in zip(shots, references, strict=True)
        for position, reference in enumerate(dict.fromkeys(keys), 1)
    ]
    ShotReference.objects.bulk_create(rows, batch_size=500)
