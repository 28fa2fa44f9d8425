"""Values of settings: who changed them, when and why; back to an earlier one; refused where they cannot be."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Refused, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings import reports
from panshi.ground.settings.catalogue import BY_CODE, SETTINGS
from panshi.ground.settings.models import SettingValue
from panshi.ground.settings.once import reading_once
from panshi.ground.settings.registry import TOPICS, CannotReadSetting, Setting, SettingKind
from panshi.ground.settings.services import (
    CannotChangeSetting,
    change_setting,
    reset_setting,
    restore_setting,
)
from tests.factories.organisation import Company

CODE = "accounts.silent_days"


def change(
    value: object, number: int, *, by: Viewer, at: dt.datetime, reason: str = "按新制度"
) -> SettingValue:
    return change_setting(code=CODE, value=value, reason=reason, expected_number=number, by=by, at=at)


def test_a_setting_has_its_default_until_somebody_changes_it(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    assert reports.value(CODE) == 30
    change("45", 0, by=company.viewer("administrator"), at=at)
    assert reports.value(CODE) == 45
    [shown] = [one for one in reports.standing(viewer=system) if one.setting.code == CODE]
    assert (shown.value, shown.by, shown.at, shown.reason) == (45, "管维", at, "按新制度")
    event = Event.objects.get(kind="settings.value_changed")
    assert {(one.field, one.before, one.after) for one in event.changes.all()} == {
        (CODE, "30", "45"),
        ("reason", "", "按新制度"),
    }


def test_an_earlier_value_and_the_default_come_back_as_new_values(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    change(45, 0, by=system, at=at)
    change(60, 1, by=system, at=at)
    restore_setting(code=CODE, number=1, reason="试行结束", expected_number=2, by=system, at=at)
    assert reports.value(CODE) == 45
    reset_setting(code=CODE, reason="不再特殊", expected_number=3, by=system, at=at)
    assert reports.value(CODE) == 30
    restore_setting(code=CODE, number=2, reason="再试", expected_number=4, by=system, at=at)
    history = reports.setting_history(CODE, viewer=system)
    assert [(one.number, one.before, one.words, one.current) for one in history] == [
        (5, "30 天", "60 天", True),
        (4, "45 天", "30 天", False),
        (3, "60 天", "45 天", False),
        (2, "45 天", "60 天", False),
        (1, "30 天", "45 天", False),
    ]


@pytest.mark.parametrize(
    ("value", "number", "reason", "field"),
    [("", 0, "因为", "value"), ("0", 0, "因为", "value"), ("9999", 0, "因为", "value"), ("45", 0, " ", "reason"),
     ("30", 0, "因为", "value")],
)  # fmt: skip
def test_a_value_out_of_bounds_without_reason_or_without_change_is_refused(
    db: None, system: Viewer, at: dt.datetime, value: str, number: int, reason: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        change(value, number, by=system, at=at, reason=reason)
    assert field in refusal.value.errors
    assert not SettingValue.objects.exists()


def test_unknown_settings_and_values_are_refused(db: None, system: Viewer, at: dt.datetime) -> None:
    with pytest.raises(CannotChangeSetting):
        reset_setting(code="no.such", reason="因为", expected_number=0, by=system, at=at)
    with pytest.raises(CannotChangeSetting):
        restore_setting(code=CODE, number=7, reason="因为", expected_number=0, by=system, at=at)
    with pytest.raises(KeyError):
        reports.value("no.such")


def test_a_value_that_others_changed_meanwhile_is_not_overwritten(
    db: None, system: Viewer, at: dt.datetime
) -> None:
    change(45, 0, by=system, at=at)
    with pytest.raises(Stale) as refusal:
        change(50, 0, by=system, at=at)
    assert refusal.value.theirs == 1
    assert reports.value(CODE) == 45


def test_only_who_manages_settings_changes_and_reads_them(company: Company, at: dt.datetime) -> None:
    director = company.viewer("director")
    with pytest.raises(NotAllowed):
        change(45, 0, by=director, at=at)
    with pytest.raises(NotAllowed):
        reports.standing(viewer=director)
    with pytest.raises(NotAllowed):
        reports.setting_history(CODE, viewer=director)


def test_settings_are_read_once_in_a_request_and_anew_after_a_change(
    db: None, system: Viewer, at: dt.datetime, django_assert_num_queries: object
) -> None:
    assert callable(django_assert_num_queries)
    with reading_once():
        with django_assert_num_queries(1):
            assert [reports.value(setting.code) for setting in SETTINGS] == [one.default for one in SETTINGS]
        change(45, 0, by=system, at=at)
        assert reports.value(CODE) == 45
        SettingValue.objects.filter(code=CODE).update(
            value="46"
        )  # another process; this request goes on as it began
        assert reports.value(CODE) == 45
    assert reports.value(CODE) == 46


def test_a_stored_value_that_is_no_longer_allowed_counts_as_the_default(
    db: None, system: Viewer, at: dt.datetime
) -> None:
    change(45, 0, by=system, at=at)
    SettingValue.objects.update(value="100000")
    assert reports.value(CODE) == 30


def test_the_database_keeps_one_value_in_force(db: None, at: dt.datetime) -> None:
    SettingValue.objects.create(code="x", number=1, value="1", at=at, reason="因为")
    with pytest.raises(IntegrityError), transaction.atomic():
        SettingValue.objects.create(code="x", number=2, value="2", at=at, reason="因为")
    with pytest.raises(IntegrityError), transaction.atomic():
        SettingValue.objects.create(code="y", number=1, value="2", at=at, reason="")


CHOICES = (("a", "甲"), ("b", "乙"))


def made(kind: SettingKind, default: object, **more: object) -> Setting:
    return Setting(code="t", topic="system", label="", kind=kind, default=default, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("setting", "typed", "value", "words"),
    [
        (made("whole", 3, unit="天"), " 5 ", 5, "5 天"),
        (made("number", Decimal(2)), "1,234.50", Decimal("1234.50"), "1234.5"),
        (made("share", Decimal(30)), "12.5%", Decimal("12.5"), "12.5%"),
        (made("yes", False), "on", True, "是"),
        (made("yes", True), "", False, "否"),
        (made("text", "x"), " 文字 ", "文字", "文字"),
        (made("text", "", blank=True), "", "", "未填"),
        (made("choice", "a", choices=CHOICES), "b", "b", "乙"),
        (made("choices", ("a",), choices=CHOICES), ["b", "a"], ("a", "b"), "甲、乙"),
        (made("choices", ("a",), choices=CHOICES), [], (), "无"),
        (made("time", dt.time(8, 30)), "21:05", dt.time(21, 5), "21:05"),
    ],
)
def test_each_kind_reads_what_people_type(setting: Setting, typed: object, value: object, words: str) -> None:
    assert setting.clean(typed) == value
    assert setting.read(setting.write(value)) == value
    with translation.override("zh-hans"):
        assert setting.words(value) == words


@pytest.mark.parametrize(
    ("setting", "typed"),
    [
        (made("whole", 3), "3.5"),
        (made("number", Decimal(2)), "viel"),
        (made("number", Decimal(2)), "NaN"),
        (made("share", Decimal(30), most=100), "101"),
        (made("text", "x"), "  "),
        (made("text", "x"), "长" * 501),
        (made("choice", "a", choices=CHOICES), "c"),
        (made("choices", ("a",), choices=CHOICES), ["a", "c"]),
        (made("time", dt.time(8, 30)), "半夜"),
    ],
)
def test_each_kind_refuses_what_it_is_not(setting: Setting, typed: object) -> None:
    with pytest.raises(CannotReadSetting):
        setting.clean(typed)


def test_every_declared_setting_says_itself_in_both_languages() -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for setting in BY_CODE.values():
                assert str(setting.label)
                assert setting.words(setting.default)
    assert {setting.topic for setting in SETTINGS} <= {topic.code for topic in TOPICS}


def test_a_setting_declared_badly_fails_at_once() -> None:
    with pytest.raises(ValueError, match="names no topic"):
        Setting(code="t", topic="nowhere", label="", kind="yes", default=True)
    with pytest.raises(CannotReadSetting):
        made("whole", 3, most=2)
