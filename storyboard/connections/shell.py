"""What `manage.py provider` needs besides a terminal: words into requests, outcomes into lines, JSON and exit codes.

Only that command calls it. No network and no database in here.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from typing import Any

from storyboard.connections.vendors import model_at, models_at
from storyboard.providers import preflight, price
from storyboard.providers.base import Body, Kind, Level, Media, Problem, Quote, Reference, ShotRequest, Task
from storyboard.providers.catalog import Model, Rate
from storyboard.providers.dispatch import vendor_file
from storyboard.providers.errors import NotCreated, ProviderError, Refused, Unavailable, Unknown

ENDINGS = {Kind.VIDEO: (".mp4", ".mov", ".webm", ".m4v"), Kind.AUDIO: (".mp3", ".wav", ".m4a", ".ogg", ".flac")}
CLASSES: dict[type[ProviderError], tuple[str, int]] = {
    Refused: ("refused", 1),
    Unknown: ("unknown", 3),
    NotCreated: ("not_created", 4),
    Unavailable: ("unavailable", 4),
}


class Exit(IntEnum):
    OK = 0
    REFUSED = 1
    USAGE = 2
    UNKNOWN = 3
    NOT_CREATED = 4


class Usage(Exception):
    """The command was called wrongly: one sentence that says how to call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be sent, checked or priced: a vendor's body and, unless that was given as it is, the neutral words."""

    model: Model
    body: Body
    request: ShotRequest | None
    media: Mapping[str, Media | None]

    def problems(self) -> list[Problem]:
        if self.request is not None:
            return preflight.check(self.request, self.model, self.media)
        return vendor_file(self.model.vendor).problems(self.body, self.media)

    def quote(self, rates: Mapping[str, Rate] | None) -> Quote:
        if self.request is not None:
            return price.quote(self.request, self.model, self.media, rates)
        return vendor_file(self.model.vendor).price(self.body, self.model, self.media, rates)


def order(vendor: str, base_url: str, options: Mapping[str, Any], body_text: str | None) -> Order:
    """From a vendor's own body or from neutral words; Usage when the model or the words cannot be read."""
    media = lengths(options["length"])
    if body_text is not None:
        body = parsed(body_text)
        model = known(vendor, base_url, str(body.get("model", "")), missing="Give the body a “model”")
        return Order(model=model, body=body, request=None, media=media)
    model, request = known(vendor, base_url, options["model"], missing="Give --model"), request_of(options)
    return Order(model=model, body=vendor_file(vendor).body(request, model), request=request, media=media)


def known(vendor: str, base_url: str, model_id: str, *, missing: str) -> Model:
    if not model_id:
        names = ", ".join(model.id for model in models_at(vendor, base_url))
        raise Usage(f"{missing}, one of: {names}.")
    try:
        return model_at(vendor, base_url, model_id)
    except ValueError as error:
        raise Usage(str(error)) from None


def parsed(text: str) -> Body:
    try:
        found = json.loads(text, parse_constant=no_number)
    except ValueError as error:
        raise Usage(f"The body is no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise Usage("The body must be one JSON object.")
    return found


def no_number(text: str) -> None:
    """NaN and Infinity, which no vendor's JSON has."""
    raise ValueError(f"{text} is no number")


def request_of(options: Mapping[str, Any]) -> ShotRequest:
    names = ("prompt", "seconds", "ratio", "resolution", "audio", "seed", "search", "opening", "exact", "landing")
    return ShotRequest(
        **{name: options[name] for name in names},
        safety=not options["no_safety"],
        references=tuple(reference(text) for text in options["reference"]),
        motion_tail=options["motion_tail"],
        wants_last_frame=options["last_frame"],
        callback_url=options["callback"],
        fallback=options["fallback"],
    )


def reference(text: str) -> Reference:
    """`video:https://…` or a bare address, whose ending says what it is; a picture when it does not."""
    kind, colon, url = text.partition(":")
    if colon and kind in set(Kind):
        return Reference(url, Kind(kind))
    path = text.partition("?")[0].lower()
    return Reference(text, next((kind for kind, ends in ENDINGS.items() if path.endswith(ends)), Kind.IMAGE))


def lengths(texts: Iterable[str]) -> dict[str, Media | None]:
    """`https://…=7.2`: how long a reference is, which prices and rules depend on."""
    found: dict[str, Media | None] = {}
    for text in texts:
        url, _, seconds = text.rpartition("=")
        try:
            kind = reference(url).kind
            found[url] = Media(kind=kind if kind is not Kind.IMAGE else Kind.VIDEO, seconds=Decimal(seconds))
        except InvalidOperation:
            raise Usage("Write a length as --length URL=SECONDS.") from None
    return found


def as_json(found: object) -> str:
    return json.dumps(found, default=str, ensure_ascii=False, indent=2)


def problem_rows(problems: list[Problem]) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {"problems": [], "warnings": []}
    for problem in problems:
        rows["problems" if problem.level is Level.PROBLEM else "warnings"].append(asdict(problem))
    return rows


def problem_lines(problems: list[Problem]) -> list[str]:
    if not problems:
        return ["Nothing stands in the way."]
    return [f"{each.level}: {each.field}: {each.sentence}{f' [{each.code}]' if each.code else ''}" for each in problems]


def quote_row(quote: Quote) -> dict[str, Any]:
    return asdict(quote)


def quote_lines(quote: Quote) -> list[str]:
    lines = [] if quote.micro_usd is None else [f"${Decimal(quote.micro_usd) / 1_000_000:,.4f}  {quote.basis}"]
    lines += [] if quote.credits is None else [f"{quote.credits:,} credits, {quote.reserved_credits or 0:,} held"]
    lines += [f"List of {quote.as_of}."] if quote.as_of else []
    return [*lines, quote.note] if quote.note else lines


def task_row(task: Task) -> dict[str, Any]:
    """Every field; not asdict(), which would copy the answer's own objects one by one."""
    row = {name: getattr(task, name) for name in Task.__dataclass_fields__}
    return row | {"error": asdict(task.error) if task.error else None, "raw": dict(task.raw)}


def task_lines(task: Task) -> list[str]:
    progress = "" if task.progress is None else f"  {task.progress} %"
    lines = [f"{task.id}  {task.state}{progress}", task.video_url, task.last_frame_url, cost(task)]
    lines += [f"{task.error.sentence} [{task.error.code}: {task.error.message}]"] if task.error else []
    return [line for line in lines if line]


def cost(task: Task) -> str:
    """What the vendor says of money, where it does; EvoLink names what it holds, and not whether that was charged."""
    parts = [] if task.credits is None else [f"{task.credits.normalize():,f} credits"]
    parts += [] if task.micro_usd is None else [f"${Decimal(task.micro_usd) / 1_000_000:,.4f}"]
    return f"Charged or held: {', '.join(parts)}" if parts else ""


def error_row(error: ProviderError) -> dict[str, Any]:
    fields = ("status", "code", "message", "sentence", "request_id", "retryable", "reason")
    return {"error": {"class": class_of(error)[0], **{name: getattr(error, name) for name in fields}}}


def class_of(error: ProviderError) -> tuple[str, int]:
    """The word for the outcome, and the exit code; anything new counts as unknown, which is the careful one."""
    return next((found for kind, found in CLASSES.items() if isinstance(error, kind)), CLASSES[Unknown])
