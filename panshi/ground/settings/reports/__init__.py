"""Reads of settings: values in force with their history, dictionaries, custom fields, the calendar, own choices."""

from panshi.ground.settings.reports.calendar import (
    CannotReadNotice,
    NoticeDay,
    YearRow,
    calendar_years,
    official_calendar,
    official_years,
    read_notice,
)
from panshi.ground.settings.reports.custom import (
    all_fields,
    choices_by_place,
    custom_fields,
    custom_values,
    filled_counts,
    holders_of,
    lacking_among,
    specs_of,
    texts_found,
)
from panshi.ground.settings.reports.dictionaries import (
    ChoiceRow,
    DictionaryRow,
    choices_of,
    dictionaries,
    offered,
    records_using,
)
from panshi.ground.settings.reports.numbering import SeriesRow, number_series
from panshi.ground.settings.reports.preferences import preference
from panshi.ground.settings.reports.values import PastValue, Standing, setting_history, standing, value

__all__ = [
    "CannotReadNotice",
    "ChoiceRow",
    "DictionaryRow",
    "NoticeDay",
    "PastValue",
    "SeriesRow",
    "Standing",
    "YearRow",
    "all_fields",
    "calendar_years",
    "choices_by_place",
    "choices_of",
    "custom_fields",
    "custom_values",
    "dictionaries",
    "filled_counts",
    "holders_of",
    "lacking_among",
    "number_series",
    "offered",
    "official_calendar",
    "official_years",
    "preference",
    "read_notice",
    "records_using",
    "setting_history",
    "specs_of",
    "standing",
    "texts_found",
    "value",
]
