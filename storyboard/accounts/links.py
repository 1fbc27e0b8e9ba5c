"""Links that sign one person in once: for the first start, and for whoever runs the program.

`manage.py serve` prints first_sign_in(); `manage.py login_link` prints link_for().
"""

import os

from django.conf import settings
from django.db import IntegrityError
from django.urls import reverse

from storyboard.accounts import actions
from storyboard.teams.models import User

# A reserved name that no mail ever reaches, yet every check of an address accepts it.
FIRST_EMAIL = "you@localhost.localdomain"


def link_for(user: User) -> str:
    """A full URL at the public address; it is shown once and cannot be shown again."""
    return f"{base_url()}{reverse('account_link', args=[actions.make_link(user)])}"


def base_url() -> str:
    """What the environment says; when it says nothing, where this folder's server is running now."""
    said = os.environ.get("PUBLIC_URL") or os.environ.get("PORT")
    if said or not settings.RUNNING_AT.exists():
        return str(settings.PUBLIC_URL)
    return str(settings.RUNNING_AT.read_text().strip())


def first_sign_in() -> str | None:
    """On the very first start: make the first account and its team, and return the link into it."""
    try:
        user = actions.create_first_account(FIRST_EMAIL, name="You", team="My team")
    except IntegrityError:  # another process has just made it
        return None
    return link_for(user) if user else None
