"""Links that sign one person in once: for the first start, and for whoever runs the program.

`manage.py serve` prints first_sign_in(); `manage.py login_link` prints link_for().
"""

import os
import pwd

from django.conf import settings
from django.db import IntegrityError
from django.urls import reverse

from storyboard.accounts import actions
from storyboard.teams.fields import LONGEST_NAME, one_line
from storyboard.teams.models import User

# A reserved name that no mail ever reaches, yet every check of an address accepts it.
FIRST_EMAIL = "you@localhost.localdomain"
# Not “You”: the second person of a team would read that about somebody else.
UNNAMED = "Owner"
# Below this are accounts of the system, whose names are nobody's.
FIRST_PERSON = 1000


def link_for(user: User, *, leads_to: str = "") -> str:
    """A full URL at the public address; it is shown once and cannot be shown again."""
    return f"{base_url()}{reverse('account_link', args=[actions.make_link(user, leads_to=leads_to)])}"


def base_url() -> str:
    """What the environment says; when it says nothing, where this folder's server is running now."""
    said = os.environ.get("PUBLIC_URL") or os.environ.get("PORT")
    if said or not settings.RUNNING_AT.exists():
        return str(settings.PUBLIC_URL)
    return str(settings.RUNNING_AT.read_text().strip())


def first_sign_in() -> str | None:
    """On the very first start: make the first account, its team and its film, and return the link into it."""
    try:
        made = actions.create_first_account(FIRST_EMAIL, name=own_name(), team="My team")
    except IntegrityError:  # another process has just made it
        return None
    return link_for(made[0], leads_to=made[1]) if made else None


def own_name() -> str:
    """What this computer calls whoever started it, if that is a person; nobody is asked."""
    try:
        known = pwd.getpwuid(os.getuid())
    except KeyError:  # a container runs it as a number without a name
        return UNNAMED
    name = one_line(known.pw_gecos.partition(",")[0])[:LONGEST_NAME]
    return name if known.pw_uid >= FIRST_PERSON and name else UNNAMED
