"""When a person is left alone: quiet hours, and days the official calendar calls free. Pure date arithmetic."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from panshi.ground.notices.models import DigestRhythm, Rhythm

Works = Callable[[dt.date], bool]
"""Whether a day is worked, by the official calendar."""

MOST_FREE_DAYS: Final = 30
"""No official holiday is longer: a calendar that says otherwise is wrong, and a mail is not held for ever."""


def loud_again(rhythm: Rhythm, moment: dt.datetime, *, works: Works) -> dt.datetime:
    """The first moment not before `moment` (aware, local) at which the person may be disturbed: `moment` itself unless
    it is quiet then."""
    found = _after_hours(rhythm, moment)
    for _free in range(MOST_FREE_DAYS):
        if not rhythm.quiet_on_holidays or works(found.date()):
            break
        tomorrow = dt.datetime.combine(found.date() + dt.timedelta(days=1), dt.time(), tzinfo=found.tzinfo)
        found = _after_hours(rhythm, tomorrow)
    return found


def _after_hours(rhythm: Rhythm, moment: dt.datetime) -> dt.datetime:
    """The end of the quiet hours a moment lies in, the moment itself outside them."""
    first, last, clock = rhythm.quiet_from, rhythm.quiet_to, moment.time()
    if first == last:
        return moment
    end = dt.datetime.combine(moment.date(), last, tzinfo=moment.tzinfo)
    if first < last:
        return end if first <= clock < last else moment
    if clock < last:
        return end
    return end + dt.timedelta(days=1) if clock >= first else moment


def digest_day(rhythm: Rhythm, moment: dt.datetime, *, works: Works) -> bool:
    """Whether the digest is due at a moment (aware, local): its hour has come on a day it comes on."""
    if rhythm.digest == DigestRhythm.NEVER or moment.time() < rhythm.digest_at or not works(moment.date()):
        return False
    if rhythm.digest == DigestRhythm.DAILY:
        return True
    monday = moment.date() - dt.timedelta(days=moment.weekday())
    earlier = (monday + dt.timedelta(days=number) for number in range(moment.weekday()))
    return not any(works(day) for day in earlier)
