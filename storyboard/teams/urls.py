"""Teams, members, invitations, the audit log."""

from django.urls import path

from storyboard.teams import stream, views

urlpatterns = [
    path("", views.home, name="home"),
    path("teams/<str:team_id>/live", stream.team_live, name="team_live"),
]
