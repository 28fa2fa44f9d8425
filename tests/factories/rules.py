"""One sound decision table, and the ways it is drafted and published."""

import datetime as dt
from typing import Any

from panshi.engines.expressions import Column, HitPolicy, Kind, Row, Table
from panshi.ground.rules.content import Case, Content
from panshi.ground.rules.models import RuleTable, RuleVersion
from panshi.ground.rules.services import (
    create_table,
    publish_table,
    save_draft,
)
from tests.factories.organisation import AT, SYSTEM

TODAY = dt.date(2026, 11, 21)
NEXT = dt.date(2026, 12, 1)

TONNES = Column("tonnes", "月用量", Kind.NUMBER)
SALES = Column("sales", "年销售额", Kind.MONEY)
GRADE = Column("grade", "等级", Kind.TEXT, required=False)
SOUND = Table(
    (TONNES, SALES),
    (GRADE,),
    (
        Row((">= 20", ">= 500万"), ("A",), "大户"),
        Row((">= 20", "< 500万"), ("B",)),
        Row(("< 20", "-"), ("C",)),
    ),
    HitPolicy.UNIQUE,
)
CASES = (Case("大户", {"tonnes": "25", "sales": "600万"}, {"grade": "A"}),)


def drafted(content: Content | None = None, **more: Any) -> RuleTable:
    """A table with a draft; `more` sets columns of the row."""
    table = create_table(key="discount", name="折扣", by=SYSTEM, at=AT)
    if more:
        RuleTable.objects.filter(pk=table.pk).update(**more)
    return save_draft(
        table_id=table.pk, content=content or Content(SOUND, CASES), expected_version=1, by=SYSTEM, at=AT
    )


def publish(table: RuleTable, *, from_on: dt.date = TODAY, note: str = "首版", **more: Any) -> RuleVersion:
    """The draft, published from a day on."""
    given = {"expected_version": RuleTable.objects.get(pk=table.pk).version, "by": SYSTEM, "at": AT} | more
    return publish_table(table_id=table.pk, from_on=from_on, note=note, **given)


def again(table: RuleTable, content: Content) -> RuleTable:
    """Another draft of a table."""
    version = RuleTable.objects.get(pk=table.pk).version
    return save_draft(table_id=table.pk, content=content, expected_version=version, by=SYSTEM, at=AT)
