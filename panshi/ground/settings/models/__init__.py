"""Tables of settings: number series, a person's own choices, values of settings with their history, dictionaries,
custom fields with their values, the official calendar, and saved views of lists."""

from panshi.ground.settings.models.calendar import CalendarDay, CalendarYear, DayKind
from panshi.ground.settings.models.choices import Numbering, Preference
from panshi.ground.settings.models.custom import CustomField, CustomValue, FieldKind, RecordKind
from panshi.ground.settings.models.dictionaries import Dictionary, DictionaryValue
from panshi.ground.settings.models.values import SettingValue
from panshi.ground.settings.models.views import ListView, Sharing

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "CustomField",
    "CustomValue",
    "DayKind",
    "Dictionary",
    "DictionaryValue",
    "FieldKind",
    "ListView",
    "Numbering",
    "Preference",
    "RecordKind",
    "SettingValue",
    "Sharing",
]
