"""Everything that is written about accounts: verbs, one transaction and one audit row each.

Views, commands and the adapter call these; allauth itself writes its own e-mail and authenticator rows.
"""

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from storyboard.accounts.models import Message, SignInLink
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.teams.actions.teams import begin_team
from storyboard.teams.audit import Did, record
from storyboard.teams.fields import name_in
from storyboard.teams.models import User
from storyboard.teams.queries import teams_of

LINK_LIFE = timedelta(hours=24)
SEND = "storyboard.accounts.tasks.send_message"
# A mail that did not leave in this time answers a question nobody waits for any more.
MAIL_LIFE = timedelta(hours=1)


@transaction.atomic(durable=True)
def sign_up(user: User) -> User:
    """Save a new account; IntegrityError when the address is taken."""
    user.save(force_insert=True)
    record(Did.SIGNED_UP, by=user)
    return user


@transaction.atomic(durable=True)
def create_account(email: str, *, name: str = "") -> User:
    """An account made by whoever runs the program, who vouches for the address; without a password."""
    user = User.objects.create_user(email, name=name or name_in(email))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record(Did.SIGNED_UP, by=user, detail={"how": "command"})
    return user


@transaction.atomic(durable=True)
def create_first_account(email: str, *, name: str, team: str) -> tuple[User, str] | None:
    """The very first account, its team, and the address of its first film; None when somebody is there already."""
    if User.objects.exists():
        return None
    user = User.objects.create_user(email, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record(Did.SIGNED_UP, by=user, detail={"how": "first start"})
    film = import_string(settings.FIRST_FILM)(begin_team(user, team), user)
    return user, film


@transaction.atomic(durable=True)
def make_link(user: User, *, leads_to: str = "") -> str:
    """A token that signs this person in once within a day; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.filter(expires_at__lt=timezone.now() - LINK_LIFE).delete()
    until = timezone.now() + LINK_LIFE
    SignInLink.objects.create(user=user, token_hash=hashed(token), leads_to=leads_to, expires_at=until)
    record(Did.LINK_MADE, by=None, subject=user.email)
    return token


@transaction.atomic(durable=True)
def use_link(token: str) -> SignInLink | None:
    """The link, the first time only: whoever sets `used_at` has won. The sign-in is recorded later."""
    links = SignInLink.objects.filter(token_hash=hashed(token))
    if not links.filter(used_at=None, expires_at__gt=Now()).update(used_at=Now()):
        return None
    return links.select_related("user").get()


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@transaction.atomic(durable=True)
def signed_in(user: User, *, how: str) -> None:
    record(Did.SIGNED_IN, by=user, detail={"how": how})


@transaction.atomic(durable=True)
def sign_in_failed(email: str, *, how: str = "password") -> None:
    """Recorded alike for addresses with and without an account; throttling keeps it to a few rows."""
    record(Did.SIGN_IN_FAILED, by=None, subject=email, detail={"how": how})


@transaction.atomic(durable=True)
def signed_out(user: User, *, session_key: str) -> None:
    UserSession.objects.filter(session_key=session_key).delete()
    record(Did.SIGNED_OUT, by=user)


@transaction.atomic(durable=True)
def rename(user: User, *, name: str) -> None:
    user.name = name
    user.save(update_fields=["name"])
    record(Did.NAME_CHANGED, by=user, detail={"name": name})
    # In one order for everybody, so that two people in the same teams never wait for each other.
    for membership in teams_of(user).order_by("team_id"):
        publish(membership.team.channel, "members")


@transaction.atomic(durable=True)
def ask_for_email(user: User, *, email: str) -> EmailAddress:
    """Remember the address somebody wants; it counts once the link sent there is opened."""
    drop_pending_email(user)
    EmailAddress.objects.get_or_create(user=user, email=user.email)
    record(Did.EMAIL_ASKED, by=user, subject=email)
    return EmailAddress.objects.create(user=user, email=email)


@transaction.atomic(durable=True)
def cancel_email(user: User) -> None:
    drop_pending_email(user)
    record(Did.EMAIL_ASKED, by=user, subject=user.email)


def drop_pending_email(user: User) -> None:
    EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email).delete()


@transaction.atomic(durable=True)
def set_password(user: User, *, password: str, keep: str) -> None:
    """Set the password and end every session but the one with the key `keep`."""
    user.set_password(password)
    user.save(update_fields=["password"])
    drop_sessions(user, keep=keep)
    record(Did.PASSWORD_CHANGED, by=user)


@transaction.atomic(durable=True)
def note_change(user: User, did: Did, *, what: str, keep: str) -> None:
    """A way to sign in was added or removed: record it, and end every session but the one that did it."""
    if did in {Did.MFA_ADDED, Did.MFA_REMOVED}:
        drop_sessions(user, keep=keep)
    record(did, by=user, subject=what)


@transaction.atomic(durable=True)
def end_session(session: UserSession, *, by: User) -> None:
    drop_sessions(by, only=session.session_key)
    record(Did.SESSION_ENDED, by=by, subject=session.ip, detail={"sessions": 1})


@transaction.atomic(durable=True)
def end_other_sessions(user: User, *, keep: str) -> int:
    ended = drop_sessions(user, keep=keep)
    record(Did.SESSION_ENDED, by=user, detail={"sessions": ended})
    return ended


def drop_sessions(user: User, *, keep: str = "", only: str = "") -> int:
    """Delete sessions on the server, so that their cookies are worth nothing from the next request on."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=keep)
    if only:
        rows = rows.filter(session_key=only)
    keys = list(rows.values_list("session_key", flat=True))
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return ended


@transaction.atomic
def queue_message(to: str, *, subject: str, text: str) -> None:
    """Have a mail sent by the worker; not durable, because allauth may be in a transaction of its own."""
    message = Message.objects.create(to=to, subject=subject[:254], text=text)
    enqueue(SEND, message.pk)


@transaction.atomic(durable=True)
def drop_message(message: Message) -> None:
    message.delete()


@transaction.atomic(durable=True)
def queue_waiting_messages() -> None:
    """Try again with what is still here, and forget what is too old."""
    now = timezone.now()
    Message.objects.filter(created_at__lt=now - MAIL_LIFE).delete()
    for pk in Message.objects.filter(created_at__lt=now - timedelta(minutes=2)).values_list("pk", flat=True):
        enqueue(SEND, pk)
