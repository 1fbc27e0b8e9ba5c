"""What every page's frame needs to know: the person's teams, for the switcher."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from storyboard.teams.models import Membership
from storyboard.teams.queries import teams_of


def current(request: HttpRequest) -> dict[str, Any]:
    """`my_teams`, read only by templates that show it: a fragment pays for no query."""

    def memberships() -> list[Membership]:
        user = getattr(request, "user", None)
        return list(teams_of(user)) if user is not None and user.is_authenticated else []

    return {"my_teams": SimpleLazyObject(memberships)}
