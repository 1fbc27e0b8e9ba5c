"""What each vendor and model can do, as rows of data. The rows stand in the vendors' own files.

models("reapi"), model("reapi", "doubao-seedance-2.0-face"), vendor("reapi"), vendors()
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Literal

from storyboard.providers.base import Kind, Mode

VENDOR_FILES = ("reapi", "apimart", "evolink", "ark")
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One field of a vendor's request body, as its documentation has it."""

    name: str
    type: Literal["string", "integer", "boolean", "strings", "objects", "object"]
    default: object = None
    required: bool = False
    choices: tuple[object, ...] = ()
    low: int | None = None
    high: int | None = None
    # The neutral field of ShotRequest that it carries.
    carries: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """What a vendor takes of one kind of reference; None is no limit that its documentation states."""

    count: int = 0
    seconds_each: tuple[Decimal, Decimal] | None = None
    # Both ends count as inside unless `open_total`.
    seconds_total: tuple[Decimal, Decimal] | None = None
    open_total: bool = False
    side: tuple[int, int] | None = None
    pixels: tuple[int, int] | None = None
    aspect: tuple[Decimal, Decimal] | None = None
    bytes: int | None = None
    fps: tuple[int, int] | None = None
    formats: tuple[str, ...] = ()
    asset_urls: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars a second, for text alone and with references."""

    text: Decimal
    ref: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    id: str
    vendor: str
    label: str
    modes: tuple[Mode, ...]
    params: tuple[Param, ...]
    resolutions: tuple[str, ...]
    ratios: tuple[str, ...] = RATIOS
    seconds: tuple[int, int] = (4, 15)
    prompt: tuple[int, int | None] = (0, 4000)
    prompt_required: tuple[Mode, ...] = (Mode.TEXT,)
    limits: Mapping[Kind, MediaLimits] = field(default_factory=dict)
    # Whether pictures and clips of real people pass; None is not stated.
    real_people: bool | None = None
    returns_last_frame: bool = False
    takes_seed: bool = False
    takes_search: bool = False
    takes_safety: bool = False
    takes_fallback: bool = False
    takes_exact_opening: bool = False
    takes_landing: bool = False
    takes_motion: bool = False
    # Whether other references may stand beside the opening frame.
    references_beside_opening: bool = False
    pixels: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    rates: Mapping[str, Rate] = field(default_factory=dict)
    rates_as_of: date | None = None
    fast: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    id: str
    label: str
    base_url: str
    console_url: str
    # What a callback needs: none offered, or the field's name and its rules.
    callback_field: str = ""
    callback_https_only: bool = False
    callback_suffix: str = ""
    # The only ports that it calls, where its pages name some.
    callback_ports: tuple[int, ...] = ()
    result_life: timedelta = timedelta(hours=24)
    longest_run: timedelta = timedelta(hours=48)
    longest_run_with_fallback: timedelta = timedelta(hours=48)
    can_list: bool = False
    # How long a task stays in that list.
    list_life: timedelta = timedelta(days=7)
    can_cancel: bool = False
    credit_micro_usd: int | None = None


def poll_pause(age: timedelta) -> timedelta:
    """The wait before asking again about a task of this age: 5 s, after 5 min slowly up to 1 min, after 1 h 3 min."""
    if age < timedelta(minutes=5):
        return timedelta(seconds=5)
    if age < timedelta(hours=1):
        share = (age - timedelta(minutes=5)) / timedelta(minutes=55)
        return timedelta(seconds=5 + round(55 * share))
    return timedelta(minutes=3)


def vendors() -> tuple[Vendor, ...]:
    return tuple(row.vendor for row in rows())


def vendor(vendor_id: str) -> Vendor:
    """KeyError for an unknown vendor."""
    return {found.id: found for found in vendors()}[vendor_id]


def models(vendor_id: str) -> tuple[Model, ...]:
    return {row.vendor.id: row.models for row in rows()}[vendor_id]


def model(vendor_id: str, model_id: str) -> Model:
    """KeyError for an unknown model."""
    return {found.id: found for found in models(vendor_id)}[model_id]


@dataclass(frozen=True, slots=True)
class Rows:
    """One vendor's part of the catalog."""

    vendor: Vendor
    models: tuple[Model, ...]


@cache
def rows() -> tuple[Rows, ...]:
    # Imported late: each vendor's file builds its rows from the classes above.
    return tuple(import_module(f"storyboard.providers.{name}").ROWS for name in VENDOR_FILES)
