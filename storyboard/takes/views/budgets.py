"""Change one budget: the team's, a connection's or a board's. For owners; the statement leads here and is led back to.

A budget may be lower than what is used: the page says what that means.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from storyboard.boards import actions as boards
from storyboard.boards.actions import Clash
from storyboard.boards.queries import board_for
from storyboard.boards.summary import dollars
from storyboard.connections import actions as connections
from storyboard.connections.queries import connection_for
from storyboard.errors import Conflict
from storyboard.takes import limits
from storyboard.takes.actions.budgets import CHANGED, set_team_budget
from storyboard.takes.forms import BudgetForm
from storyboard.takes.limits import Limit
from storyboard.teams.decorators import SignedInRequest, signed_in
from storyboard.teams.models import Role, Team
from storyboard.teams.queries import team_for

Load = Callable[[], Limit]
# The amount, and the one that the person saw.
Save = Callable[[int | None, int | None], object]
METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@signed_in
def budget_team(request: SignedInRequest, team_id: str) -> HttpResponse:
    team = team_for(request.user, team_id, Role.OWNER)

    def save(amount: int | None, base: int | None) -> None:
        set_team_budget(team, micro_usd=amount, base=base, by=request.user)

    return edited(request, team, lambda: limits.of_team(team), save)


@require_http_methods(METHODS)
@signed_in
def budget_connection(request: SignedInRequest, team_id: str, connection_id: str) -> HttpResponse:
    row = connection_for(request.user, team_id, connection_id)

    def load() -> Limit:
        row.refresh_from_db(fields=["monthly_budget"])
        return limits.of_connections(row.team, [row])[0]

    def save(amount: int | None, base: int | None) -> None:
        connections.set_budget(row, micro_usd=amount, base=base, by=request.user)

    return edited(request, row.team, load, save)


@require_http_methods(METHODS)
@signed_in
def budget_board(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    row = board_for(request.user, team_id, board_id, Role.OWNER)

    def load() -> Limit:
        row.refresh_from_db(fields=["budget_micro_usd"])
        return limits.of_boards(row.team, [row])[0]

    def save(amount: int | None, base: int | None) -> None:
        # The board's own action knows versions; which one the person saw is told by the amount.
        if row.budget_micro_usd not in {amount, base}:
            raise Conflict(CHANGED)
        version = row.versions.get("budget", 0)
        if isinstance(boards.set_budget(row, micro_usd=amount, base_version=version, by=request.user), Clash):
            raise Conflict(CHANGED)

    return edited(request, row.team, load, save)


def edited(request: SignedInRequest, team: Team, load: Load, save: Save) -> HttpResponse:
    """The form, or back to the statement once it is saved."""
    now = load()
    form = BudgetForm(request.POST if request.method == "POST" else None, limit=now.limit)
    if not form.is_valid():
        return page(request, team, now, form)
    try:
        save(form.cleaned_data["amount"], form.base)
    except Conflict as conflict:
        return page(request, team, load(), form, problem=conflict.message)
    messages.success(request, said(load()))
    return redirect("statement", team.public_id)


def page(request: SignedInRequest, team: Team, now: Limit, form: BudgetForm, *, problem: str = "") -> HttpResponse:
    status = 409 if problem else 422 if form.is_bound else 200
    # What was typed stays; what it is compared with is always the present one.
    base = "" if now.limit is None else now.limit
    context = {"team": team, "limit": now, "form": form, "base": base, "problem": problem}
    return render(request, "takes/budget.html", context, status=status)


def said(now: Limit) -> str:
    """What the budget of today means."""
    if now.limit is None:
        return f"{now.name} has no limit now."
    saved = f"The budget of {now.name} is {dollars(now.limit)}{' ' + now.span if now.span else ''} now."
    if now.left:
        return saved
    until = " this month" if now.span else ""
    return (
        f"{saved} {dollars(now.used)} is used already, so nothing more is rendered{until}; what is under way goes on."
    )
