"""Amounts: how they are read from text and to how many places they are kept.

Ledger amounts and quantities are decimals of 18 digits with 4 places; rounding is half up, as on an invoice.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from panshi.calc.reading import Problem, Unreadable

LEDGER_DIGITS = 18
LEDGER_PLACES = 4
PRICE_PLACES = 8

_AMOUNT = re.compile(
    r"""(?P<opening>\()?\s*
        (?P<sign>[+-])?\s*(?:[¥￥]|RMB|CNY|人民币)?\s*(?P<inner_sign>[+-])?\s*
        (?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?P<exponent>E[+-]?\d{1,2})?\s*
        (?P<unit>万|亿)?\s*(?:元|圆|RMB|CNY|人民币)?整?\s*
        (?P<trailing_sign>-)?(?P<closing>\))?""",
    re.VERBOSE | re.IGNORECASE,
)
_UNITS = {None: Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}


def read_amount(text: str, places: int = LEDGER_PLACES, digits: int = LEDGER_DIGITS) -> Decimal:
    """The amount a person meant by `text`, rounded half up to `places`.

    Understands full-width characters, thousands separators, yuan signs and words, 万 and 亿, accounting brackets
    and a trailing minus. Raises `Unreadable` when empty, when the meaning is not certain (`1.234,50`, `$5`,
    `1,23`), or when more than `digits` digits would be needed.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    if not plain:
        raise Unreadable(Problem.MISSING, text)
    match = _AMOUNT.fullmatch(plain)
    if match is None or (match["opening"] is None) != (match["closing"] is None):
        raise Unreadable(Problem.UNREADABLE, text)
    signs = [match[name] for name in ("opening", "sign", "inner_sign", "trailing_sign") if match[name]]
    if len(signs) > 1:
        raise Unreadable(Problem.UNREADABLE, text)
    if len(match["number"]) > 60:
        raise Unreadable(Problem.TOO_LARGE, text)
    magnitude = Decimal(match["number"].replace(",", "") + (match["exponent"] or "")) * _UNITS[match["unit"]]
    if magnitude.adjusted() >= digits - places:
        raise Unreadable(Problem.TOO_LARGE, text)
    rounded = round_amount(magnitude, places)
    if rounded.adjusted() >= digits - places:
        raise Unreadable(Problem.TOO_LARGE, text)
    return -rounded if signs and signs[0] in "(-" else rounded


def round_amount(amount: Decimal, places: int = LEDGER_PLACES) -> Decimal:
    """`amount` rounded half up (away from zero) to `places`."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
