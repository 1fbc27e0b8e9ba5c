"""A board as a file: a table for spreadsheets, or JSON that an import reads back as that board; a ZIP has its media.

The ZIP is made by a job and kept for some hours; its page shows how far it is.
"""

import re

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from storyboard.boards import actions, queries
from storyboard.boards.drafts import draft_of
from storyboard.boards.formats import bundle, table_file
from storyboard.boards.models import Board
from storyboard.boards.views.load import board_in, sheet_in
from storyboard.live.queries import position
from storyboard.media import links
from storyboard.media.formats import ARCHIVE
from storyboard.media.storage import store
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role


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


@require_safe
@signed_in
def board_export(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    # Read before the rows: what changes in between is fetched again, not missed.
    after = position(f"board-{board_id}")
    return shown(request, board_in(request, team_id, board_id, Role.VIEWER), after)


def shown(request: SignedInRequest, board: Board, after: int = 0) -> HttpResponse:
    media = queries.media_of(board)
    context = {
        "team": board.team,
        "board": board,
        "position": after,
        "export": queries.export_of(board),
        "shots": board.shots.filter(deleted_at=None).count(),
        "media": len(media),
        "bytes": sum(file.size for file in media.values()),
    }
    return render(request, f"boards/export.html{'#zip' if wants_fragment(request) else ''}", context)


@require_POST
@signed_in
def board_export_make(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = board_in(request, team_id, board_id, Role.VIEWER)
    actions.start_export(board, by=request.user)
    return shown(request, board) if wants_fragment(request) else redirect("board_export", team_id, board_id)


@require_safe
@signed_in
def board_export_file(request: SignedInRequest, team_id: str, board_id: str, export_id: str) -> HttpResponse:
    """Each time a fresh link, which lives for minutes; the ZIP itself for hours."""
    export = queries.export_for(request.user, team_id, board_id, export_id)
    name = f"{plain(export.board.name)}.zip"
    link = store().presign_download(export.key, links.PAGE_SECONDS, filename=name, inline=False, content_type=ARCHIVE)
    return HttpResponseRedirect(link)


def download(data: bytes, name: str, ending: str, content_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    # Django writes names that are not ASCII as browsers read them.
    response.headers["Content-Disposition"] = str(content_disposition_header(True, f"{plain(name)}.{ending}"))
    return response


def plain(name: str) -> str:
    """As every system takes it for a file's name."""
    return " ".join(re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", name).split())[:80].strip(". ") or "board"
