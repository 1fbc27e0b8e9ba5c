"""What the account page shows: the person's own sessions, second factors and passkeys, nobody else's."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from storyboard.errors import Missing
from storyboard.teams.models import User

# The first word that fits wins: every browser claims to be several others as well.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class SignedIn:
    """One place where somebody is signed in."""

    pk: int
    device: str
    ip: str
    since: datetime
    current: bool


@dataclass(frozen=True)
class Passkey:
    pk: int
    name: str
    added: datetime
    used: datetime | None


@dataclass(frozen=True)
class Factors:
    """The ways to sign in that somebody has set up beside the password."""

    app: Authenticator | None
    codes_left: int | None
    passkeys: list[Passkey]

    @property
    def two_step(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def sessions_of(user: User, current: str) -> list[SignedIn]:
    """The person's live sessions, this one first; rows whose session has ended elsewhere are left out."""
    rows = list(UserSession.objects.filter(user=user).order_by("-created_at"))
    alive = Session.objects.filter(
        session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()
    ).values_list("session_key", flat=True)
    live = set(alive)
    found = [
        SignedIn(row.pk, device(row.user_agent), row.ip, row.created_at, row.session_key == current)
        for row in rows
        if row.session_key in live
    ]
    return sorted(found, key=lambda seen: not seen.current)


def session_for(user: User, pk: int) -> UserSession:
    found = UserSession.objects.filter(user=user, pk=pk).first()
    if found is None:
        raise Missing("That session has ended already.")
    return found


def factors_of(user: User) -> Factors:
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    app = next((row for row in rows if row.type == Authenticator.Type.TOTP), None)
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    keys = [
        Passkey(row.pk, str(row), row.created_at, row.last_used_at)
        for row in rows
        if row.type == Authenticator.Type.WEBAUTHN
    ]
    return Factors(app, len(codes.wrap().get_unused_codes()) if codes else None, keys)


def is_taken(email: str) -> bool:
    confirmed = EmailAddress.objects.filter(email=email, verified=True).exists()
    return User.objects.filter(email=email).exists() or confirmed


def pending_email(user: User) -> EmailAddress | None:
    """The address somebody asked to change to and has not confirmed yet."""
    return EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email).order_by("-pk").first()


def device(agent: str) -> str:
    """“Chrome on Linux” from a browser's long name of itself; it may say anything, so only known words are shown."""
    browser = next((name for word, name in BROWSERS if word in agent), "")
    system = next((name for word, name in SYSTEMS if word in agent), "")
    return f"{browser or 'A browser'} on {system}" if system else browser or "An unknown browser"
