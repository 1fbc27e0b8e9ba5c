"""Every write to teams, members and invitations: verbs, one transaction each. Views and tasks call them."""

from storyboard.teams.actions.invitations import accept, invite, mark_sent, mint, resend, revoke
from storyboard.teams.actions.members import change_role, leave_team, remove_member
from storyboard.teams.actions.teams import create_team, delete_team, purge_team, rename_team, restore_team

__all__ = [
    "accept",
    "change_role",
    "create_team",
    "delete_team",
    "invite",
    "leave_team",
    "mark_sent",
    "mint",
    "purge_team",
    "remove_member",
    "rename_team",
    "resend",
    "restore_team",
    "revoke",
]
