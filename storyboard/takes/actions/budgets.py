"""Set a team's budget for a month. Those of boards and of connections are set where those are changed.

views.budgets calls it.
"""

from django.db import transaction

from storyboard.connections.actions import in_dollars
from storyboard.errors import Conflict, DomainError
from storyboard.live.publish import publish
from storyboard.takes.models import Purse
from storyboard.takes.money import locked_purse
from storyboard.teams.actions.lock import locked_by_owner
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Team, User

TOPIC = "budgets"
MOST = 1_000_000_000_000
BOUNDS = "A budget is an amount of dollars from 0 to 1,000,000, or none."
CHANGED = "Somebody changed this budget while your page was open. Look at the one that stands now, then save again."


@transaction.atomic(durable=True)
def set_team_budget(team: Team, *, micro_usd: int | None, base: int | None, by: User) -> Purse:
    """What all renders of a month may cost; None is no limit. `base`: the budget that the person saw."""
    found = locked_by_owner(team, by)
    if micro_usd is not None and not 0 <= micro_usd <= MOST:
        raise DomainError(BOUNDS)
    # Whoever reserves holds it too, so that a lower limit counts from the next press of Render on.
    purse = locked_purse(found)
    before = purse.monthly_budget
    if before == micro_usd:
        return purse
    if before != base:
        raise Conflict(CHANGED)
    purse.monthly_budget = micro_usd
    purse.save(update_fields=["monthly_budget"])
    detail: dict[str, object] = {"before": in_dollars(before), "after": in_dollars(micro_usd)}
    record(Did.MONTHLY_BUDGET_CHANGED, by=by, team=found, subject=found.name, detail=detail)
    publish(found.channel, TOPIC)
    return purse
