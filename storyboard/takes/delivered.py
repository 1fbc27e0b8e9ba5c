"""Whether a clip is what was asked for, and if not, in which way: vendors charge for it all the same.

actions.results asks; the sentence stands with the take.
"""

from decimal import Decimal

from storyboard.boards.models import Joint
from storyboard.media.models import File
from storyboard.providers import catalog
from storyboard.providers.pixels import Size
from storyboard.takes.models import Take

# Clips end on a whole frame, and some vendors round their sides to multiples of 16 or 64.
SECONDS, SHARE, SIDE = Decimal("0.5"), Decimal("0.1"), Decimal("0.15")


def shortcomings(take: Take, clip: File | None) -> str:
    """Sentences; nothing when it is as it should be, or nobody can tell."""
    if clip is None:
        return ""
    return " ".join(filter(None, [length(take, clip), size(take, clip), sound(take, clip)]))


def length(take: Take, clip: File) -> str:
    asked, found = take.request.get("seconds"), clip.shown_seconds
    # Below 1 the vendor was to choose.
    if not isinstance(asked, int) or asked < 1 or found is None:
        return ""
    if abs(found - asked) <= max(SECONDS, asked * SHARE):
        return ""
    return f"The clip is {found:.1f} s long; {asked} s were asked for."


def size(take: Take, clip: File) -> str:
    asked = size_asked(take)
    if asked is None or not clip.width or not clip.height:
        return ""
    found = (clip.width, clip.height)
    # What opens on a picture may take its shape from that.
    framed = take.request.get("joint") in {Joint.CONTINUE, Joint.LAND}
    pairs = [(found[0] * found[1], asked[0] * asked[1])] if framed else list(zip(found, asked, strict=True))
    most = 2 * SIDE if framed else SIDE
    if all(abs(is_so - wanted) <= wanted * most for is_so, wanted in pairs):
        return ""
    return f"The clip has {found[0]} × {found[1]} pixels; about {asked[0]} × {asked[1]} were asked for."


def size_asked(take: Take) -> Size | None:
    """What the model makes of the shape and the resolution, where its vendor says so."""
    if take.connection is None:
        return None
    model = next((one for one in catalog.models(take.connection.vendor) if one.id == take.model), None)
    place = (str(take.request.get("ratio", "")), str(take.request.get("resolution", "")))
    return model.pixels.get(place) if model else None


def sound(take: Take, clip: File) -> str:
    if take.request.get("audio") is not True or clip.has_sound:
        return ""
    return "The clip has no sound; sound was asked for."
