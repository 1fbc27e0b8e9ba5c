"""Boards, their shots and scenes, imports and exports."""

from django.urls import path

from storyboard.boards import stream
from storyboard.boards.views import board, exports, home, imports, saves, shot, shots, tour, zips
from storyboard.media.views import uploads

TEAM = "teams/<id:team_id>/boards/"
ZIPS = f"{TEAM}import/zips/"
BOARD = f"{TEAM}<id:board_id>/"
SHOT = f"{BOARD}shots/<id:shot_id>/"
SCENE = f"{BOARD}scenes/<id:scene_id>/"

urlpatterns = [
    path(TEAM, home.boards, name="boards"),
    path(f"{TEAM}new/", home.boards_new, name="boards_new"),
    path(f"{TEAM}sample/", home.boards_sample, name="boards_sample"),
    path(f"{TEAM}import/", imports.boards_import, name="boards_import"),
    path(f"{TEAM}import/preview/", imports.boards_preview, name="boards_preview"),
    path(f"{ZIPS}list/", zips.zips, name="zips"),
    path(ZIPS, zips.zip_start, name="zip_start"),
    path(f"{ZIPS}<id:upload_id>/links/", uploads.upload_links, name="zip_links"),
    path(f"{ZIPS}<id:upload_id>/done/", uploads.upload_done, name="zip_done"),
    path(f"{ZIPS}<id:upload_id>/cancel/", uploads.upload_cancel, name="zip_cancel"),
    path(f"{ZIPS}<id:zip_id>/take/", zips.zip_take, name="zip_take"),
    path(BOARD, board.board, name="board"),
    path(f"{BOARD}live", stream.board_live, name="board_live"),
    path(f"{BOARD}duplicate/", home.board_duplicate, name="board_duplicate"),
    path(f"{BOARD}archive/", home.board_archive, name="board_archive"),
    path(f"{BOARD}unarchive/", home.board_unarchive, name="board_unarchive"),
    path(f"{BOARD}delete/", home.board_delete, name="board_delete"),
    path(f"{BOARD}restore/", home.board_restore, name="board_restore"),
    path(f"{BOARD}budget/", saves.board_budget, name="board_budget"),
    path(f"{BOARD}rename/", board.board_rename, name="board_rename"),
    path(f"{BOARD}save/", saves.board_save, name="board_save"),
    path(f"{BOARD}name/", board.board_name, name="board_name"),
    path(f"{BOARD}strip/", board.board_strip, name="board_strip"),
    path(f"{BOARD}sums/", board.board_sums, name="board_sums"),
    path(f"{BOARD}steps/", board.board_steps, name="board_steps"),
    path(f"{BOARD}defaults/", board.board_defaults, name="board_defaults"),
    path(f"{BOARD}presence/", board.board_presence, name="board_presence"),
    path(f"{BOARD}tour/", tour.board_tour, name="board_tour"),
    path(f"{BOARD}undo/", shots.board_undo, name="board_undo"),
    path(f"{BOARD}redo/", shots.board_redo, name="board_redo"),
    path(f"{BOARD}export.csv", exports.board_csv, name="board_csv"),
    path(f"{BOARD}export.json", exports.board_json, name="board_json"),
    path(f"{BOARD}export/", exports.board_export, name="board_export"),
    path(f"{BOARD}export/make/", exports.board_export_make, name="board_export_make"),
    path(f"{BOARD}export/<id:export_id>/", exports.board_export_file, name="board_export_file"),
    path(f"{BOARD}import/", imports.board_import, name="board_import"),
    path(f"{BOARD}import/preview/", imports.board_import_preview, name="board_import_preview"),
    path(f"{BOARD}shots/add/", shots.shots_add, name="shots_add"),
    path(f"{BOARD}shots/duplicate/", shots.shots_duplicate, name="shots_duplicate"),
    path(f"{BOARD}shots/split/", shots.shots_split, name="shots_split"),
    path(f"{BOARD}shots/merge/", shots.shots_merge, name="shots_merge"),
    path(f"{BOARD}shots/move/", shots.shots_move, name="shots_move"),
    path(f"{BOARD}shots/delete/", shots.shots_delete, name="shots_delete"),
    path(f"{BOARD}shots/change/", shots.shots_change, name="shots_change"),
    path(f"{BOARD}shots/scene/", shots.shots_scene, name="shots_scene"),
    path(SHOT, shot.shot, name="shot"),
    path(f"{SHOT}card/", board.shot_card, name="shot_card"),
    path(f"{SHOT}save/", saves.shot_save, name="shot_save"),
    path(f"{SHOT}reset/", shot.shot_reset, name="shot_reset"),
    path(f"{SHOT}landing/", shot.shot_landing, name="shot_landing"),
    path(f"{SHOT}references/", shot.shot_references, name="shot_references"),
    path(f"{SHOT}upload/", shot.shot_upload, name="shot_upload"),
    path(f"{SCENE}save/", saves.scene_save, name="scene_save"),
    path(f"{SCENE}rename/", shots.scene_rename, name="scene_rename"),
    path(f"{SCENE}move/", shots.scene_move, name="scene_move"),
    path(f"{SCENE}dissolve/", shots.scene_dissolve, name="scene_dissolve"),
]
