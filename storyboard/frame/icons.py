"""The icons in static/icons.svg: which there are, and how the file is made from Lucide's.

Used by the `{% icon %}` tag and by `manage.py icons`.
"""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

SPRITE = Path(settings.ROOT) / "static" / "icons.svg"


@cache
def names() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text()))


def build(folder: Path, wanted: set[str]) -> str:
    """A sprite of the wanted icons, from a folder of Lucide's one-icon files."""
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', "<!-- Lucide icons; licence in vendor/lucide/LICENSE -->"]
    for name in sorted(wanted):
        text = (folder / f"{name}.svg").read_text()
        shapes = re.sub(r"\s+", " ", text.partition(">\n  <")[2].rpartition("</svg>")[0]).strip()
        shapes = f"<{shapes}".replace(" />", "/>").replace("> <", "><")
        lines.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return "\n".join([*lines, "</svg>", ""])
