"""Two people, or two presses, at the same moment: real threads and real transactions on both engines."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from storyboard.errors import DomainError
from storyboard.teams import actions
from storyboard.teams.models import Invitation, Membership, Role, Team, User

pytestmark = pytest.mark.django_db(transaction=True)
Join = Callable[[User, Role], Membership]


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Run them in threads that start together; the sentences of those that were refused."""
    refused: list[str] = []
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
        except DomainError as error:
            refused.append(error.message)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_owners_who_leave_at_once_one_stays(
    team: Team, alice: User, bob: User, join: Join, attempt: int
) -> None:
    join(bob, Role.OWNER)
    refused = at_once(lambda: actions.leave_team(team, by=alice), lambda: actions.leave_team(team, by=bob))
    assert len(refused) == 1
    assert team.memberships.filter(role=Role.OWNER).count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_owners_who_demote_each_other_one_succeeds(
    team: Team, alice: User, bob: User, join: Join, attempt: int
) -> None:
    his, hers = join(bob, Role.OWNER), alice.memberships.get()
    refused = at_once(
        lambda: actions.change_role(his, role=Role.VIEWER, by=alice),
        lambda: actions.remove_member(hers, by=bob),
    )
    assert len(refused) == 1
    assert team.memberships.filter(role=Role.OWNER).count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_one_link_lets_one_press_in(team: Team, alice: User, bob: User, attempt: int) -> None:
    token = actions.invite(team, email=bob.email, role=Role.EDITOR, by=alice)[1]
    refused = at_once(*[lambda: actions.accept(token, by=bob)] * 4)
    assert len(refused) == 3
    assert team.memberships.filter(user=bob).count() == 1


def test_a_link_used_while_its_inviter_is_removed_is_used_before_or_not_at_all(
    team: Team, alice: User, bob: User, charlie: User, join: Join
) -> None:
    member = join(charlie, Role.OWNER)
    token = actions.invite(team, email=bob.email, role=Role.OWNER, by=charlie)[1]
    refused = at_once(lambda: actions.accept(token, by=bob), lambda: actions.remove_member(member, by=alice))
    assert team.memberships.filter(user=bob).exists() == (not refused)


@pytest.mark.parametrize("attempt", range(3))
def test_presses_of_create_at_once_make_one_team(bob: User, attempt: int) -> None:
    assert at_once(*[lambda: actions.create_team(bob, name="Second unit")] * 4) == []
    assert Team.objects.filter(name="Second unit").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_presses_of_invite_at_once_make_one_invitation(team: Team, alice: User, attempt: int) -> None:
    press = lambda: actions.invite(team, email="d@example.com", role=Role.EDITOR, by=alice)  # noqa: E731
    assert at_once(*[press] * 4) == []
    assert Invitation.objects.count() == 1
