"""Who gets what from every URL: the table that test_project.py sends request by request.

A new URL needs a line here: `public` for pages open to all, `signed_in` for a person's own pages, `team` for what is
behind a role. Each line says the answer to GET and to POST; 405 where there is no such method.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from storyboard.teams.models import Role


class Actor(StrEnum):
    """Everybody who might come; a guest holds a share link, which opens nothing yet."""

    ANONYMOUS = "anonymous"
    GUEST = "guest"
    STRANGER = "stranger"
    REMOVED = "removed member"
    VIEWER = "viewer"
    REVIEWER = "reviewer"
    EDITOR = "editor"
    PRODUCER = "producer"
    OWNER = "owner"


MEMBERS = {
    Actor.VIEWER: Role.VIEWER,
    Actor.REVIEWER: Role.REVIEWER,
    Actor.EDITOR: Role.EDITOR,
    Actor.PRODUCER: Role.PRODUCER,
    Actor.OWNER: Role.OWNER,
}
UNKNOWN = (Actor.ANONYMOUS, Actor.GUEST)
Data = dict[str, str]
NOTHING: Data = {}
TO_SIGN_IN, NOT_FOR_YOU, NOT_HERE, NO_SUCH_METHOD = 302, 403, 404, 405


@dataclass(frozen=True)
class Row:
    """One method of one URL: the expected status for each actor, and what is posted."""

    method: str
    expected: dict[Actor, int]
    data: Data = field(default_factory=dict)


def everyone(status: int, **others: int) -> dict[Actor, int]:
    """The same for all but those named, in lower case."""
    return {actor: others.get(actor.name.lower(), status) for actor in Actor}


def public(get: int, post: int = NO_SUCH_METHOD, data: Data = NOTHING) -> list[Row]:
    """Open to all; whoever asks, the answer is the same."""
    return [Row("GET", everyone(get)), Row("POST", everyone(post), data)]


def at_the_door(get: int, post: int, *, inside: int = 302) -> list[Row]:
    """For people who are not signed in; the others are sent on."""
    return [
        Row("GET", everyone(inside, anonymous=get, guest=get)),
        Row("POST", everyone(inside, anonymous=post, guest=post)),
    ]


def signed_in(get: int, post: int = NO_SUCH_METHOD, data: Data = NOTHING) -> list[Row]:
    """A person's own page, whatever their teams."""
    return [Row("GET", own(get)), Row("POST", own(post), data)]


def own(status: int) -> dict[Actor, int]:
    if status == NO_SUCH_METHOD:
        return everyone(NO_SUCH_METHOD)
    return everyone(status, anonymous=TO_SIGN_IN, guest=TO_SIGN_IN)


def account(get: int, post: int) -> list[Row]:
    """The same behind allauth's door, which asks who you are before it looks at the method."""
    unknown = {"anonymous": TO_SIGN_IN, "guest": TO_SIGN_IN}
    return [Row("GET", everyone(get, **unknown)), Row("POST", everyone(post, **unknown))]


def team(role: Role, get: int = NO_SUCH_METHOD, post: int = NO_SUCH_METHOD, data: Data = NOTHING) -> list[Row]:
    """Behind a role: outsiders are told nothing is there, weaker roles that it is not for them."""
    return [Row("GET", reaching(role, get)), Row("POST", reaching(role, post), data)]


def reaching(role: Role, status: int) -> dict[Actor, int]:
    if status == NO_SUCH_METHOD:
        return everyone(NO_SUCH_METHOD)
    expected = everyone(NOT_HERE, anonymous=TO_SIGN_IN, guest=TO_SIGN_IN)
    return expected | {actor: status if has >= role else NOT_FOR_YOU for actor, has in MEMBERS.items()}


# The owner in this table is the only one, so leaving is refused.
LEAVING = [
    Row("GET", reaching(Role.VIEWER, 200)),
    Row("POST", reaching(Role.VIEWER, 302) | {Actor.OWNER: 400}),
]
# The invitation is for an address that none of them has.
ACCEPTING = [
    Row("GET", everyone(200)),
    Row("POST", everyone(403, anonymous=200, guest=200)),
]

# A browser cannot show a sign-in page where it reads a stream.
STREAM = [
    Row("GET", reaching(Role.VIEWER, 200) | dict.fromkeys(UNKNOWN, NOT_HERE)),
    Row("POST", everyone(NO_SUCH_METHOD)),
]

# Whoever sees the library sees a reference; only editors may name it.
EDITING = [Row("GET", reaching(Role.VIEWER, 200)), Row("POST", reaching(Role.EDITOR, 422))]
# Everybody undoes their own steps; the owner in this table has made one.
UNDOING = [
    Row("GET", everyone(NO_SUCH_METHOD)),
    Row("POST", reaching(Role.EDITOR, 400) | {Actor.OWNER: 302}),
]

# A signed link is its own permission, for whoever holds it and nobody else; these have none.
UNSIGNED = public(NOT_FOR_YOU)

MATRIX: dict[str, list[Row]] = {
    "healthz": public(200, 200),
    # Not ready: no worker runs in tests.
    "readyz": public(503, 503),
    # Teams
    "home": [Row("GET", everyone(302, anonymous=200, guest=200)), Row("POST", everyone(NO_SUCH_METHOD))],
    "team_list": signed_in(200, 302, {"name": "Second unit"}),
    "team": team(Role.VIEWER, 200),
    "team_people": team(Role.VIEWER, 200),
    "team_live": STREAM,
    "team_rename": team(Role.OWNER, post=302, data={"team-name": "Southlight"}),
    "team_leave": LEAVING,
    "team_delete": team(Role.OWNER, 200, 302, {"name": "Northlight"}),
    "team_restore": team(Role.OWNER, post=302),
    "member_role": team(Role.OWNER, post=302, data={"role": "30"}),
    "member_remove": team(Role.OWNER, 200, 302),
    "team_invite": team(Role.OWNER, post=200, data={"email": "new@example.com", "role": "30"}),
    "invitation_resend": team(Role.OWNER, post=200),
    "invitation_revoke": team(Role.OWNER, post=302),
    "invitation": ACCEPTING,
    "team_audit": team(Role.OWNER, 200),
    "team_audit_csv": team(Role.OWNER, 200),
    # Connections; where a key is typed, somebody who was only let in by the test must prove who they are first
    "connections": team(Role.PRODUCER, 200),
    "connection_list": team(Role.PRODUCER, 200),
    "connection_vendors": team(Role.OWNER, 200),
    "connection_add": team(Role.OWNER, 302, 302),
    "connection": team(Role.OWNER, 200, 302, {"name": "Main", "parallel": "3"}),
    "connection_status": team(Role.OWNER, 200),
    "connection_key": team(Role.OWNER, 302, 302),
    "connection_prices": team(Role.OWNER, 200, 302),
    "connection_test": team(Role.OWNER, post=302),
    "connection_disable": team(Role.OWNER, post=302),
    "connection_enable": team(Role.OWNER, post=302),
    "connection_delete": team(Role.OWNER, 200, 302),
    # Boards; an answer to a script is a sentence with the same status
    "boards": team(Role.VIEWER, 200),
    "boards_new": team(Role.EDITOR, post=302),
    "boards_sample": team(Role.EDITOR, post=302),
    "boards_import": team(Role.EDITOR, 200, 302, {"text": "One shot"}),
    "boards_preview": team(Role.EDITOR, post=200, data={"text": "One shot"}),
    "zips": team(Role.EDITOR, 302),
    "zip_start": team(Role.EDITOR, post=200, data={"named": '[{"name": "a.zip", "type": "", "size": 9}]'}),
    "zip_links": team(Role.EDITOR, post=200),
    "zip_done": team(Role.EDITOR, post=200),
    "zip_cancel": team(Role.EDITOR, post=200),
    # Nobody has looked at it yet
    "zip_take": team(Role.EDITOR, post=409),
    "board": team(Role.VIEWER, 200),
    "board_live": STREAM,
    "board_duplicate": team(Role.EDITOR, post=302),
    "board_archive": team(Role.EDITOR, post=302),
    "board_unarchive": team(Role.EDITOR, post=302),
    "board_delete": team(Role.EDITOR, post=302),
    "board_restore": team(Role.EDITOR, post=302),
    "board_budget": team(Role.OWNER, post=200, data={"value": "25", "base": "0"}),
    "board_rename": team(Role.EDITOR, post=302, data={"name": "Clockwork"}),
    "board_save": team(Role.EDITOR, post=200, data={"field": "look", "value": "amber", "base": "0"}),
    "board_name": team(Role.VIEWER, 200),
    "board_strip": team(Role.VIEWER, 200),
    "board_sums": team(Role.VIEWER, 200),
    "board_steps": team(Role.VIEWER, 200),
    "board_defaults": [*team(Role.VIEWER, 302)[:1], *team(Role.EDITOR, post=302)[1:]],
    "board_presence": team(Role.VIEWER, post=200),
    "board_tour": team(Role.VIEWER, post=302, data={"step": "1"}),
    "board_undo": UNDOING,
    "board_redo": team(Role.EDITOR, post=400),
    # Without a form's key nothing is rendered: a producer sees the sheet again, with what was in the way.
    "board_render": [*team(Role.VIEWER, 200)[:1], *team(Role.PRODUCER, post=422)[1:]],
    "board_runs": team(Role.VIEWER, 200),
    "run_pause": team(Role.PRODUCER, post=302),
    "run_resume": team(Role.PRODUCER, post=302),
    "run_cancel": team(Role.PRODUCER, post=302),
    "team_health": team(Role.VIEWER, 200),
    "board_cut": team(Role.VIEWER, 200),
    "takes": team(Role.VIEWER, 200),
    "take_small": team(Role.VIEWER, 302),
    "take_poster": team(Role.VIEWER, 302),
    "take_play": team(Role.VIEWER, 302),
    "take_download": team(Role.VIEWER, 302),
    "take_select": team(Role.EDITOR, post=302),
    "take_approve": team(Role.REVIEWER, post=302),
    "take_reject": team(Role.REVIEWER, post=302, data={"note": "Too dark"}),
    "take_keep": team(Role.EDITOR, post=302),
    # This one is over, so there is nothing to cancel or to decide: tests/takes says what is done with others.
    "take_cancel": team(Role.PRODUCER, post=409),
    "take_delete": team(Role.EDITOR, post=302),
    "take_restore": team(Role.EDITOR, post=302),
    # Without saying what, nothing is done to a run; and the take is over.
    "queue": team(Role.VIEWER, 200),
    "queue_run": team(Role.PRODUCER, post=400),
    "queue_cancel": team(Role.PRODUCER, post=409),
    "inbox": team(Role.OWNER, 200),
    "inbox_replay": team(Role.OWNER, post=302),
    "orphan_dismiss": team(Role.OWNER, post=302),
    "orphan_restore": team(Role.OWNER, post=302),
    "take_decide": team(Role.PRODUCER, post=409, data={"what": "lost"}),
    # What was spent, and the budgets, which are the owners'
    "statement": team(Role.PRODUCER, 200),
    "statement_csv": team(Role.PRODUCER, 200),
    "budget_team": team(Role.OWNER, 200, 302, {"amount": "25"}),
    "budget_connection": team(Role.OWNER, 200, 302, {"amount": "25"}),
    "budget_board": team(Role.OWNER, 200, 302, {"amount": "25"}),
    # This take is a clip of somebody's own, so it has no settings
    "take_reuse": team(Role.EDITOR, post=400),
    "takes_compare": team(Role.VIEWER, 200),
    # Of a reference and of an upload that are not there
    "shot_clip": team(Role.EDITOR, post=404, data={"add": "nothing"}),
    "shot_clip_upload": team(Role.EDITOR, post=404),
    "shot_hand_off": team(Role.VIEWER, 200),
    "shot_re_anchor": team(Role.EDITOR, post=302, data={"what": "cut"}),
    "take_hand_off": [*team(Role.VIEWER, 200)[:1], *team(Role.EDITOR, post=302, data={"seconds": "2.5"})[1:]],
    "board_csv": team(Role.VIEWER, 200),
    "board_json": team(Role.VIEWER, 200),
    "board_export": team(Role.VIEWER, 200),
    "board_export_make": team(Role.VIEWER, post=302),
    "board_export_file": team(Role.VIEWER, 302),
    "board_import": team(Role.EDITOR, 200, 302, {"text": "One shot"}),
    "board_import_preview": team(Role.EDITOR, post=200, data={"text": "One shot"}),
    "shots_add": team(Role.EDITOR, post=302),
    # Without a shot there is nothing to do; tests/boards says what is done with some
    "shots_duplicate": team(Role.EDITOR, post=400),
    "shots_split": team(Role.EDITOR, post=404),
    "shots_merge": team(Role.EDITOR, post=400),
    "shots_move": team(Role.EDITOR, post=400),
    "shots_delete": team(Role.EDITOR, post=400),
    "shots_change": team(Role.EDITOR, post=400),
    "shots_scene": team(Role.EDITOR, post=400),
    "shot": [*team(Role.VIEWER, 302)[:1], *team(Role.EDITOR, post=302, data={"prompt": "Dusk"})[1:]],
    "shot_card": team(Role.VIEWER, 200),
    "shot_save": team(Role.EDITOR, post=200, data={"field": "prompt", "value": "Dusk", "base": "0"}),
    "shot_reset": team(Role.EDITOR, post=302, data={"reset": "seconds"}),
    "shot_landing": team(Role.EDITOR, post=302),
    "shot_references": team(Role.EDITOR, post=302),
    # Of an upload that is not there
    "shot_upload": team(Role.EDITOR, post=404),
    "scene_save": team(Role.EDITOR, post=200, data={"field": "name", "value": "Dusk", "base": "0"}),
    "scene_rename": team(Role.EDITOR, post=302, data={"value": "Dusk"}),
    # The sample’s first scene goes behind its second
    "scene_move": team(Role.EDITOR, post=302, data={"way": "later", "sure": "1"}),
    "scene_dissolve": team(Role.EDITOR, post=302),
    # Doorbells know nobody: the secret in the path is all
    "hook": public(405, 404),
    "hook_nowhere": public(405, 404),
    # Media
    "media_file": UNSIGNED,
    # The sandbox: its page is the team's, its files are anybody's who has the link
    "team_sandbox": team(Role.OWNER, 200),
    "team_sandbox_activity": team(Role.OWNER, 200),
    "sandbox_connect": team(Role.OWNER, post=302, data={"vendor": "evolink"}),
    "sandbox_key_new": team(Role.OWNER, post=200, data={"dollars": "5"}),
    "sandbox_key": team(Role.OWNER, 200, 302, {"slow": "on"}),
    "sandbox_key_top_up": team(Role.OWNER, post=302, data={"dollars": "5"}),
    "sandbox_key_revoke": team(Role.OWNER, post=302),
    "sandbox_clip": public(404),
    "sandbox_frame": public(404),
    "library": team(Role.VIEWER, 200),
    "library_picker": team(Role.VIEWER, 200),
    "library_import": team(Role.EDITOR, NO_SUCH_METHOD, 422),
    "library_asset": team(Role.EDITOR, NO_SUCH_METHOD, 422),
    "upload_start": team(
        Role.EDITOR, NO_SUCH_METHOD, 200, {"named": '[{"name": "a", "type": "image/png", "size": 9}]'}
    ),
    "upload_links": team(Role.EDITOR, NO_SUCH_METHOD, 200),
    "upload_done": team(Role.EDITOR, NO_SUCH_METHOD, 200),
    "upload_cancel": team(Role.EDITOR, NO_SUCH_METHOD, 200),
    "reference": EDITING,
    "reference_delete": team(Role.EDITOR, NO_SUCH_METHOD, 302),
    "reference_restore": team(Role.EDITOR, NO_SUCH_METHOD, 302),
    "reference_small": team(Role.VIEWER, 302),
    "reference_poster": team(Role.VIEWER, 302),
    "reference_play": team(Role.VIEWER, 302),
    "reference_download": team(Role.VIEWER, 302),
    "reference_trim": team(Role.EDITOR, 200, 422),
    # Accounts
    "account": signed_in(200, 422),
    "session_end": [Row("GET", everyone(NO_SUCH_METHOD)), Row("POST", own(404))],
    "sessions_end_others": signed_in(NO_SUCH_METHOD, 302),
    "account_link": public(404),
    # Accounts, by django-allauth; posts are empty, so they show what a stranger may ask for, not what it does
    "account_login": at_the_door(200, 200),
    "account_logout": [Row("GET", everyone(200, anonymous=302, guest=302)), Row("POST", everyone(302))],
    "account_inactive": public(200),
    "account_signup": at_the_door(200, 200),
    "account_reauthenticate": account(200, 200),
    "account_email": account(200, 302),
    "account_email_verification_sent": public(200),
    "account_confirm_email": public(200, 404),
    "account_change_password": account(200, 200),
    "account_set_password": account(302, 302),
    "account_reset_password": public(200, 200),
    "account_reset_password_done": public(200),
    "account_reset_password_from_key": public(200, 200),
    "account_reset_password_from_key_done": public(200),
    "mfa_index": public(302, 302),
    "mfa_authenticate": public(302, 302),
    "mfa_reauthenticate": account(302, 302),
    "mfa_activate_totp": account(302, 302),
    "mfa_deactivate_totp": account(404, 404),
    "mfa_view_recovery_codes": account(404, 405),
    "mfa_generate_recovery_codes": account(302, 302),
    "mfa_download_recovery_codes": account(404, 404),
    "mfa_list_webauthn": public(302, 302),
    "mfa_add_webauthn": account(302, 302),
    "mfa_login_webauthn": public(302, 302),
    "mfa_reauthenticate_webauthn": account(302, 302),
    "mfa_edit_webauthn": account(302, 302),
    "mfa_remove_webauthn": account(302, 302),
    # The sandbox asks for a key and knows nobody
    "sandbox_reapi_tasks": public(405, 401),
    "sandbox_reapi_balance_1": public(401),
    "sandbox_reapi_task": public(401),
    "sandbox_reapi_nowhere": public(404, 404),
    "sandbox_apimart_tasks": public(405, 401),
    "sandbox_apimart_balance_1": public(401),
    "sandbox_apimart_balance_2": public(401),
    "sandbox_apimart_task": public(401),
    "sandbox_apimart_nowhere": public(404, 404),
    "sandbox_evolink_tasks": public(405, 401),
    "sandbox_evolink_balance_1": public(401),
    "sandbox_evolink_task": public(401),
    "sandbox_evolink_nowhere": public(404, 404),
    # Its errors have no 405
    "sandbox_ark_tasks": public(401, 401),
    "sandbox_ark_task": public(401, 404),
    "sandbox_ark_nowhere": public(404, 404),
}
