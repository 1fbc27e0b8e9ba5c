"""A board as a file: a table for spreadsheets, or JSON that an import reads back as the same board."""

import re

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from storyboard.boards.formats import bundle, table_file
from storyboard.boards.formats import draft as files
from storyboard.boards.models import Shot
from storyboard.boards.queries import Sheet
from storyboard.boards.views.load import sheet_in
from storyboard.media.models import Reference
from storyboard.providers.base import Kind
from storyboard.teams.decorators import SignedInRequest, signed_in


@require_safe
@signed_in
def board_csv(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    sheet = sheet_in(request, team_id, board_id)
    return download(table_file.write(draft_of(sheet)), sheet.board.name, "csv", "text/csv; charset=utf-8")


@require_safe
@signed_in
def board_json(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    sheet = sheet_in(request, team_id, board_id)
    return download(bundle.write(draft_of(sheet)), sheet.board.name, "json", "application/json")


def download(data: bytes, name: str, ending: str, content_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    # Django writes names that are not ASCII as browsers read them.
    plain = " ".join(re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", name).split())[:80].strip(". ") or "board"
    response.headers["Content-Disposition"] = str(content_disposition_header(True, f"{plain}.{ending}"))
    return response


def draft_of(sheet: Sheet) -> files.DraftBoard:
    """Everything that somebody wrote or chose; takes are no part of it."""
    scenes = sheet.scenes
    places = {shot.pk: place for place, shot in enumerate(sheet.shots)}
    numbers = {scene.pk: number for number, scene in enumerate(scenes)}
    return files.DraftBoard(
        name=sheet.board.name,
        look=sheet.board.look,
        settings=dict(sheet.board.settings),
        scenes=[files.DraftScene(name=scene.name) for scene in scenes],
        shots=[shot_of(shot, places, numbers) for shot in sheet.shots],
        references=[reference_of(one) for one in references_in(sheet)],
    )


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


def reference_of(one: Reference) -> files.DraftReference:
    return files.DraftReference(
        id=one.public_id,
        name=one.name,
        kind=Kind(one.kind),
        sha256=one.file.sha256 if one.file else "",
        file_name=one.name,
        address=one.asset_uri,
    )
