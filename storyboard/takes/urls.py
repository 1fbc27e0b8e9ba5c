"""Rendering and takes, below their board. And where vendors ring: whatever else stands there gets the same answer."""

from django.urls import path, re_path

from storyboard.boards.urls import BOARD, SHOT
from storyboard.takes.views import (
    budgets,
    compare,
    cut,
    files,
    handoff,
    health,
    inbox,
    own,
    queue,
    render,
    reuse,
    runs,
    shelf,
    statement,
    verbs,
)
from storyboard.takes.webhooks import receive

RUN = f"{BOARD}runs/<id:run_id>/"
TAKE = f"{BOARD}takes/<id:take_id>/"
QUEUE, INBOX = "teams/<id:team_id>/queue/", "teams/<id:team_id>/inbox/"

urlpatterns = [
    path("teams/<id:team_id>/health/", health.team_health, name="team_health"),
    path(f"{BOARD}render/", render.board_render, name="board_render"),
    path(f"{BOARD}runs/", runs.board_runs, name="board_runs"),
    path(f"{RUN}pause/", runs.run_pause, name="run_pause"),
    path(f"{RUN}resume/", runs.run_resume, name="run_resume"),
    path(f"{RUN}cancel/", runs.run_cancel, name="run_cancel"),
    path(f"{BOARD}cut/", cut.board_cut, name="board_cut"),
    path(f"{SHOT}takes/", shelf.takes, name="takes"),
    path(f"{TAKE}small/", files.take_small, name="take_small"),
    path(f"{TAKE}poster/", files.take_poster, name="take_poster"),
    path(f"{TAKE}play/", files.take_play, name="take_play"),
    path(f"{TAKE}download/", files.take_download, name="take_download"),
    path(f"{TAKE}select/", verbs.take_select, name="take_select"),
    path(f"{TAKE}approve/", verbs.take_approve, name="take_approve"),
    path(f"{TAKE}reject/", verbs.take_reject, name="take_reject"),
    path(f"{TAKE}keep/", verbs.take_keep, name="take_keep"),
    path(f"{TAKE}cancel/", verbs.take_cancel, name="take_cancel"),
    path(f"{TAKE}delete/", verbs.take_delete, name="take_delete"),
    path(f"{TAKE}restore/", verbs.take_restore, name="take_restore"),
    path(f"{TAKE}decide/", verbs.take_decide, name="take_decide"),
    path("teams/<id:team_id>/statement/", statement.statement, name="statement"),
    path("teams/<id:team_id>/statement.csv", statement.statement_csv, name="statement_csv"),
    path("teams/<id:team_id>/statement/budget/", budgets.budget_team, name="budget_team"),
    path(
        "teams/<id:team_id>/statement/connections/<id:connection_id>/",
        budgets.budget_connection,
        name="budget_connection",
    ),
    path("teams/<id:team_id>/statement/boards/<id:board_id>/", budgets.budget_board, name="budget_board"),
    path(f"{TAKE}reuse/", reuse.take_reuse, name="take_reuse"),
    path(f"{SHOT}compare/", compare.takes_compare, name="takes_compare"),
    path(f"{SHOT}clip/", own.shot_clip, name="shot_clip"),
    path(f"{SHOT}clip/upload/", own.shot_clip_upload, name="shot_clip_upload"),
    path(f"{SHOT}hand-off/", handoff.shot_hand_off, name="shot_hand_off"),
    path(f"{SHOT}re-anchor/", handoff.shot_re_anchor, name="shot_re_anchor"),
    path(f"{TAKE}hand-off/", handoff.take_hand_off, name="take_hand_off"),
    path(QUEUE, queue.queue, name="queue"),
    path(f"{QUEUE}<id:board_id>/runs/<id:run_id>/", queue.queue_run, name="queue_run"),
    path(f"{QUEUE}<id:board_id>/takes/<id:take_id>/cancel/", queue.queue_cancel, name="queue_cancel"),
    path(INBOX, inbox.inbox, name="inbox"),
    path(f"{INBOX}<int:delivery_id>/replay/", inbox.inbox_replay, name="inbox_replay"),
    path(f"{INBOX}tasks/<int:orphan_id>/dismiss/", inbox.orphan_dismiss, name="orphan_dismiss"),
    path(f"{INBOX}tasks/<int:orphan_id>/restore/", inbox.orphan_restore, name="orphan_restore"),
    re_path(
        r"^hooks/(?P<vendor>[a-z]{1,20})/(?P<take_id>[a-z0-9]{1,20})/(?P<secret>[A-Za-z0-9_-]{1,100})(?:/callback)?/?\Z",
        receive,
        name="hook",
    ),
    re_path(r"^hooks/[\s\S]*\Z", receive, name="hook_nowhere"),
]
