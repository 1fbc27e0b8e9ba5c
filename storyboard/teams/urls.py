"""Teams, members, invitations, the audit log."""

from django.urls import path, register_converter

from storyboard.teams import stream
from storyboard.teams.converters import PublicId
from storyboard.teams.views import audit, invitations, members, teams

register_converter(PublicId, "id")

urlpatterns = [
    path("", teams.home, name="home"),
    path("teams/", teams.team_list, name="team_list"),
    path("teams/<id:team_id>/", teams.team, name="team"),
    path("teams/<id:team_id>/people/", teams.team_people, name="team_people"),
    path("teams/<id:team_id>/live", stream.team_live, name="team_live"),
    path("teams/<id:team_id>/rename/", teams.team_rename, name="team_rename"),
    path("teams/<id:team_id>/leave/", teams.team_leave, name="team_leave"),
    path("teams/<id:team_id>/delete/", teams.team_delete, name="team_delete"),
    path("teams/<id:team_id>/restore/", teams.team_restore, name="team_restore"),
    path("teams/<id:team_id>/members/<id:member_id>/role/", members.member_role, name="member_role"),
    path("teams/<id:team_id>/members/<id:member_id>/remove/", members.member_remove, name="member_remove"),
    path("teams/<id:team_id>/invite/", invitations.team_invite, name="team_invite"),
    path(
        "teams/<id:team_id>/invitations/<id:invitation_id>/resend/",
        invitations.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "teams/<id:team_id>/invitations/<id:invitation_id>/revoke/",
        invitations.invitation_revoke,
        name="invitation_revoke",
    ),
    path("invitations/<slug:token>/", invitations.invitation, name="invitation"),
    path("teams/<id:team_id>/audit/", audit.team_audit, name="team_audit"),
    path("teams/<id:team_id>/audit.csv", audit.team_audit_csv, name="team_audit_csv"),
]
