"""Where Lastframe differs from allauth's defaults: throttling, links, audit rows, plain words.

allauth calls these methods at the points where it has no setting; each hands over to an action.
"""

import math
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from storyboard.accounts import actions, throttle
from storyboard.accounts.words import ERRORS
from storyboard.teams.audit import Did
from storyboard.teams.models import User

# What allauth tells people by mail is what the audit log records: this is its one hook after each such change.
CHANGES = {
    "mfa/email/totp_activated": (Did.MFA_ADDED, "authenticator app"),
    "mfa/email/totp_deactivated": (Did.MFA_REMOVED, "authenticator app"),
    "mfa/email/webauthn_added": (Did.MFA_ADDED, "passkey"),
    "mfa/email/webauthn_removed": (Did.MFA_REMOVED, "passkey"),
    "mfa/email/recovery_codes_generated": (Did.CODES_MADE, "recovery codes"),
    "account/email/email_changed": (Did.EMAIL_CHANGED, ""),
}


class Adapter(DefaultAccountAdapter):
    error_messages = {**DefaultAccountAdapter.error_messages, **ERRORS}

    # Who is asking

    def get_client_ip(self, request: HttpRequest) -> str:
        # The middleware has put the real client there; over a local socket there is no address at all.
        return request.META.get("REMOTE_ADDR") or "127.0.0.1"

    def is_safe_url(self, url: str) -> bool:
        # Only where the visitor already is; allauth would accept every name that we answer to.
        own = {self.request.get_host()}
        return bool(url_has_allowed_host_and_scheme(url, allowed_hosts=own, require_https=self.request.is_secure()))

    # Signing up, in and out

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.email, user.name = form.cleaned_data["email"], form.cleaned_data.get("name", "")
        user.set_password(form.cleaned_data["password1"])
        return actions.sign_up(user)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        email, at = str(credentials.get("email", "")), time.time()
        self.count_try(request, email, at)
        user: User | None = super().authenticate(request, **credentials)
        if user is None:
            actions.sign_in_failed(email)
        else:
            throttle.give_back(throttle.BAD_PASSWORDS, email, now=at)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Instead of allauth's limit: ours is exact across workers (see count_try)."""

    def count_try(self, request: HttpRequest, email: str, at: float) -> None:
        seconds = throttle.count(throttle.SIGN_INS, throttle.network(self.get_client_ip(request)), now=at)
        if seconds:
            raise too_often(ERRORS["too_many_here"], seconds)
        seconds = throttle.count(throttle.BAD_PASSWORDS, email, now=at)
        if seconds:
            raise too_often(ERRORS["too_many_for_account"], seconds)

    def post_login(self, request: HttpRequest, user: User, **hook: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **hook)
        actions.signed_in(user, how=how(request, user))
        throttle.sweep()
        return response

    def logout(self, request: HttpRequest) -> None:
        user, key = request.user, request.session.session_key or ""
        super().logout(request)
        if isinstance(user, User):
            actions.signed_out(user, session_key=key)

    # Changing the account

    def set_password(self, user: User, password: str) -> None:
        actions.set_password(user, password=password, keep=self.own_session(user))
        # Whoever could set it has proved who they are; the old guesses no longer count.
        throttle.forget(throttle.BAD_PASSWORDS, user.email)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """As allauth does, unless the address has become somebody else's sign-in name in the meantime."""
        taken = User.objects.filter(email=email_address.email).exclude(pk=email_address.user_id).exists()
        try:
            with transaction.atomic():
                if not taken:
                    return bool(super().confirm_email(request, email_address))
        except IntegrityError:  # taken between the question and the write
            pass
        self.add_message(request, messages.ERROR, "account/messages/email_confirmation_failed.txt")
        return False

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Who has just signed in need not prove it again at once."""
        user = self.request.user
        records = authentications(self.request, user) if isinstance(user, User) else []
        return not any(time.time() - entry["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for entry in records)

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        words = {"reauthenticate": "Use your password", "mfa_reauthenticate": "Use a code"}
        found = super().get_reauthentication_methods(user)
        return [{**method, "description": words.get(method["id"], "Use a passkey")} for method in found]

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        if template_prefix in CHANGES:
            did, what = CHANGES[template_prefix]
            what, keep = what or (context or {}).get("to_email", ""), self.own_session(user)
            # allauth may be in a transaction of its own here.
            transaction.on_commit(lambda: actions.note_change(user, did, what=what, keep=keep))
        super().send_notification_mail(template_prefix, user, context, email)

    def own_session(self, user: User) -> str:
        """The key of the session that makes the change, when it is the user's own and not a reset link."""
        own = self.request.user.is_authenticated and self.request.user.pk == user.pk
        return (self.request.session.session_key or "") if own else ""

    # Mail: every link begins with PUBLIC_URL, whatever the Host header says

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        words = {"email": email, "public_url": settings.PUBLIC_URL, **context}
        mail = self.render_mail(template_prefix, email, words)
        actions.queue_message(email, subject=str(mail.subject), text=str(mail.body))

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.PUBLIC_URL}{path}"

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return f"{settings.PUBLIC_URL}{reverse('account_confirm_email', args=[emailconfirmation.key])}"


def too_often(sentence: str, seconds: int) -> ValidationError:
    minutes = math.ceil(seconds / 60)
    return ValidationError(sentence.format(when="a minute" if minutes == 1 else f"{minutes} minutes"), code="throttled")


def authentications(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    """How this session proved who it is, oldest first: allauth's own notes, kept in the session."""
    from allauth.account.internal.flows.login import get_authentication_records

    return list(get_authentication_records(request, user))


def how(request: HttpRequest, user: User) -> str:
    """“password”, “link” or “passkey”, and the second step if there was one."""
    records = authentications(request, user)
    if any(entry.get("passwordless") for entry in records):
        return "passkey"
    steps = [str(entry.get("type") or entry["method"]) for entry in records]
    return " and ".join(dict.fromkeys(steps)) or "password"
