"""Errors sorted by what the person can do about them; the middleware turns them into a toast or a page."""


class SettingError(Exception):
    """A setting is wrong: one plain sentence for whoever starts the program."""


class DomainError(Exception):
    """Something a person asked for cannot be done; the message is shown to them as it is."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Missing(DomainError):
    """It is not there, or not for this person to know of."""

    status = 404

    def __init__(self, message: str = "There is nothing here, or it is not shared with you.") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The person is in the team, but their role does not reach."""

    status = 403


class Conflict(DomainError):
    """Somebody got there first, or the page is out of date."""

    status = 409


class Throttled(DomainError):
    """Too often; try again later."""

    status = 429
