"""Routes of the style page, which shows every part; only the tests know them."""

from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path

from storyboard import pages, urls
from storyboard.errors import Conflict
from storyboard.teams.models import Role

PAGE = Path(__file__).parent / "style.html"
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


class Everything(forms.Form):
    """One field of each kind."""

    name = forms.CharField(max_length=12, help_text="What your team calls it. At most 12 letters.")
    password = forms.CharField(widget=forms.PasswordInput)
    role = forms.ChoiceField(choices=Role.choices)
    about = forms.CharField(widget=forms.Textarea, required=False)
    opens = forms.ChoiceField(
        choices=[("cut", "Cut: fresh from its prompt"), ("continue", "Continue on the last frame")],
        widget=forms.RadioSelect,
        label="How the shot opens",
        help_text="A cut costs nothing extra.",
    )
    notify = forms.MultipleChoiceField(
        choices=[("done", "A take is done"), ("failed", "A take failed")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="Write to me when",
    )
    agree = forms.BooleanField(label="I may spend the team’s money", help_text="You can change this later.")
    page = forms.CharField(widget=forms.HiddenInput, initial="style")

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("name") == "taken":
            raise forms.ValidationError("There is a team of this name already. Choose another.")
        return self.cleaned_data


class Filter(forms.Form):
    """All optional, so nothing is marked."""

    who = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=[("", "Anything"), ("role", "Role changed")], required=False)


def style(request: HttpRequest) -> HttpResponse:
    form = Everything(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "Saved. Everybody in the team sees it now.")
        return redirect("style")
    status = 422 if form.errors else 200
    return show(request, {"form": form, "filter": Filter(), "team": request.user and first_team(request)}, status)


def show(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    template = engines["django"].from_string(PAGE.read_text())
    return HttpResponse(template.render(context, request), status=status)


def first_team(request: HttpRequest) -> object:
    member = request.user.memberships.first() if request.user.is_authenticated else None
    return member and member.team


def act(request: HttpRequest, how: str) -> HttpResponse:
    """What htmx may be answered."""
    if how == "conflict":
        raise Conflict("Bob changed this a moment ago. Reload and look again.")
    if how == "forbidden":
        raise PermissionDenied
    if how == "broken":
        return HttpResponse("<h1>Bad gateway</h1>", status=502)
    if how == "signed-out":
        return redirect("account_login")
    return pages.toast(HttpResponse(f"<b>{request.method} {how}</b>"), "Done as asked.")


urlpatterns = [path("style/", style, name="style"), path("act/<str:how>", act, name="act"), *urls.urlpatterns]
