"""Types for reading vendors' answers: a field that is not what we know must not hide the rest of a paid task.

The vendors' answer models are made of them.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator


def or_none(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return None


Text = Annotated[str | None, WrapValidator(or_none)]
Int = Annotated[int | None, WrapValidator(or_none)]
Number = Annotated[Decimal | None, WrapValidator(or_none)]
Texts = Annotated[list[str] | None, WrapValidator(or_none)]


class Created(BaseModel):
    """What alone must be in the answer to a submission. The id will stand in a URL."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$")]


def moment(seconds: int | None) -> datetime | None:
    """A time stamp of a vendor; nothing when it is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, OSError, ValueError):
        return None
