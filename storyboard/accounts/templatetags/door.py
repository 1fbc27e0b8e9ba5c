"""For the pages of the door: where will a message be found?"""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def mail_is_set_up() -> bool:
    """False in the embedded mode without EMAIL_URL: messages appear in the terminal then."""
    return bool(settings.EMAIL_URL.hostname)
