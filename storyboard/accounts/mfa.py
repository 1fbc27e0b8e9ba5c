"""How second factors and passkeys differ from allauth's defaults: names, and secrets at rest."""

import base64
import hashlib
import secrets
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.encoding import force_bytes


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": "Turn on two-step sign-in or add a passkey first; recovery codes go with it.",
        "incorrect_code": "That did not work. Check the code, or try again with a new one.",
    }

    def get_totp_issuer(self) -> str:
        return "Lastframe"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        # From the settings: a passkey is bound to this name for good, and the Host header is the visitor's word.
        return {"id": str(urlsplit(settings.PUBLIC_URL).hostname), "name": "Lastframe"}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: object) -> str:  # noqa: A002
        return "My passkey"

    def encrypt(self, text: str) -> str:
        return keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # The key file was changed without keeping the old key: from a random secret no code can be guessed.
            return base64.b32encode(secrets.token_bytes(20)).decode()


def keys() -> MultiFernet:
    """Keys from SECRET_KEY (and its fallbacks), so that a stolen database alone makes no codes."""
    known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"lastframe two-step " + force_bytes(key)).digest() for key in known]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
