"""The ladder of roles, and what outsiders and weak roles are told."""

from collections.abc import Callable

import pytest

from storyboard.errors import Forbidden, Missing
from storyboard.teams.access import require
from storyboard.teams.models import Membership, Role, Team, User

Join = Callable[[User, Role], Membership]


@pytest.mark.parametrize("needed", Role)
@pytest.mark.parametrize("own", Role)
def test_a_role_reaches_itself_and_all_below(team: Team, bob: User, join: Join, own: Role, needed: Role) -> None:
    join(bob, own)
    if own >= needed:
        assert require(bob, team, needed).user == bob
    else:
        with pytest.raises(Forbidden, match=f"this needs an? {needed.label.lower()}"):
            require(bob, team, needed)


def test_an_outsider_is_told_nothing_is_there(team: Team, charlie: User) -> None:
    with pytest.raises(Missing):
        require(charlie, team, Role.VIEWER)
