"""The State Council's notices of holidays 放假 and make-up working days 调休, as shipped with chinesecalendar.

Years without a notice are absent: nobody may guess them.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from chinese_calendar.constants import holidays, workdays

from panshi.calc.working_time import OfficialYear


@cache
def official_years() -> Mapping[int, OfficialYear]:
    """Every year a notice is known for."""
    off: dict[int, set[date]] = defaultdict(set)
    made_up: dict[int, set[date]] = defaultdict(set)
    for day in holidays:
        off[day.year].add(day)
    for day in workdays:
        made_up[day.year].add(day)
    return MappingProxyType(
        {
            year: OfficialYear(frozenset(off[year]), frozenset(made_up[year]))
            for year in range(min(off), max(off) + 1)
            if off[year]
        }
    )
