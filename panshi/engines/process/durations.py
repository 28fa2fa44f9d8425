"""How long a timer waits, read from our properties (working days and hours) or from an ISO 8601 duration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from .types import Duration

MOST_DAYS: Final = 3_650
"""Ten years: whoever writes more has mistaken the unit."""

_ISO: Final = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
_DAYS: Final = re.compile(r"\d{1,4}", re.ASCII)
_HOURS: Final = re.compile(r"\d{1,5}(\.\d{1,2})?", re.ASCII)
_DAY: Final = 86_400


def iso_duration(text: str) -> Duration | None:
    """`P3D`, `PT4H30M`, `P1M`: calendar time; none when it is no duration, nothing, or too long."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        return None
    part = {name: int(value) for name, value in found.groupdict(default="0").items()}
    months = 12 * part["years"] + part["months"]
    days = 7 * part["weeks"] + part["days"]
    seconds = _DAY * days + 3_600 * part["hours"] + 60 * part["minutes"] + part["seconds"]
    if not (months or seconds) or months * 30 + seconds / _DAY > MOST_DAYS:
        return None
    return Duration(months=months, seconds=seconds)


def working_duration(settings: Mapping[str, str]) -> Duration | None:
    """The properties `days` and `hours`: working time; none when they are no numbers, nothing, or too long."""
    days, hours = settings.get("days", "0").strip(), settings.get("hours", "0").strip()
    if not _DAYS.fullmatch(days) or not _HOURS.fullmatch(hours):
        return None
    minutes = round(float(hours) * 60)
    if not (int(days) or minutes) or int(days) > MOST_DAYS or minutes > MOST_DAYS * 60:
        return None
    return Duration(work_days=int(days), work_minutes=minutes)
