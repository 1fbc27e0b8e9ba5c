"""What tests of teams share: a mail server that keeps what it gets, and the jobs that were queued."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings

from storyboard.teams import actions
from storyboard.teams.models import Invitation, Role, Team, User

Invite = Callable[..., tuple[Invitation, str]]


@pytest.fixture(autouse=True)
def addresses_are_not_verified(settings: LazySettings) -> None:
    """As in the embedded mode; tests of verification say so. The engine must make no difference here."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The jobs that actions queue, kept instead of run."""
    jobs: list[tuple[object, ...]] = []
    for module in ("actions.invitations", "tasks"):
        monkeypatch.setattr(f"storyboard.teams.{module}.enqueue", lambda *job: jobs.append(job))
    return jobs


@pytest.fixture
def by_mail(settings: LazySettings, queued: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """There is a mail server; the value is the queued jobs."""
    settings.EMAIL_URL = urlsplit("smtp://mail.example.com")
    return queued


@pytest.fixture
def invite(team: Team, alice: User) -> Invite:
    """Alice invites somebody; without a mail server the token comes back."""

    def invite_somebody(email: str = "bob@example.com", role: Role = Role.EDITOR) -> tuple[Invitation, str]:
        return actions.invite(team, email=email, role=role, by=alice)

    return invite_somebody
