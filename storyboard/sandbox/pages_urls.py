"""A team's page of the sandbox, and the files that its links lead to. The vendors' paths are in urls.py."""

from django.urls import path

from storyboard.sandbox.views import files, page

urlpatterns = [
    path("sandbox/files/<slug:token>/0.mp4", files.clip, name="sandbox_clip"),
    path("sandbox/files/<slug:token>/0.png", files.frame, name="sandbox_frame"),
    path("teams/<id:team_id>/sandbox/", page.sandbox, name="team_sandbox"),
    path("teams/<id:team_id>/sandbox/activity/", page.activity, name="team_sandbox_activity"),
    path("teams/<id:team_id>/sandbox/connect/", page.connect, name="sandbox_connect"),
    path("teams/<id:team_id>/sandbox/keys/", page.key_new, name="sandbox_key_new"),
    path("teams/<id:team_id>/sandbox/keys/<id:key_id>/", page.key, name="sandbox_key"),
    path("teams/<id:team_id>/sandbox/keys/<id:key_id>/top-up/", page.key_top_up, name="sandbox_key_top_up"),
    path("teams/<id:team_id>/sandbox/keys/<id:key_id>/revoke/", page.key_revoke, name="sandbox_key_revoke"),
]
