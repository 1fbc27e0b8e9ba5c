"""The account page, its small changes, and the sign-in link; allauth's views do the rest."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.decorators import rate_limit
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from storyboard.accounts import actions, queries
from storyboard.accounts.forms import ChangeEmailForm, NameForm
from storyboard.pages import page
from storyboard.teams.models import User


@require_http_methods(["GET", "POST"])
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account; posting changes the name."""
    user = own(request)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        actions.rename(user, name=form.cleaned_data["name"])
        messages.success(request, "Your name is changed.")
        return redirect("account")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/account.html", {"form": form, **account_parts(request)}, status=status)


def account_parts(request: HttpRequest) -> dict[str, Any]:
    user = own(request)
    return {
        "sessions": queries.sessions_of(user, request.session.session_key or ""),
        "factors": queries.factors_of(user),
        "pending_email": queries.pending_email(user),
    }


# Not allauth's page: it takes the address in use for the pending one when neither was confirmed by mail.
@require_http_methods(["GET", "POST"])
@login_required
@rate_limit(action="manage_email")  # type: ignore[untyped-decorator, unused-ignore]
@reauthentication_required(app="allauth.account", allow_get=True)  # type: ignore[untyped-decorator, unused-ignore]
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another address, have its link sent again, or call it off."""
    user = own(request)
    pending = queries.pending_email(user)
    if "send_again" in request.POST or "cancel" in request.POST:
        return settle_email(request, user, pending)
    form = ChangeEmailForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        send_confirmation(request, actions.ask_for_email(user, email=form.cleaned_data["email"]))
        return redirect("account_email")
    status = 422 if request.method == "POST" else 200
    return render(request, "account/email_change.html", {"form": form, "pending": pending}, status=status)


def settle_email(request: HttpRequest, user: User, pending: EmailAddress | None) -> HttpResponse:
    if pending and "send_again" in request.POST:
        send_confirmation(request, pending)
    elif pending:
        actions.cancel_email(user)
        messages.success(request, f"Your address stays {user.email}.")
    return redirect("account_email")


def send_confirmation(request: HttpRequest, address: EmailAddress) -> None:
    """At most one message every three minutes, whoever the address belongs to."""
    if ratelimit.consume(request, action="confirm_email", key=address.email):
        address.send_confirmation(request)
        messages.info(request, f"We have sent a link to {address.email}.")
    else:
        words = "A link to {} is on its way. If that one does not work, wait three minutes and send it again from here."
        messages.info(request, words.format(address.email))


@require_POST
@login_required
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    user = own(request)
    actions.end_session(queries.session_for(user, pk), by=user)
    messages.success(request, "That session has ended.")
    return HttpResponseRedirect("/account/#sessions")


@require_POST
@login_required
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    actions.end_other_sessions(own(request), keep=request.session.session_key or "")
    messages.success(request, "You are signed out everywhere else.")
    return HttpResponseRedirect("/account/#sessions")


@require_GET
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in with a link: it replaces the password, not the second step."""
    found = actions.use_link(token)
    if found is None:
        return render(request, "accounts/link_dead.html", status=404)
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, found.user, method="link")
    # Whoever runs the program made the link, so the address needs no check by mail.
    to = found.leads_to or None
    answer: HttpResponse = perform_login(request, found.user, email_verification="none", redirect_url=to)
    return answer


class AddPasskey(AddWebAuthnView):  # allauth's ceremony, asking for a passkey that needs no password beside it
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "js_data": {"creation_options": webauthn.begin_registration(own(self.request), True)}}


def two_step(request: HttpRequest) -> HttpResponse:
    """Where allauth sends people after a change of their second factors."""
    return HttpResponseRedirect("/account/#two-step")


def passkeys(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/account/#passkeys")


def too_many(request: HttpRequest) -> HttpResponse:
    return page(request, 429, "That is too often. Wait a minute, then try again.")


def own(request: HttpRequest) -> User:
    """The signed-in person; every caller is behind login_required."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101
    return user
