"""How boards are written: `{% load boards %}` gives lengths, prices and the words of joints."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.timesince import timesince

from storyboard.boards.times import in_words
from storyboard.providers.base import Quote

register = template.Library()
MINUTE = 60
CENT = Decimal("0.01")


@register.filter
def span(seconds: int | Decimal) -> str:
    """41 s, 1:06."""
    whole = int(seconds)
    return f"{whole} s" if whole < MINUTE else f"{whole // MINUTE}:{whole % MINUTE:02}"


@register.filter
def dollars(micro_usd: int | None) -> str:
    """Micro-dollars as people write them; what is less than a cent says so."""
    if micro_usd is None:
        return ""
    amount = Decimal(micro_usd) / 1_000_000
    return "under $0.01" if 0 < amount < CENT else f"${amount.quantize(CENT, ROUND_HALF_UP):,f}"


@register.filter
def credit(number: int) -> str:
    return f"{number:,} credit{'' if number == 1 else 's'}"


@register.filter
def price(quote: Quote) -> str:
    """What a vendor will ask, in its own credits where it counts in credits."""
    if quote.credits is not None:
        return f"{quote.credits:,} cr"
    return dollars(quote.micro_usd) if quote.micro_usd is not None else "price unknown"


@register.filter
def full_price(quote: Quote) -> str:
    """850 credits · $0.85"""
    said = [credit(quote.credits)] if quote.credits is not None else []
    said += [dollars(quote.micro_usd)] if quote.micro_usd is not None else []
    return " · ".join(said) or "Price unknown"


@register.filter
def length_of(text: str) -> str:
    """How many characters; as the counter writes them."""
    return f"{len(text):,}"


@register.filter
def counted(number: int) -> str:
    """4,000"""
    return f"{number:,}"


@register.filter
def about(seconds: int) -> str:
    """How long it takes to make: about 9 min."""
    return in_words(seconds)


@register.filter
def ago(moment: datetime) -> str:
    """Two minutes ago; just now."""
    said = timesince(moment, depth=1)
    return "just now" if said.startswith("0") else f"{said} ago"
