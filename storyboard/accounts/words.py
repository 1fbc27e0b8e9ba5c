"""What the forms of the door say when something is wrong; in allauth's names where it has one."""

ERRORS = {
    "email_password_mismatch": "That e-mail address and password do not match. Try again, or reset your password.",
    "enter_current_password": "That is not your current password. Try again.",
    "incorrect_password": "That is not your password. Try again.",
    "invalid_password_reset": "This link has been used or is too old. Ask for a new one.",
    "rate_limited": "That is too often. Wait a minute, then try again.",
    "too_many_login_attempts": "That is too often. Wait five minutes, then try again.",
    "too_many_here": "Too many sign-ins from your network. Try again in {when}.",
    "too_many_for_account": "Too many tries for this address. Try again in {when}, or reset your password.",
}
PASSWORD = {"required": "Enter your password.", "max_length": "That is longer than any password here."}
NEW_PASSWORD = {"required": "Choose a password.", "max_length": "Use at most 200 characters."}
EMAIL = {
    "required": "Enter your e-mail address.",
    "invalid": "That does not look like an e-mail address. It needs a name, an @ and a domain.",
    "max_length": "That is too long for an e-mail address.",
}
NAME = {"max_length": "Use at most 80 characters."}
CODE = {"required": "Enter the code.", "max_length": "That is too long for a code."}
PASSKEY = "The browser did not hand over a passkey. Try again, or use another way to sign in."
