"""Forms for passkeys: what the browser hands over is JSON from anybody, so it is read with care."""

from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from django import forms

from storyboard.accounts import words

LONGEST = 20_000
# What allauth and the fido2 library raise for JSON that is no credential, beside the errors they handle.
MALFORMED = (AttributeError, KeyError, TypeError, ValueError)


class CredentialField(forms.JSONField):
    """The browser's answer, kept by a script in a hidden input."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(error_messages={"required": words.PASSKEY, "invalid": words.PASSKEY})

    def to_python(self, value: Any) -> Any:
        try:
            found = None if len(str(value)) > LONGEST else super().to_python(value)
        except RecursionError:  # brackets in brackets in brackets
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError(words.PASSKEY, code="invalid")
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        # Good once, so never filled in again; and Django would read the JSON anew, less carefully.
        return None


class Sentences(forms.Form):
    """A hidden input has no place for its error, so it goes on top, without Django's “(Hidden field …)”."""

    def get_context(self) -> dict[str, Any]:
        errors = [*self.non_field_errors(), *self.errors.get("credential", [])]
        return {**super().get_context(), "errors": errors}


class AddPasskeyForm(Sentences, webauthn.AddWebAuthnForm):
    passwordless = None  # always; not a question for people
    credential = CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_passkey(self.fields["name"])

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean() or {})
        except MALFORMED as error:
            raise forms.ValidationError(words.PASSKEY) from error


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_passkey(self.fields["name"])


def name_passkey(field: forms.Field) -> None:
    from storyboard.accounts.forms import dress

    errors = {"required": "Enter a name.", "max_length": "Use at most 80 characters."}
    dress(field, "Name", errors, hint="So that you can tell your passkeys apart.", longest=80)


class UsePasskey(Sentences):
    """Read the credential without trusting its shape; shared by the three forms below."""

    credential = CredentialField()

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise forms.ValidationError(words.PASSKEY) from error


class SignInWithPasskeyForm(UsePasskey, webauthn.LoginWebAuthnForm):
    pass


class SecondStepPasskeyForm(UsePasskey, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(UsePasskey, webauthn.ReauthenticateWebAuthnForm):
    pass
