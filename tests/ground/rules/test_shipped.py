"""Decision tables shipped as files: sound, loaded once, renewed unless a person decided otherwise."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from panshi.ground.audit.models import Event
from panshi.ground.rules.content import Content, Contract, load_content
from panshi.ground.rules.models import RuleTable, RuleVersion
from panshi.ground.rules.reports import (
    checked,
    decide,
)
from panshi.ground.rules.services import (
    load_shipped,
)
from panshi.ground.rules.services.shipping import SHIPPED
from tests.factories.organisation import AT, SYSTEM
from tests.factories.rules import TODAY, again, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    data = json.loads((SHIPPED / "account_classes.json").read_text("utf-8"))
    (tmp_path / "account_classes.json").write_text(json.dumps(data), "utf-8")
    return tmp_path


def reload(directory: Path, **changes: Any) -> list[str]:
    path = directory / "account_classes.json"
    data = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps(data), "utf-8")
    return load_shipped(by=SYSTEM, at=AT, directory=directory)


def test_every_shipped_table_is_sound_and_loads_once() -> None:
    assert load_shipped(by=SYSTEM, at=AT) == sorted(path.stem for path in SHIPPED.glob("*.json"))
    before = Event.objects.count()
    assert load_shipped(by=SYSTEM, at=AT) == []
    assert Event.objects.count() == before
    for version in RuleVersion.objects.all():
        content = load_content(version.content)
        assert content.cases
        assert checked(content, Contract()).may_publish


def test_the_shipped_classes_decide_as_the_purpose_says() -> None:
    load_shipped(by=SYSTEM, at=AT)
    values = {
        "ownership_type": "民营企业",
        "industry_section": "C",
        "monthly_tonnes": Decimal("20"),
        "yearly_sales": Decimal("5000000.00"),
        "group_size": 3,
        "is_strategic": False,
    }
    found = decide("account_classes", values=values, on=dt.date(2026, 1, 1))
    assert [one["account_class"] for one in found.outputs] == ["高值客户", "集团客户"]
    low = {**values, "yearly_sales": Decimal("4999999.99"), "group_size": None}
    assert decide("account_classes", values=low, on=TODAY).outputs == ()


def test_a_new_shipped_file_becomes_a_version_unless_a_person_decided(shipped: Path) -> None:
    reload(shipped)
    assert reload(shipped, note="新版默认规则") == ["account_classes"]
    table = RuleTable.objects.get(key="account_classes")
    assert list(table.versions.order_by("number").values_list("is_shipped", "from_on")) == [
        (True, dt.date(2000, 1, 1)),
        (True, TODAY),
    ]
    content = load_content(table.versions.get(number=2).content)
    own = Content(replace(content.table, rows=content.table.rows[:4]))
    publish(again(table, own), note="公司自己的规则")
    assert reload(shipped, note="又一版", purpose="新的说明") == ["account_classes"]
    table.refresh_from_db()
    assert (table.versions.count(), table.purpose) == (3, "新的说明")
    assert load_content(table.versions.get(number=3).content) == own
