"""Names of objects in the storage: nothing of a person's in them, and none can be guessed."""

import secrets

from storyboard.teams.models import Team

ROOT = "t/"


def random_name() -> str:
    return secrets.token_hex(16)


def quarantine(team: Team) -> str:
    """Where a browser may write: never read but once, and never shown."""
    return f"{ROOT}{team.public_id}/q/{random_name()}"


def kept(team: Team) -> str:
    """Where checked bytes go; no browser was ever told this name with the right to write."""
    return f"{ROOT}{team.public_id}/a/{random_name()}"
