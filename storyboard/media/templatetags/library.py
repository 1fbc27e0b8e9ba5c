"""Tags of the library's pages: `{% load library %}` gives a file's facts in words and a sound's picture."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from storyboard.media.fit import shut_out
from storyboard.media.models import File, Reference

register = template.Library()
MINUTE = 60
# Even silence is a line.
LEAST, HIGHEST = 3, 96
SMALL_WIDTH, USUAL_HEIGHT = 480, 270


@register.filter
def clock(seconds: Decimal | None) -> str:
    """A length as people say it: 5.0 s, 1:06."""
    if seconds is None:
        return ""
    # Cut, not rounded: 59.99 s is no minute yet.
    tenths = int(seconds * 10)
    if tenths < MINUTE * 10:
        return f"{tenths / 10:.1f} s"
    minutes, rest = divmod(tenths // 10, MINUTE)
    return f"{minutes}:{rest:02}"


@register.filter
def glance(file: File) -> str:
    """What fits on a card: 1280 × 720 · 24 fps."""
    said = [f"{file.width} × {file.height}"] if file.width and file.height else [file.format.upper()]
    if file.fps:
        said.append(f"{float(file.fps):.4g} fps")
    return " · ".join(said)


@register.filter
def facts(file: File) -> str:
    """All that is worth knowing: 5.0 s · 1280 × 720 · 24 fps · MP4 · with sound."""
    said = [clock(file.seconds)] if file.seconds else []
    if file.width and file.height:
        said.append(glance(file))
    said.append(file.format.upper())
    if file.kind == "video":
        said.append("with sound" if file.has_sound else "silent")
    return " · ".join(said)


@register.filter
def misfit(file: File | None) -> str:
    """Why a vendor cannot take it as it is; empty when each of them can."""
    return shut_out(file) if file else ""


@register.filter
def kind_symbol(reference: Reference) -> str:
    return {"image": "image", "video": "film", "audio": "audio-lines"}[reference.kind]


@register.filter
def thumb_height(file: File) -> int:
    """The height of the small picture, so that the page does not jump when it comes."""
    if not file.width or not file.height:
        return USUAL_HEIGHT
    return max(1, round(SMALL_WIDTH * file.height / file.width))


@register.simple_tag
def waveform(peaks: list[int]) -> SafeString:
    """A sound's loudness as bars; decoration, for its name and length stand beside it."""
    bars = " ".join(f"M{at}.5 {50 - height / 2:g}V{50 + height / 2:g}" for at, height in enumerate(heights(peaks)))
    return format_html(
        '<svg class="wave" viewBox="0 0 {} 100" preserveAspectRatio="none" aria-hidden="true"><path d="{}"/></svg>',
        max(1, len(peaks)),
        bars,
    )


def heights(peaks: list[int]) -> list[int]:
    return [max(LEAST, min(HIGHEST, int(peak))) for peak in peaks]
