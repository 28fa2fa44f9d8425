"""Types of what comes in and goes out. Money and days are text both ways; nothing is guessed from another type."""

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Final

from ninja.params.functions import Path
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    WithJsonSchema,
)

MOST_KEY: Final = 2**63 - 1
KEY: Any = Path(
    ...,
    ge=1,
    le=MOST_KEY,
    description="The record's id",
)


def _day(given: Any) -> dt.date:
    if not isinstance(given, str) or not _DAY.fullmatch(given):
        raise ValueError("a day such as 2026-11-21")
    return dt.date.fromisoformat(given)


def _money(given: Any) -> Decimal:
    if not isinstance(given, str) or not _MONEY.fullmatch(given):
        raise ValueError("an amount as text such as 1250000.00")
    return Decimal(given)


_DAY: Final = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_MONEY: Final = re.compile(r"[0-9]{1,16}(\.[0-9]{1,2})?")
Day = Annotated[
    dt.date,
    BeforeValidator(_day),
    WithJsonSchema(
        {"type": "string", "format": "date", "pattern": f"^{_DAY.pattern}$", "examples": ["2026-11-21"]}
    ),
]
"""A day as text, a `datetime.date` for us."""

Money = Annotated[
    Decimal,
    BeforeValidator(_money),
    WithJsonSchema({"type": "string", "pattern": f"^{_MONEY.pattern}$", "examples": ["1250000.00"]}),
]
"""An amount as text, a `Decimal` for us."""

Text = Annotated[StrictStr, Field(max_length=4000)]
Line = Annotated[StrictStr, Field(max_length=200)]
Key = Annotated[StrictInt, Field(ge=1, le=MOST_KEY)]
CustomValue = StrictStr | StrictBool | StrictInt | list[StrictStr] | None


class In(BaseModel):
    """What comes in: a field nobody knows is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class Asked(BaseModel):
    """What every list may be asked."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many records a page holds")
    cursor: str | None = Field(None, max_length=600, description="The `cursor` of the page before")


class AskedFields(BaseModel):
    """Which fields of one record are wanted."""

    model_config = ConfigDict(extra="forbid")

    fields: str | None = Field(None, max_length=2000, description="Only these fields, joined by commas")


class Out(BaseModel):
    """What goes out; documented here, written by `writing`."""


class PageOut(Out):
    """A page of a list."""

    next: str | None = Field(description="The address of the next page, null on the last one")
    cursor: str | None = Field(description="The same as a value of `cursor`")


class FieldError(Out):
    """What is wrong with one field."""

    field: str
    message: str


class ProblemOut(Out):
    """Every error of the API (RFC 9457). `type` tells which one it is and never changes."""

    type: str = Field(examples=["urn:panshi:problem:invalid"])
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldError] | None = Field(None, description="Errors of single fields")
