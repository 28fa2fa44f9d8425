"""Reads of settings: the value in force, the settings of a topic as the page shows them, the history of one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.ground.settings.catalogue import BY_CODE, SETTINGS
from panshi.ground.settings.models import SettingValue
from panshi.ground.settings.once import once
from panshi.ground.settings.registry import CannotReadSetting, Setting


def value(code: str) -> Any:
    """The value in force of a declared setting, of the type its kind names; one query for all settings of a request.

    Everybody's work depends on settings, so no viewer is asked. A code nobody declared raises `KeyError`.
    """
    setting = BY_CODE[code]
    return read_or_default(setting, once("settings", _in_force).get(code))


def _in_force() -> Mapping[str, str]:
    rows = SettingValue.objects.filter(current=True, is_default=False)
    return dict(rows.values_list("code", "value"))


def read_or_default(setting: Setting, stored: str | None) -> Any:
    """The stored value, or the default where none is or a newer version no longer allows it."""
    if stored is None:
        return setting.default
    try:
        return setting.read(stored)
    except CannotReadSetting:
        return setting.default


@dataclass(frozen=True, slots=True)
class Standing:
    """A setting with the value in force: who set it when and why (nobody: the shipped default), and its number."""

    setting: Setting
    value: Any
    is_default: bool
    number: int
    by: str
    at: dt.datetime | None
    reason: str

    @property
    def words(self) -> str:
        """The value as people read it."""
        return self.setting.words(self.value)

    @property
    def default_words(self) -> str:
        """The shipped default as people read it."""
        return self.setting.words(self.setting.default)


def standing(*, viewer: Viewer) -> list[Standing]:
    """All settings in the order of their topics, with who, when and why; two queries."""
    viewer.require("settings.manage")
    rows = {row.code: row for row in SettingValue.objects.visible_to(viewer).filter(current=True)}
    names = names_of(row.by_id for row in rows.values())
    return [_standing(setting, rows.get(setting.code), names) for setting in SETTINGS]


def _standing(setting: Setting, row: SettingValue | None, names: Mapping[int, str]) -> Standing:
    if row is None:
        return Standing(setting, setting.default, True, 0, "", None, "")
    known = setting.default if row.is_default else read_or_default(setting, row.value)
    by = names.get(row.by_id or 0, "")
    return Standing(setting, known, row.is_default, row.number, by, row.at, row.reason)


@dataclass(frozen=True, slots=True)
class PastValue:
    """One value a setting had: from when, by whom, why; `before` is what it replaced."""

    number: int
    words: str
    before: str
    by: str
    at: dt.datetime
    reason: str
    current: bool
    is_default: bool


def setting_history(code: str, *, viewer: Viewer, limit: int = 100) -> list[PastValue]:
    """The values of a setting, newest first; two queries."""
    viewer.require("settings.manage")
    setting = BY_CODE[code]
    rows = list(SettingValue.objects.visible_to(viewer).filter(code=code).order_by("-number")[: limit + 1])
    names = names_of(row.by_id for row in rows)

    def words(row: SettingValue) -> str:
        if row.is_default:
            return setting.words(setting.default)
        try:
            return setting.words(setting.read(row.value))
        except CannotReadSetting:
            return row.value

    before = [*(words(row) for row in rows[1:]), setting.words(setting.default)]
    return [
        PastValue(
            number=row.number,
            words=words(row),
            before=before[place],
            by=names.get(row.by_id or 0, ""),
            at=row.at,
            reason=row.reason,
            current=row.current,
            is_default=row.is_default,
        )
        for place, row in enumerate(rows[:limit])
    ]
