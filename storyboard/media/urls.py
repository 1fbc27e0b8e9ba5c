"""The library, its uploads, and files of the local store by signed link."""

from django.urls import path

from storyboard.media.views import files, library, picker, references, shown, trim, uploads

TEAM = "teams/<id:team_id>/library/"
ONE = f"{TEAM}<id:reference_id>/"

urlpatterns = [
    path("media/<path:key>", files.media_file, name="media_file"),
    path(TEAM, library.library, name="library"),
    path(f"{TEAM}picker/", picker.picker, name="library_picker"),
    path(f"{TEAM}uploads/", uploads.upload_start, name="upload_start"),
    path(f"{TEAM}uploads/<id:upload_id>/links/", uploads.upload_links, name="upload_links"),
    path(f"{TEAM}uploads/<id:upload_id>/done/", uploads.upload_done, name="upload_done"),
    path(f"{TEAM}uploads/<id:upload_id>/cancel/", uploads.upload_cancel, name="upload_cancel"),
    path(f"{TEAM}import/", library.library_import, name="library_import"),
    path(f"{TEAM}assets/", library.library_asset, name="library_asset"),
    path(ONE, references.reference, name="reference"),
    path(f"{ONE}delete/", references.reference_delete, name="reference_delete"),
    path(f"{ONE}restore/", references.reference_restore, name="reference_restore"),
    path(f"{ONE}small/", shown.reference_small, name="reference_small"),
    path(f"{ONE}poster/", shown.reference_poster, name="reference_poster"),
    path(f"{ONE}play/", shown.reference_play, name="reference_play"),
    path(f"{ONE}download/", shown.reference_download, name="reference_download"),
    path(f"{ONE}trim/", trim.reference_trim, name="reference_trim"),
]
