"""The audit log's one writer. Called inside the transaction of the action that it records."""

from django.db import models

from storyboard.logs import client_ip, request_id
from storyboard.teams.models import AuditEntry, Team, User


class Did(models.TextChoices):
    """Everything that is recorded; a new kind of act is one line here."""

    SIGNED_IN = "signed_in", "signed in"
    SIGNED_OUT = "signed_out", "signed out"
    SIGNED_UP = "signed_up", "signed up"
    SIGN_IN_FAILED = "sign_in_failed", "failed to sign in"
    LINK_MADE = "link_made", "made a sign-in link"
    PASSWORD_CHANGED = "password_changed", "changed the password"
    EMAIL_ASKED = "email_asked", "asked to change the e-mail address"
    EMAIL_CHANGED = "email_changed", "changed the e-mail address"
    MFA_ADDED = "mfa_added", "added a second factor"
    MFA_REMOVED = "mfa_removed", "removed a second factor"
    CODES_MADE = "codes_made", "made new recovery codes"
    NAME_CHANGED = "name_changed", "changed their name"
    SESSION_ENDED = "session_ended", "ended a session"
    TEAM_CREATED = "team_created", "created the team"
    TEAM_RENAMED = "team_renamed", "renamed the team"
    TEAM_DELETED = "team_deleted", "deleted the team"
    TEAM_RESTORED = "team_restored", "restored the team"
    TEAM_PURGED = "team_purged", "was removed for good"
    MEMBER_JOINED = "member_joined", "joined"
    MEMBER_LEFT = "member_left", "left"
    MEMBER_REMOVED = "member_removed", "removed a member"
    ROLE_CHANGED = "role_changed", "changed a role"
    INVITED = "invited", "invited"
    INVITATION_RESENT = "invitation_resent", "sent an invitation again"
    INVITATION_REVOKED = "invitation_revoked", "revoked an invitation"
    CONNECTION_ADDED = "connection_added", "added a connection"
    CONNECTION_EDITED = "connection_edited", "changed a connection"
    CONNECTION_KEY_REPLACED = "connection_key_replaced", "replaced a connection’s key"
    CONNECTION_MOVED = "connection_moved", "changed a connection’s address"
    CONNECTION_PRICED = "connection_priced", "changed a connection’s prices"
    CONNECTION_TESTED = "connection_tested", "asked to test a connection"
    CONNECTION_CHECKED = "connection_checked", "tested a connection"
    CONNECTION_DISABLED = "connection_disabled", "switched a connection off"
    CONNECTION_ENABLED = "connection_enabled", "switched a connection on"
    CONNECTION_DELETED = "connection_deleted", "deleted a connection"
    SANDBOX_KEY_MADE = "sandbox_key_made", "made a sandbox key"
    SANDBOX_KEY_TOPPED_UP = "sandbox_key_topped_up", "put credit on a sandbox key"
    SANDBOX_KEY_REVOKED = "sandbox_key_revoked", "revoked a sandbox key"
    SANDBOX_FAULTS_SET = "sandbox_faults_set", "chose what goes wrong with a sandbox key"
    REFERENCE_ADDED = "reference_added", "added a reference"
    REFERENCE_REPLACED = "reference_replaced", "replaced a reference"
    REFERENCE_DELETED = "reference_deleted", "deleted a reference"
    REFERENCE_RESTORED = "reference_restored", "restored a reference"
    REFERENCE_PURGED = "reference_purged", "was removed for good"
    BOARD_CREATED = "board_created", "made a board"
    BOARD_ARCHIVED = "board_archived", "archived a board"
    BOARD_REOPENED = "board_reopened", "took a board out of the archive"
    BOARD_DELETED = "board_deleted", "deleted a board"
    BOARD_RESTORED = "board_restored", "restored a board"
    BOARD_PURGED = "board_purged", "was removed for good"
    BUDGET_CHANGED = "budget_changed", "changed a board’s budget"
    MONTHLY_BUDGET_CHANGED = "monthly_budget_changed", "changed the team’s budget for a month"
    RENDER_APPROVED = "render_approved", "approved a render"
    RUN_PAUSED = "run_paused", "paused a render"
    RUN_RESUMED = "run_resumed", "resumed a render"
    RUN_CANCELLED = "run_cancelled", "cancelled a render"
    TAKE_CANCELLED = "take_cancelled", "cancelled a take"
    TAKE_TASK_GIVEN = "take_task_given", "named a take’s task"
    TAKE_NOT_CHARGED = "take_not_charged", "found that a take was not charged"
    TAKE_GIVEN_UP = "take_given_up", "gave up a take"
    TAKE_APPROVED = "take_approved", "approved a take"
    TAKE_REJECTED = "take_rejected", "rejected a take"
    TAKE_DELETED = "take_deleted", "deleted a take"
    TAKE_RESTORED = "take_restored", "restored a take"
    DELIVERY_REPLAYED = "delivery_replayed", "asked a vendor again about a delivery"
    ORPHAN_DISMISSED = "orphan_dismissed", "put a vendor’s task away"
    ORPHAN_RESTORED = "orphan_restored", "took a vendor’s task out again"
    TAKE_UPLOADED = "take_uploaded", "added a clip as a take"


def record(
    did: Did,
    *,
    by: User | None,
    team: Team | None = None,
    subject: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    AuditEntry.objects.create(
        action=did.value,
        actor_id=by.pk if by else None,
        actor=by.email if by else "",
        team_id=team.pk if team else None,
        subject=subject[:254],
        detail=detail or {},
        ip=client_ip.get() or None,
        request_id=request_id.get(),
    )
