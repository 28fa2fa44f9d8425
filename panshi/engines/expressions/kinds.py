"""What every part of the seam shares: kinds of value, plain values, and the refusal `BadExpression`.

Messages here carry a code and parameters; words are given by the faces, in the reader's language.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, TypeAlias

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
"""What JSON can hold; decimals and dates stand in it as text."""

Exact: TypeAlias = str | Decimal | dt.date | bool | tuple[str, ...] | None
"""A value in exact form: no floats."""

Given: TypeAlias = object
"""A value as callers hand it in; anything that is no text, number, date, truth or list of text is refused."""

MOST_DIGITS: Final = 20
"""Digits before the point of a number that may pass the seam; the engine's own decimals hold 28 in all."""
MOST_PLACES: Final = 8
MOST_TEXT: Final = 4_000
MOST_ITEMS: Final = 1_000


class Kind(enum.StrEnum):
    """What a name stands for. Money is exact to the fen; a choice is a text out of a known list."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    LIST = "list"


class BadExpression(Exception):
    """An expression, cell or value that is refused: `code` says why, `params` names the parts of the sentence."""

    def __init__(self, code: str, params: Mapping[str, str | int] | None = None) -> None:
        self.code = code
        self.params: dict[str, str | int] = dict(params or {})
        super().__init__(f"{code} {self.params}" if self.params else code)


def exact_number(value: Given) -> Decimal:
    """The number, exactly: a float counts as its shortest text. Raises `BadExpression` (bad_number, number_size)."""
    if isinstance(value, bool):
        raise BadExpression("bad_number", {"value": str(value)})
    if isinstance(value, str) and (len(value) > 64 or not value.isascii()):
        raise BadExpression("bad_number", {"value": value[:40]})
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except ArithmeticError as error:
        raise BadExpression("bad_number", {"value": str(value)[:40]}) from error
    if not number.is_finite():
        raise BadExpression("bad_number", {"value": str(value)[:40]})
    if number and number.adjusted() >= MOST_DIGITS:
        raise BadExpression("number_size", {"digits": MOST_DIGITS})
    if decimal_places(number) > MOST_PLACES:
        if isinstance(value, float):
            return round(number, MOST_PLACES)
        raise BadExpression("number_places", {"places": MOST_PLACES})
    return number


def decimal_places(number: Decimal) -> int:
    """Places after the point that are not trailing zeros, found without expanding huge exponents."""
    _sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or exponent >= 0 or not number:
        return 0
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -exponent - zeros)


def exact_date(value: Given) -> dt.date:
    """The calendar day. Raises `BadExpression` (bad_date)."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str) and len(value) == 10:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise BadExpression("bad_date", {"value": str(value)[:40]})


def exact_text(value: Given) -> str:
    """The text. Raises `BadExpression` (bad_text, text_size)."""
    if not isinstance(value, str):
        raise BadExpression("bad_text", {"value": str(value)[:40]})
    if len(value) > MOST_TEXT:
        raise BadExpression("text_size", {"most": MOST_TEXT})
    return value


def exact_truth(value: Given) -> bool:
    """True or false, nothing else. Raises `BadExpression` (bad_truth)."""
    if not isinstance(value, bool):
        raise BadExpression("bad_truth", {"value": str(value)[:40]})
    return value


def exact_list(value: Given) -> tuple[str, ...]:
    """A list of texts. Raises `BadExpression` (bad_list, list_size)."""
    if not isinstance(value, list | tuple):
        raise BadExpression("bad_list", {"value": str(value)[:40]})
    if len(value) > MOST_ITEMS:
        raise BadExpression("list_size", {"most": MOST_ITEMS})
    return tuple(exact_text(item) for item in value)


def exact(value: Given, kind: Kind) -> Exact:
    """`value` as its kind, exactly; None stays None. Raises `BadExpression`."""
    if value is None:
        return None
    if kind in (Kind.NUMBER, Kind.MONEY):
        return exact_number(value)
    if kind is Kind.DATE:
        return exact_date(value)
    if kind is Kind.BOOLEAN:
        return exact_truth(value)
    if kind is Kind.LIST:
        return exact_list(value)
    return exact_text(value)


def plain(value: Exact) -> Plain:
    """`value` for JSON: whole numbers as integers, other numbers and dates as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value
