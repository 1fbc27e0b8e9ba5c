"""How numbers of connections are written: `{% load connections %}` in their templates."""

from decimal import Decimal

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma

register = template.Library()


@register.filter
def amount(number: Decimal) -> str:
    """1,240 or 0.5: no zeros that say nothing."""
    text = f"{number:f}"
    return str(intcomma(text.rstrip("0").rstrip(".") if "." in text else text))
