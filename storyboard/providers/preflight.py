"""What would go wrong with a shot, told before it costs anything. Boards, plans and the command line ask it.

Refusals are each vendor’s own; the warnings are advice that the vendors’ pages share.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from storyboard.providers.base import Kind, Level, Probed, Problem, ShotRequest
from storyboard.providers.catalog import Model
from storyboard.providers.dispatch import vendor_file

ADVISED_CHARACTERS, ADVISED_WORDS = 500, 1000
CHOPPY_BELOW, SLOW_ABOVE = 5, 10
# 2 s are enough and the shortest that is taken; a warning at every clip would soon be read no more.
LONG_REFERENCE = 5
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CAMERA = re.compile(
    r"\b(cam(era|éra)|c[áâ]mara|c[áâ]mera|kamera\w*|камер\w*|push(es|ing)?[ -](in|out)|pull(s|ing)?[ -](back|out|in)"
    r"|dolly|dollies|pan(s|ning)?|tilt(s|ing)?|zoom(s|ing)?|track(s|ing)? (shot|in|out|left|right|along)|tracking"
    r"|orbit(s|ing)?|crane|handheld|hand-held|steadicam|gimbal|drone|aerial|pov|first-person|close-?up|wide shot"
    r"|static shot|locked[ -]off|follow(s|ing)? shot|whip|arc shot|rack focus|timelapse|time-lapse)\b"
    r"|镜头|运镜|推进|拉远|摇|平移|跟拍|环绕|航拍|俯拍|变焦|特写|カメラ|카메라",
    re.IGNORECASE,
)


def check(request: ShotRequest, model: Model, media: Probed) -> list[Problem]:
    """Problems first, then warnings. A vendor’s field is named by the neutral one that it carries, if there is one."""
    vendor = vendor_file(model.vendor)
    carried = {param.name: param.carries for param in model.params if param.carries}
    found = [
        replace(problem, field=carried.get(problem.field, problem.field))
        for problem in vendor.problems(vendor.body(request, model), media)
    ]
    # Where a vendor's page has advice of its own on a field, it stands in the place of the general one.
    warned = {problem.field for problem in found if problem.level is Level.WARNING}
    general = [problem for problem in shared_advice(request, model) if problem.field not in warned]
    found = [*vendor.unfit(request, model), *found, *general, *craft(request, media)]
    return sorted(found, key=lambda problem: problem.level is Level.WARNING)


def shared_advice(request: ShotRequest, model: Model) -> Iterator[Problem]:
    if is_wordy(request.prompt, model):
        text = f"The prompt has {len(request.prompt):,} characters. A shorter one, up to about 500, works better."
        yield warn("prompt", text)
    if request.seconds < CHOPPY_BELOW:
        yield warn("seconds", "Below 5 s movement looks choppy. 5 to 10 s works best.")
    if request.seconds > SLOW_ABOVE:
        yield warn("seconds", "Above 10 s a shot takes much longer to make. 5 to 10 s works best.")
    if model.real_people is False and has_pictures(request):
        text = f"{model.label} refuses pictures and videos of real people. If these show any, choose a Face model."
        yield warn("references", text)


def is_wordy(prompt: str, model: Model) -> bool:
    """500 characters; where no length is stated, the pages advise 1000 words unless it is Chinese."""
    if model.prompt[1] is not None or CHINESE.search(prompt):
        return len(prompt) > ADVISED_CHARACTERS
    return len(prompt.split()) > ADVISED_WORDS


def craft(request: ShotRequest, media: Probed) -> Iterator[Problem]:
    if request.prompt and not CAMERA.search(request.prompt):
        text = "No camera move is named. Say in this order: who or what, what happens, how the camera moves, the style."
        yield warn("prompt", text)
    if longest(request, media) > LONG_REFERENCE:
        text = "Every second of a reference video is billed. Trim it: 2 s are usually enough to show a style."
        yield warn("references", text)


def warn(field: str, sentence: str) -> Problem:
    return Problem(field=field, sentence=sentence, level=Level.WARNING)


def has_pictures(request: ShotRequest) -> bool:
    return bool(request.opening or request.landing or request.urls(Kind.IMAGE) or request.urls(Kind.VIDEO))


def longest(request: ShotRequest, media: Probed) -> float:
    """Of the reference videos that a person chose; the motion tail is trimmed already."""
    urls = [reference.url for reference in request.references if reference.kind is Kind.VIDEO]
    found = [media.get(url) for url in urls]
    return max((float(clip.seconds) for clip in found if clip and clip.seconds), default=0)
