"""Values in Microsoft Project XML: the parsed tree without its namespace, and its texts as numbers, dates, amounts.

Every text that is not what the schema promises raises `CannotReadPlan` naming the element.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from .errors import CannotReadPlan

NAMESPACE = "http://schemas.microsoft.com/project"
KIND = "Microsoft Project XML"
_AMOUNT = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def parse_project(raw: bytes) -> Element:
    """Root `Project` element with plain tag names; entities and document types are refused, never expanded."""
    try:
        root: Element = fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as error:
        raise CannotReadPlan(KIND, "it declares entities or a document type, which no plan needs") from error
    except (ParseError, ValueError, LookupError) as error:
        raise CannotReadPlan(KIND, f"the XML breaks off or is damaged ({error})") from error
    if root.tag not in ("Project", f"{{{NAMESPACE}}}Project"):
        raise CannotReadPlan(KIND, f"the outermost element is {root.tag!r}, not a project")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def text(element: Element, tag: str) -> str:
    """Text of a child, empty when it is missing."""
    return (element.findtext(tag) or "").strip()


def integer(element: Element, tag: str, default: int = 0) -> int:
    """Whole number in a child."""
    return round(decimal(element, tag, default))


def decimal(element: Element, tag: str, default: float = 0.0) -> float:
    """Number in a child."""
    value = text(element, tag)
    try:
        found = float(value) if value else default
    except ValueError as error:
        raise _bad(element, tag, value) from error
    if not math.isfinite(found):
        raise _bad(element, tag, value)
    return found


def flag(element: Element, tag: str, default: bool = False) -> bool:
    """Truth value in a child."""
    value = text(element, tag).lower()
    return value in ("1", "true") if value else default


def moment(element: Element, tag: str) -> datetime | None:
    """Local date and time in a child; Project's "NA" is None."""
    value = text(element, tag)
    if not value or value == "NA":
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError as error:
        raise _bad(element, tag, value) from error


def day(element: Element, tag: str) -> date | None:
    """Date in a child that holds a date and time."""
    found = moment(element, tag)
    return None if found is None else found.date()


def minute_of_day(element: Element, tag: str) -> int | None:
    """Time of day in a child, as minutes after midnight."""
    value = text(element, tag)
    if not value:
        return None
    try:
        found = time.fromisoformat(value)
    except ValueError as error:
        raise _bad(element, tag, value) from error
    return found.hour * 60 + found.minute


def amount(element: Element, tag: str) -> int | None:
    """Duration in a child, as whole seconds."""
    value = text(element, tag)
    if not value:
        return None
    found = _AMOUNT.fullmatch(value)
    if found is None:
        raise _bad(element, tag, value)
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
    total = round(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    return -total if found[1] else total


def _bad(element: Element, tag: str, value: str) -> CannotReadPlan:
    return CannotReadPlan(KIND, f"{element.tag} {text(element, 'UID') or '?'}: {tag} is {value!r}")
