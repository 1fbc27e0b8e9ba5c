"""A page that writes what static/js/live.js asks for, and a fragment of it that fetches itself again."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import reverse

from storyboard.live.queries import position
from storyboard.teams.models import Team
from storyboard.teams.queries import team_for

PART = """
<section id="part" hx-get="{{ part }}" hx-trigger="live:members from:body" hx-swap="outerMorph">
<h2>{{ team.name }}</h2><input id="note" aria-label="Note"><video id="clip"></video>
</section>
"""
PAGE = """{% extends "base.html" %}{% block title %}Try{% endblock %}
{% block main %}<h1>Try</h1><div data-live="{{ live }}" hidden></div>PART{% endblock %}
"""


def context(team: Team) -> dict[str, object]:
    after = position(team.channel)
    return {
        "team": Team.objects.get(pk=team.pk),
        "part": reverse("try_part", args=[team.public_id]),
        "live": f"{reverse('team_live', args=[team.public_id])}?after={after}",
    }


def page(request: HttpRequest, team_id: str) -> HttpResponse:
    text = engines["django"].from_string(PAGE.replace("PART", PART))
    return HttpResponse(text.render(context(team_for(request.user, team_id)), request))


def part(request: HttpRequest, team_id: str) -> HttpResponse:
    text = engines["django"].from_string(PART)
    return HttpResponse(text.render(context(team_for(request.user, team_id)), request))
