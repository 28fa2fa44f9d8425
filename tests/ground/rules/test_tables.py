"""Decision tables from draft to decision: published only when sound, held by day, decided with reasons."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from panshi.engines.expressions import Column, HitPolicy, Kind, Row, Table
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.rules.content import Case, Content, Contract, load_content
from panshi.ground.rules.models import RuleTable, RuleVersion
from panshi.ground.rules.reports import (
    CannotDecide,
    Decision,
    breaches,
    checked,
    decide,
    decide_many,
    difference,
)
from panshi.ground.rules.services import (
    CannotCreateTable,
    CannotPublishTable,
    CannotSaveDraft,
    CannotWithdrawVersion,
    create_table,
    discard_draft,
    save_draft,
    withdraw_version,
)
from panshi.ground.settings.once import reading_once
from tests.factories.organisation import AT, SYSTEM
from tests.factories.rules import CASES, GRADE, NEXT, SALES, SOUND, TODAY, TONNES, again, drafted, publish

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="rules.").order_by("pk").values_list("kind", flat=True))


def test_a_table_is_drafted_published_and_decides_with_reasons() -> None:
    version = publish(drafted())
    found = decide("discount", values={"tonnes": 25, "sales": Decimal("5000000.00")}, on=TODAY)
    assert (found.first, found.rows, found.version) == ({"grade": "A"}, (0,), version.number)
    assert found.explanation == "第 1 行：月用量 25（>= 20）；年销售额 5000000.00（>= 500万）"
    assert found.evidence()["conditions"] == [
        [["月用量", "25", ">= 20"], ["年销售额", "5000000.00", ">= 500万"]]
    ]
    assert kinds() == ["rules.created", "rules.drafted", "rules.published"]
    assert RuleTable.objects.get(key="discount").draft == ""


def test_each_day_is_decided_by_the_version_that_held_then() -> None:
    table = drafted()
    publish(table, from_on=dt.date(2026, 1, 1))
    lower = replace(SOUND, rows=(Row((">= 10", "-"), ("A",)), Row(("< 10", "-"), ("C",))))
    publish(again(table, Content(lower)), from_on=NEXT, note="降低门槛")
    values = {"tonnes": 12, "sales": 0}
    assert decide("discount", values=values, on=TODAY).first == {"grade": "C"}
    assert decide("discount", values=values, on=NEXT - dt.timedelta(1)).version == 1
    assert decide("discount", values=values, on=NEXT).first == {"grade": "A"}
    with pytest.raises(CannotDecide):
        decide("discount", values=values, on=dt.date(2025, 12, 31))
    with pytest.raises(CannotDecide):
        decide("nothing", values=values, on=TODAY)


def test_values_that_do_not_fit_are_refused_in_words() -> None:
    publish(drafted())
    with pytest.raises(CannotDecide, match="月用量：“很多”不是数字"):
        decide("discount", values={"tonnes": "很多", "sales": 0}, on=TODAY)
    with pytest.raises(CannotDecide, match="没有给出“年销售额”"):
        decide("discount", values={"tonnes": 1}, on=TODAY)


def test_many_are_decided_in_order_and_a_bad_one_stops_nobody() -> None:
    publish(drafted())
    many = [{"tonnes": 25, "sales": 1}, {"tonnes": None, "sales": 1}, {"tonnes": 1, "sales": 1}]
    found = list(decide_many("discount", many=many, on=TODAY))
    assert [one.first["grade"] if isinstance(one, Decision) else "?" for one in found] == ["B", "?", "C"]


OVERLAPPING = replace(SOUND, rows=(*SOUND.rows, Row(("> 30", "-"), ("D",))))
BROKEN = replace(SOUND, rows=(Row((">= zwanzig", "-"), ("A",)),))
UNKNOWN = replace(SOUND, rows=(Row(("-", "-"), ("= 月用量 + 1",)),))
FAILING = (Case("错的", {"tonnes": "25", "sales": "1"}, {"grade": "A"}),)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (Content(BROKEN), "不是数字"),
        (Content(UNKNOWN), "月用量"),
        (Content(OVERLAPPING), "第 1 行和第 4 行都符合"),
        (Content(SOUND, FAILING), "应为“A”，实际为“B”"),
        (Content(replace(SOUND, rows=())), "至少要有一行"),
        (Content(SOUND, (Case("缺值", {"tonnes": "25"}, {"grade": "A"}),)), "没有值"),
    ],
)
def test_an_unsound_draft_is_kept_but_not_published(content: Content, why: str) -> None:
    table = drafted(content)
    with pytest.raises(CannotPublishTable, match=why):
        publish(table)
    assert not RuleVersion.objects.exists()
    assert load_content(RuleTable.objects.get(pk=table.pk).draft) == content


def test_publishing_wants_a_draft_a_note_and_a_coming_day() -> None:
    table = drafted()
    with pytest.raises(CannotPublishTable) as refused:
        publish(table, note=" ")
    assert "note" in refused.value.errors
    publish(table, from_on=dt.date(2020, 1, 1))
    with pytest.raises(CannotPublishTable, match="没有可发布的草稿"):
        publish(table)
    with pytest.raises(CannotPublishTable) as refused:
        publish(again(table, Content(SOUND)), from_on=TODAY - dt.timedelta(1))
    assert "from_on" in refused.value.errors
    assert RuleVersion.objects.count() == 1


def test_a_version_that_breaks_the_contract_is_refused() -> None:
    contract = {
        "inputs": {"tonnes": "number"},
        "outputs": {"grade": "text", "rate": "number"},
        "choices": {"grade": ["A", "B"]},
    }
    table = drafted(contract=json.dumps(contract))
    with pytest.raises(CannotPublishTable) as refused:
        publish(table)
    for part in ("条件“sales”程序不会提供", "缺少结果列“rate”", "第 3 行的结果“C”程序不认识"):
        assert part in refused.value.message
    assert breaches(SOUND, Contract(inputs={"tonnes": Kind.DATE, "sales": Kind.NUMBER})) == [
        "条件“tonnes”的类型应为日期。"
    ]


def test_two_editors_do_not_overwrite_one_another() -> None:
    table = drafted()
    other = Content(replace(SOUND, policy=HitPolicy.FIRST))
    with pytest.raises(Stale):
        save_draft(table_id=table.pk, content=other, expected_version=1, by=SYSTEM, at=AT)
    with pytest.raises(Stale):
        publish(table, expected_version=1)
    with pytest.raises(Stale):
        discard_draft(table_id=table.pk, expected_version=1, by=SYSTEM, at=AT)
    assert load_content(RuleTable.objects.get(pk=table.pk).draft) == Content(SOUND, CASES)
    assert kinds() == ["rules.created", "rules.drafted"]


def test_saving_the_same_draft_again_changes_nothing() -> None:
    table = drafted()
    assert again(table, Content(SOUND, CASES)).version == table.version
    assert kinds().count("rules.drafted") == 1


def test_a_draft_is_thrown_away() -> None:
    table = drafted()
    discard_draft(table_id=table.pk, expected_version=table.version, by=SYSTEM, at=AT)
    assert RuleTable.objects.get(pk=table.pk).draft == ""
    assert kinds()[-1] == "rules.draft_discarded"


def test_a_coming_version_can_be_taken_back_a_holding_one_not() -> None:
    table = drafted()
    publish(table)
    publish(again(table, Content(SOUND)), from_on=NEXT, note="明年")
    withdraw_version(table_id=table.pk, number=2, by=SYSTEM, at=AT)
    assert decide("discount", values={"tonnes": 1, "sales": 1}, on=NEXT).version == 1
    with pytest.raises(CannotWithdrawVersion):
        withdraw_version(table_id=table.pk, number=1, by=SYSTEM, at=AT)
    assert kinds()[-1] == "rules.withdrawn"
    publish(again(table, Content(SOUND)), from_on=NEXT, note="再来")
    assert decide("discount", values={"tonnes": 1, "sales": 1}, on=NEXT).version == 3


@pytest.mark.parametrize("key", ["", "A", "折扣", "1a2", "a-b", "a" * 61])
def test_keys_are_plain_words(key: str) -> None:
    with pytest.raises(CannotCreateTable):
        create_table(key=key, name="折扣", by=SYSTEM, at=AT)
    assert not RuleTable.objects.exists()


def test_a_key_is_taken_once() -> None:
    create_table(key="discount", name="折扣", by=SYSTEM, at=AT)
    with pytest.raises(CannotCreateTable):
        create_table(key="discount", name="另一个", by=SYSTEM, at=AT)


def test_a_draft_beyond_all_measure_is_refused() -> None:
    table = create_table(key="discount", name="折扣", by=SYSTEM, at=AT)
    huge = Content(replace(SOUND, rows=tuple(Row(("-", "-"), ("A" * 3_000,)) for _n in range(1_000))))
    with pytest.raises(CannotSaveDraft):
        save_draft(table_id=table.pk, content=huge, expected_version=1, by=SYSTEM, at=AT)
    assert RuleTable.objects.get(pk=table.pk).draft == ""


def test_nobody_without_the_permission_writes() -> None:
    nobody = Viewer(person_id=1)
    table = drafted()
    content = Content(SOUND)
    for act in (
        lambda: create_table(key="other", name="x", by=nobody, at=AT),
        lambda: save_draft(table_id=table.pk, content=content, expected_version=2, by=nobody, at=AT),
        lambda: publish(table, by=nobody),
        lambda: discard_draft(table_id=table.pk, expected_version=2, by=nobody, at=AT),
        lambda: withdraw_version(table_id=table.pk, number=1, by=nobody, at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not RuleTable.objects.visible_to(nobody).exists()
    assert not RuleVersion.objects.exists()


def test_findings_are_told_in_words() -> None:
    gappy = Table(
        (TONNES,), (GRADE,), (Row(("[10..20]",), ("A",)), Row(("[15..30]",), ("B",)), Row(("16",), ("C",)))
    )
    texts = [one.text for one in checked(Content(gappy), Contract()).findings]
    assert texts[0] == "第 1 行和第 2 行都符合时取第 1 行，例如 月用量 15。"
    assert "第 3 行永远轮不到：前面的行已经包含了它。" in texts
    assert "没有一行覆盖：月用量 < 10, > 30。例如 月用量 9。" in texts


COLLECTED = Table(
    (TONNES,),
    (GRADE, Column("remark", "备注", Kind.TEXT, required=False)),
    (Row((">= 20",), ("重要客户", "")), Row((">= 30",), ("", ""))),
    HitPolicy.COLLECT,
)


@pytest.mark.parametrize(
    ("tonnes", "grade", "passes"),
    [
        ("25", "重要客户", True),
        ("35", "重要客户", False),
        ("35", "重要客户 | ", True),
        ("35", "", False),
        ("25", "重要客户 | ", False),
        ("10", "", True),
        ("10", "|", False),
    ],
)
def test_a_case_passes_only_when_every_result_row_is_expected(tonnes: str, grade: str, passes: bool) -> None:
    case = Case("一例", {"tonnes": tonnes}, {"grade": grade, "remark": ""})
    (result,) = checked(Content(COLLECTED, (case,)), Contract()).results
    assert result.passed is passes, result.message


@pytest.mark.parametrize(
    ("policy", "cell", "forbidden"),
    [
        (HitPolicy.COLLECT, "", True),
        (HitPolicy.COLLECT, "-", True),
        (HitPolicy.COLLECT, "任意", True),
        (HitPolicy.FIRST, " ", True),
        (HitPolicy.FIRST, "-", False),
    ],
)
def test_a_row_that_asks_and_says_nothing_is_told(policy: HitPolicy, cell: str, forbidden: bool) -> None:
    table = Table((TONNES,), (GRADE,), (Row((">= 20",), ("A",)), Row((cell,), ("",))), policy)
    found = checked(Content(table), Contract())
    told = [(one.rows, one.text) for one in found.findings if one.is_error]
    assert told == ([((2,), "第 2 行既没有条件也没有结果，请填写或删去。")] if forbidden else [])
    assert found.may_publish is not forbidden


def test_differences_between_versions_are_told_by_row_and_cell() -> None:
    after = replace(
        SOUND,
        policy=HitPolicy.FIRST,
        rows=(SOUND.rows[0], Row((">= 20", "< 400万"), ("B",)), SOUND.rows[2], Row(("-", "-"), ("D",))),
    )
    found = difference(SOUND, after)
    assert [row.kind for row in found.rows] == ["same", "changed", "same", "added"]
    assert found.rows[1].places == {1}
    assert found.policy == ("unique", "first")
    wider = replace(SOUND, inputs=(TONNES, SALES, Column("x", "新列", Kind.TEXT)))
    assert difference(SOUND, wider).added_columns == ("新列 text",)
    assert difference(SOUND, SOUND).is_same


def test_deciding_costs_one_query(django_assert_num_queries: Any) -> None:
    publish(drafted())
    values = {"tonnes": 25, "sales": 1}
    decide("discount", values=values, on=TODAY)
    with django_assert_num_queries(1):
        decide("discount", values=values, on=TODAY)
    with django_assert_num_queries(1):
        list(decide_many("discount", many=[values] * 1_000, on=TODAY))


def test_within_one_request_the_version_is_read_once_until_one_is_published(
    django_assert_num_queries: Any,
) -> None:
    table = drafted()
    publish(table)
    values = {"tonnes": 1, "sales": 1}
    with reading_once():
        assert decide("discount", values=values, on=TODAY).version == 1
        with django_assert_num_queries(0):
            decide("discount", values=values, on=TODAY)
        publish(again(table, Content(SOUND)), note="再版")
        assert decide("discount", values=values, on=TODAY).version == 2
