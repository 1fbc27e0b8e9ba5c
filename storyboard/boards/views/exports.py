"""A board as a file: a table for spreadsheets, or JSON that an import reads back as the same board."""

import re

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from storyboard.boards.drafts import draft_of
from storyboard.boards.formats import bundle, table_file
from storyboard.boards.views.load import sheet_in
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
