"""A value that would silently mean nothing is refused at its field: it is held against what the house knows."""

import datetime as dt

import pytest
from django.test import override_settings
from django.utils import translation

from panshi.domains.ledger.models import Head
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.catalogue import BY_CODE
from panshi.ground.settings.checks import checked_codes
from panshi.ground.settings.models import SettingValue
from panshi.ground.settings.registry import CannotReadSetting
from panshi.ground.settings.reports import value
from panshi.ground.settings.services import change_setting, reset_setting, restore_setting
from tests.factories.organisation import Company


def put(code: str, typed: object, *, by: Viewer, at: dt.datetime, number: int = 0) -> SettingValue:
    return change_setting(code=code, value=typed, reason="按新制度", expected_number=number, by=by, at=at)


@pytest.mark.parametrize(
    ("code", "typed", "told"),
    [
        ("files.extensions", "pdf docx xyz .exe", "xyz exe"),
        ("files.most_megabytes", "600", "512 MB"),
        ("processes.day_begins", "17:30", "17:30"),
        ("processes.day_ends", "08:00", "08:30"),
        ("accounts.class_tonne_units", "，、", "计量单位"),
        ("accounts.class_product_lines", "减速机,飞船", "飞船"),
        ("lists.import_clear_mark", "0", "误清空"),
        ("lists.import_clear_mark", "-", "误清空"),
    ],
)
@override_settings(UPLOAD_LIMIT=512 << 20)
def test_what_makes_no_sense_is_refused_at_the_value_and_says_why(
    company: Company, system: Viewer, at: dt.datetime, code: str, typed: str, told: str
) -> None:
    Head.objects.create(pk=1, changed_at=at, product_lines=["减速机", "联轴器"], regions=[])
    with translation.override("zh-hans"), pytest.raises(CannotReadSetting) as refusal:
        put(code, typed, by=system, at=at)
    assert told in refusal.value.errors["value"]
    assert value(code) == BY_CODE[code].default


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("files.extensions", ".PDF, docx；*.xlsx svg"),
        ("files.most_megabytes", "512"),
        ("processes.day_ends", "18:00"),
        ("accounts.class_product_lines", "减速机、联轴器"),
        ("accounts.class_product_lines", "飞船"),  # nothing is known before the first batch
        ("accounts.class_tonne_units", "kg"),
        ("lists.import_clear_mark", "清空"),
    ],
)
@override_settings(UPLOAD_LIMIT=512 << 20)
def test_what_makes_sense_is_taken(
    company: Company, system: Viewer, at: dt.datetime, code: str, typed: str
) -> None:
    if "、" in typed:
        Head.objects.create(pk=1, changed_at=at, product_lines=["减速机", "联轴器"], regions=[])
    assert put(code, typed, by=system, at=at).value == typed.strip()


def test_the_way_back_is_looked_at_too(company: Company, system: Viewer, at: dt.datetime) -> None:
    put("processes.day_begins", "07:00", by=system, at=at)
    put("processes.day_ends", "08:00", by=system, at=at)
    with pytest.raises(Refused):
        reset_setting(code="processes.day_begins", reason="回去", expected_number=1, by=system, at=at)
    put("processes.day_begins", "06:00", by=system, at=at, number=1)
    put("processes.day_ends", "06:30", by=system, at=at, number=1)
    with pytest.raises(Refused):
        restore_setting(
            code="processes.day_begins", number=1, reason="回去", expected_number=2, by=system, at=at
        )


def test_only_declared_settings_are_looked_at() -> None:
    assert checked_codes() <= set(BY_CODE)
    assert {code for code, setting in BY_CODE.items() if setting.kind in {"text", "time"}} <= checked_codes()
