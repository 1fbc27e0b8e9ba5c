"""A team's page of the sandbox, for owners: its keys, what goes wrong with them, and the latest tasks."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods as methods
from django.views.decorators.http import require_POST, require_safe

from storyboard.live.queries import position
from storyboard.providers.catalog import vendor
from storyboard.sandbox import actions, connecting, queries
from storyboard.sandbox.dialects import BASES
from storyboard.sandbox.faults import GROUPS
from storyboard.sandbox.forms import CreditForm, FaultsForm
from storyboard.sandbox.lines import key_line, task_line
from storyboard.sandbox.models import Key
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role, Team
from storyboard.teams.queries import team_for

UNFIT = 422


def doings(team: Team) -> dict[str, Any]:
    """The part that changes by itself: keys with their credit, tasks with their state."""
    return {
        "team": team,
        "keys": [key_line(key) for key in queries.keys_of(team)],
        "tasks": [task_line(task) for task in queries.tasks_of(team)],
    }


def whole_page(request: SignedInRequest, team: Team, *, status: int = 200, **extra: Any) -> HttpResponse:
    # Read before the rows: what changes in between is fetched again, not missed.
    extra["position"] = position(team.channel)
    bases = [(vendor(name), connecting.base_url(name)) for name in BASES]
    context = {"form": CreditForm(), "groups": GROUPS, "bases": bases} | doings(team) | extra
    return render(request, "sandbox/page.html", context, status=status)


@require_safe
@signed_in
def sandbox(request: SignedInRequest, team_id: str) -> HttpResponse:
    return whole_page(request, team_for(request.user, team_id, Role.OWNER))


@require_safe
@signed_in
def activity(request: SignedInRequest, team_id: str) -> HttpResponse:
    return render(request, "sandbox/page.html#activity", doings(team_for(request.user, team_id, Role.OWNER)))


@require_POST
@signed_in
def key_new(request: SignedInRequest, team_id: str) -> HttpResponse:
    team = team_for(request.user, team_id, Role.OWNER)
    form = CreditForm(request.POST)
    if not form.is_valid():
        return new_key_section(request, team, status=UNFIT, form=form)
    key, plain = actions.open_key(team=team, micro_usd=form.micro_usd, by=request.user)
    return new_key_section(request, team, made=key, plain=plain)


def new_key_section(request: SignedInRequest, team: Team, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The form with its errors, or the key to copy and the list as it is now."""
    if not wants_fragment(request):
        return whole_page(request, team, status=status, **extra)
    context = {"team": team, "form": CreditForm()} | extra
    html = render_to_string("sandbox/page.html#new", context, request)
    if "made" in extra:
        html += render_to_string("sandbox/page.html#activity", doings(team) | {"out_of_band": True}, request)
    return HttpResponse(html, status=status)


@require_POST
@signed_in
def connect(request: SignedInRequest, team_id: str) -> HttpResponse:
    """A connection of the team that renders here."""
    team = team_for(request.user, team_id, Role.OWNER)
    connection = connecting.connect(team, vendor=request.POST.get("vendor", ""), by=request.user)
    messages.success(request, f"“{connection}” renders in the sandbox now.")
    return redirect("connection", team_id, connection.public_id)


@methods(["GET", "HEAD", "POST"])
@signed_in
def key(request: SignedInRequest, team_id: str, key_id: str) -> HttpResponse:
    found = queries.key_for(request.user, team_id, key_id)
    form = FaultsForm(request.POST if request.method == "POST" else None, chosen=list(found.faults))
    if form.is_valid():
        actions.set_faults(found, faults=form.chosen, by=request.user)
        messages.success(request, f"Saved. It holds for what key {found} starts from now on.")
        return redirect("sandbox_key", team_id, key_id)
    return key_page(request, found, faults_form=form)


def key_page(request: SignedInRequest, found: Key, *, status: int = 200, **extra: Any) -> HttpResponse:
    forms = {"faults_form": FaultsForm(chosen=list(found.faults)), "credit_form": CreditForm()}
    context = {"team": found.team, "line": key_line(found), "key": found} | forms | extra
    return render(request, "sandbox/key.html", context, status=status)


@require_POST
@signed_in
def key_top_up(request: SignedInRequest, team_id: str, key_id: str) -> HttpResponse:
    found = queries.key_for(request.user, team_id, key_id)
    form = CreditForm(request.POST)
    if not form.is_valid():
        return key_page(request, found, status=UNFIT, credit_form=form)
    actions.top_up(found, micro_usd=form.micro_usd, by=request.user)
    messages.success(request, f"${form.cleaned_data['dollars']:,} is on key {found}.")
    return redirect("sandbox_key", team_id, key_id)


@require_POST
@signed_in
def key_revoke(request: SignedInRequest, team_id: str, key_id: str) -> HttpResponse:
    found = queries.key_for(request.user, team_id, key_id)
    actions.revoke_key(found, by=request.user)
    messages.success(request, f"Key {found} opens nothing any more.")
    return redirect("team_sandbox", team_id)
