"""Tags of the frame: `{% load frame %}` in any template gives icons, faces, navigation, error words."""

import zlib
from typing import Any

from django import template
from django.forms import BoundField, RadioSelect
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from storyboard import pages
from storyboard.frame import icons, nav
from storyboard.teams.models import User

register = template.Library()
HUES = 8


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon from the sprite; without a label it is only decoration, which screen readers skip."""
    if name not in icons.names():
        raise template.TemplateSyntaxError(f"No icon “{name}” in static/icons.svg; add it with manage.py icons.")
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    classes = f"ic {css}".strip()
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', classes, voice, static("icons.svg"), name)


@register.simple_tag
def avatar(user: User, css: str = "") -> SafeString:
    """Somebody's initials on a colour that stays theirs; their name stands beside it, so it is decoration."""
    hue = zlib.crc32(user.public_id.encode()) % HUES
    classes = f"avatar hue-{hue} {css}".strip()
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, user.initials)


@register.simple_block_tag(takes_context=True, end_name="end_team_nav")
def team_nav(context: Context, content: str) -> SafeString:
    """The navigation of the page's team, as far as the person's role opens it; the content names the current entry."""
    team = context.get("team")
    member = next((each for each in context.get("my_teams") or () if team and each.team_id == team.pk), None)
    if member is None:
        return mark_safe("")
    found = nav.badges(member.team)
    links = [(entry, address, found.get(entry.key)) for entry, address in nav.links(member.team, member.role)]
    return render_to_string("_team_nav.html", {"links": links, "current": content.strip()})


@register.filter
def widget_kind(field: BoundField) -> str:
    """How the field is laid out: a lone checkbox, a list of choices, a password, or the usual."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect):  # and CheckboxSelectMultiple, which inherits from it
        return "choices"
    kinds = {"checkbox": "check", "password": "password"}
    return kinds.get(getattr(widget, "input_type", ""), "text")


@register.filter
def optional(field: BoundField) -> bool:
    """Whether to say so: not on a checkbox, and not in a form of filters, where everything may be left out."""
    if field.field.required or widget_kind(field) == "check":
        return False
    return any(each.required for each in field.form.fields.values())


@register.filter
def kind(level_tag: str) -> str:
    """Django's message level as a kind of toast."""
    return {"success": "good", "warning": "problem", "error": "problem"}.get(level_tag, "info")


@register.filter
def kind_icon(kind: str) -> str:
    return {"good": "circle-check", "problem": "triangle-alert"}.get(kind, "info")


@register.simple_tag
def words(status: Any) -> pages.Words:
    """What an error page says."""
    return pages.words(int(status))
