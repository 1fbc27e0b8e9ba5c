"""A board as the rows of a file: everything that somebody wrote or chose, and the references that its shots use.

Exports call it, for tables, for JSON, and for the ZIP that a job makes.
"""

from storyboard.boards.formats import draft as files
from storyboard.boards.models import Shot
from storyboard.boards.queries import Sheet
from storyboard.media.models import Reference, Tag
from storyboard.media.seals import seal
from storyboard.providers.base import Kind


def draft_of(sheet: Sheet) -> files.DraftBoard:
    """Everything that somebody wrote or chose; takes are no part of it."""
    scenes = sheet.scenes
    places = {shot.pk: place for place, shot in enumerate(sheet.shots)}
    numbers = {scene.pk: number for number, scene in enumerate(scenes)}
    used = references_in(sheet)
    tags = tags_of(used)
    return files.DraftBoard(
        name=sheet.board.name,
        look=sheet.board.look,
        settings=dict(sheet.board.settings),
        scenes=[files.DraftScene(name=scene.name) for scene in scenes],
        shots=[shot_of(shot, places, numbers) for shot in sheet.shots],
        references=[reference_of(one, tags.get(one.pk, [])) for one in used],
    )


def tags_of(references: list[Reference]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for key, name in Tag.objects.filter(reference__in=references).values_list("reference_id", "name"):
        found.setdefault(key, []).append(name)
    return found


def shot_of(shot: Shot, places: dict[int, int], scenes: dict[int, int]) -> files.DraftShot:
    return files.DraftShot(
        prompt=shot.prompt,
        notes=shot.notes,
        scene=scenes.get(shot.scene_id or 0),
        joint=files.Joint(shot.joint),
        joint_from=places.get(shot.joint_from_id or 0),
        exact=shot.exact,
        needs_approval=shot.needs_approval,
        settings=dict(shot.settings),
        references=[row.reference.public_id for row in shot.references.all()],
        landing=shot.landing.public_id if shot.landing else "",
    )


def references_in(sheet: Sheet) -> list[Reference]:
    """Each once, in the order in which the film needs them."""
    found: dict[int, Reference] = {}
    for shot in sheet.shots:
        used = [row.reference for row in shot.references.all()] + ([shot.landing] if shot.landing else [])
        found |= {one.pk: one for one in used if one.pk not in found}
    return list(found.values())


def reference_of(one: Reference, tags: list[str]) -> files.DraftReference:
    return files.DraftReference(
        id=one.public_id,
        name=one.name,
        kind=Kind(one.kind),
        sha256=one.file.sha256 if one.file else "",
        file_name=f"{one.name.rpartition('.')[0] or one.name}.{one.file.format}" if one.file else "",
        address=one.asset_uri,
        tags=tags,
        seal=seal(one.file) if one.file else "",
    )
