"""What changes in a team reaches the pages that show it, and the mail leaves through the real queue."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from storyboard.live.queries import missed, position
from storyboard.teams.audit import Did
from storyboard.teams.models import Membership, Role, Team, User
from tests.teams.conftest import Invite
from tests.teams.test_audit import ACTS

Join = Callable[[User, Role], Membership]
AsUser = Callable[[User], Client]


@pytest.mark.parametrize("did", [did for did in ACTS if did != Did.TEAM_CREATED])
def test_each_change_is_told_once(team: Team, alice: User, bob: User, join: Join, invite: Invite, did: Did) -> None:
    User.objects.create_user("d@example.com", name="D")
    member, (invitation, token) = join(bob, Role.EDITOR), invite("d@example.com")
    before = position(team.channel)
    ACTS[did](team, alice, member, invitation, token)
    topic = "name" if did == Did.TEAM_RENAMED else "members"
    assert missed(team.channel, before) == [(before + 1, topic)]


def test_the_page_listens_from_where_it_was_made(team: Team, alice: User, invite: Invite, as_user: AsUser) -> None:
    invite()
    text = as_user(alice).get(reverse("team", args=[team.public_id])).text
    assert f'data-live="{reverse("team_live", args=[team.public_id])}?after=1"' in text
    assert f'hx-get="{reverse("team_people", args=[team.public_id])}?as={Role.OWNER.value}"' in text
    assert 'hx-trigger="live:members from:body' in text


def test_the_mail_goes_through_the_queue(
    settings: LazySettings, invite: Invite, run_jobs: Callable[[], list[str]], mailoutbox: list[EmailMessage]
) -> None:
    settings.EMAIL_URL = urlsplit("smtp://mail.example.com")
    invite()
    assert mailoutbox == []
    assert run_jobs() == ["storyboard.teams.tasks.send_invitation"]
    assert mailoutbox[0].to == ["bob@example.com"]
