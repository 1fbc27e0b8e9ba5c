"""The forms of the door: allauth's, with our words, limits and no way to find out who has an account."""

from typing import Any

from allauth.account import forms as allauth
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from storyboard.accounts import actions, queries, words
from storyboard.accounts.adapter import Adapter
from storyboard.teams.models import User

SIGN_IN_AS = "sign_in_as"
LONGEST_PASSWORD = 200
NEW_PASSWORD_HINT = "At least 10 characters. A few unrelated words are easy to remember and hard to guess."  # noqa: S105
READY = "If that address was new here, its account is ready. Sign in to start."


def dress(field: forms.Field, label: str, errors: dict[str, str], *, hint: str = "", longest: int = 0) -> None:
    """Our words on one of allauth's fields, and no grey text inside it that vanishes on typing."""
    field.label, field.help_text = label, hint
    field.error_messages = {**field.error_messages, **errors}
    field.widget.attrs.pop("placeholder", None)
    if longest:
        limit(field, longest, errors["max_length"])


def limit(field: forms.Field, longest: int, sentence: str) -> None:
    from django.core.validators import MaxLengthValidator

    # Not also `maxlength` on the input: a browser would cut a pasted password short without a word.
    field.validators = [found for found in field.validators if not isinstance(found, MaxLengthValidator)]
    field.validators.append(MaxLengthValidator(longest, sentence))
    field.widget.attrs.pop("maxlength", None)


def dress_email(field: forms.Field, label: str = "E-mail") -> None:
    dress(field, label, words.EMAIL, longest=254)


def dress_new_password(form: forms.Form, label: str = "New password") -> None:
    """One field is enough: browsers and password managers show and keep what was typed."""
    form.fields.pop("password2", None)
    dress(form.fields["password1"], label, words.NEW_PASSWORD, hint=NEW_PASSWORD_HINT, longest=LONGEST_PASSWORD)


class SignInForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_email(self.fields["login"])
        dress(self.fields["password"], "Password", words.PASSWORD, longest=LONGEST_PASSWORD)
        self.fields["login"].initial = self.request.session.get(SIGN_IN_AS, "")


class SignUpForm(allauth.SignupForm):
    """Answers the same whether the address is taken or free, in the same time."""

    name = forms.CharField(help_text="What your team will see. You can change it later.")
    field_order = ("name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_email(self.fields["email"])
        dress_new_password(self, "Password")
        dress_name(self.fields["name"])

    def validate_unique_email(self, value: str) -> str:
        # Not allauth's question: there, anybody's unconfirmed wish for an address would bar its owner.
        self.account_already_exists = queries.is_taken(value)
        return value

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        user = self.saved(request)
        if settings.ACCOUNT_EMAIL_VERIFICATION == "none":
            return user, self.to_sign_in(request)
        if user is None:
            self.account_already_exists = True
            answer: tuple[User | None, HttpResponse | None] = super().try_save(request)
            return answer
        return user, None

    def saved(self, request: HttpRequest) -> User | None:
        """The new account, or None when the address is taken: after the same work, a password hash."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
            return None
        try:
            return self.save(request)  # type: ignore[no-any-return]
        except IntegrityError:  # a second press of the button, or somebody else, was first
            return None

    def to_sign_in(self, request: HttpRequest) -> HttpResponse:
        """Without mail nobody can be told in private, so both are sent to sign in with the same words."""
        request.session[SIGN_IN_AS] = self.cleaned_data["email"]
        messages.info(request, READY)
        wanted = request.POST.get("next", "")
        query = f"?{urlencode({'next': wanted})}" if wanted and Adapter(request).is_safe_url(wanted) else ""
        return HttpResponseRedirect(reverse("account_login") + query)


class ResetPasswordForm(allauth.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_email(self.fields["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        # The work for an address with an account differs by a few queries; a hash drowns the difference.
        make_password(self.cleaned_data["email"])
        return str(super().save(request, **kwargs))


class NewPasswordForm(allauth.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_new_password(self)


class SetPasswordForm(allauth.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_new_password(self, "Password")


class ChangePasswordForm(allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["oldpassword"], "Current password", words.PASSWORD, longest=LONGEST_PASSWORD)
        dress_new_password(self)

    def clean_oldpassword(self) -> str:
        """Through the same door as signing in, so that guesses at an open laptop are counted too."""
        old = str(self.cleaned_data["oldpassword"])
        if not allauth.get_adapter().reauthenticate(self.user, old):
            raise allauth.get_adapter().validation_error("enter_current_password")
        return old


class ChangeEmailForm(forms.Form):
    """Says nothing about whose the new address is: that shows when its link is opened, or not."""

    email = forms.EmailField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        dress_email(self.fields["email"], "New e-mail address")
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email == self.user.email:
            raise forms.ValidationError("This is your address already.")
        return email


class ReauthenticateForm(allauth.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["password"], "Password", words.PASSWORD, longest=LONGEST_PASSWORD)


class NameForm(forms.Form):
    name = forms.CharField(help_text="What your team sees beside your work.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_name(self.fields["name"])


def dress_name(field: forms.Field) -> None:
    errors = {**words.NAME, "required": "Enter your name."}
    dress(field, "Your name", errors, hint=str(field.help_text), longest=80)
    field.widget.attrs["autocomplete"] = "name"


class SecondStepForm(mfa.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_code(self.fields["code"], "Code from your app, or a recovery code")

    def clean_code(self) -> str:
        return once(self, str(super().clean_code()))

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        actions.sign_in_failed(self.user.email, how="second step")


class SecondStepAgainForm(mfa.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_code(self.fields["code"], "Code from your app, or a recovery code")

    def clean_code(self) -> str:
        return once(self, str(super().clean_code()))


class TurnOnAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_code(self.fields["code"], "Code from your app")


def dress_code(field: forms.Field, label: str) -> None:
    dress(field, label, words.CODE, longest=40)
    field.widget.attrs.update({"inputmode": "numeric", "autocomplete": "one-time-code"})


def once(form: Any, code: str) -> str:
    """A code from the app is good once: allauth forgets used codes sooner than late ones stop working."""
    from django.core.cache import cache

    kept = settings.MFA_TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)
    digits = "".join(filter(str.isdigit, code))
    if form.authenticator.type == "totp" and not cache.add(f"code-used:{form.user.pk}:{digits}", 1, timeout=kept):
        raise forms.ValidationError("That code has been used. Wait for the next one.", code="incorrect_code")
    return code
