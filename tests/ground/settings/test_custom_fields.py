"""Definitions of custom fields and their values: each refusal once with nothing changed, history, order, moves."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Refused, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import CannotSaveCustom
from panshi.ground.settings.models import CustomField, CustomValue, RecordKind
from panshi.ground.settings.once import reading_once
from panshi.ground.settings.reports import custom_fields, custom_values, filled_counts
from panshi.ground.settings.services import (
    CannotDefineField,
    CannotOrder,
    CannotRetireField,
    change_field,
    clean_custom,
    move_values,
    order_fields,
    reinstate_field,
    retire_field,
    set_custom_values,
    undo_move,
)
from tests.factories.custom import make_dictionary, make_field
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
ACCOUNT = RecordKind.ACCOUNT


def clean(by: Viewer, **values: Any) -> dict[str, Any]:
    named = {f"custom.{name}": value for name, value in values.items()}
    return clean_custom(record_kind=ACCOUNT, values=named, known_accounts=lambda ids: {7} & set(ids), by=by)


def keep(by: Viewer, record_id: int, **values: Any) -> dict[str, tuple[str, str]]:
    return set_custom_values(record_kind=ACCOUNT, record_id=record_id, values=clean(by, **values), by=by)


def stored(by: Viewer, record_id: int) -> dict[str, Any]:
    return custom_values([record_id], fields=custom_fields(ACCOUNT, viewer=by)).get(record_id, {})


class TestDefining:
    """What a field may be."""

    def test_its_code_comes_from_its_label_and_is_its_own(self, company: Company) -> None:
        assert make_field("text", "厂区编号").code == "changqubianhao"
        assert make_field("text", "Line 2").code == "line_2"
        assert make_field("text", "LINE  2!").code == "line_2_2"
        assert make_field("text", "2024").code == "f_2024"

    @pytest.mark.parametrize(
        ("kind", "values", "field"),
        [
            ("text", {"label": " "}, "label"),
            ("text", {"label": "长" * 41}, "label"),
            ("text", {"label": "厂区编号"}, "label"),
            ("day", {"label": "日期", "unique": True}, "unique"),
            ("text", {"label": "唯一", "unique": True, "default": "x"}, "default"),
            ("number", {"label": "数", "default": "许多"}, "default"),
            ("person", {"label": "人", "default": "1"}, "default"),
            ("choice", {"label": "选", "default": "zz"}, "default"),
            ("text", {"label": "密", "permission": "audit.view"}, "permission"),
        ],
    )
    def test_what_makes_no_field_is_refused(
        self, company: Company, kind: str, values: dict[str, Any], field: str
    ) -> None:
        make_field()
        with pytest.raises(CannotDefineField) as refusal:
            make_field(kind, **values)
        assert field in refusal.value.errors
        assert CustomField.objects.count() == 1

    def test_code_kind_and_dictionary_are_checked(self, company: Company) -> None:
        make_field(code="site")
        for code in ("site", "9x", "Site", "a b"):
            with pytest.raises(CannotDefineField):
                make_field("text", "另一个", code=code)
        with pytest.raises(CannotDefineField):
            make_field("colour", "颜色")

    def test_only_who_manages_settings_defines(self, company: Company, at: dt.datetime) -> None:
        field = make_field()
        director = company.viewer("director")
        with pytest.raises(NotAllowed):
            change_field(field=field, values={"label": "新"}, expected_version=1, by=director, at=at)
        with pytest.raises(NotAllowed):
            retire_field(field=field, by=director, at=at)
        with pytest.raises(NotAllowed):
            order_fields(record_kind=ACCOUNT, order=[field.pk], by=director, at=at)

    def test_a_change_keeps_before_and_after_and_guards_the_version(
        self, company: Company, system: Viewer, at: dt.datetime
    ) -> None:
        field = make_field()
        change_field(field=field, values={"label": "厂区代码"}, expected_version=1, by=system, at=at)
        event = Event.objects.get(kind="settings.field_changed")
        assert [(one.field, one.before, one.after) for one in event.changes.all()] == [
            ("label", "厂区编号", "厂区代码")
        ]
        with pytest.raises(Stale):
            change_field(field=field, values={"label": "别的"}, expected_version=1, by=system, at=at)

    def test_made_unique_it_is_refused_while_something_repeats(
        self, company: Company, system: Viewer, at: dt.datetime
    ) -> None:
        field = make_field(code="site")
        keep(system, 1, site="DH 1")
        keep(system, 2, site="dh  1")
        with pytest.raises(CannotDefineField) as refusal:
            change_field(field=field, values={"unique": True}, expected_version=1, by=system, at=at)
        assert "unique" in refusal.value.errors
        keep(system, 2, site="DH 2")
        change_field(field=field, values={"unique": True}, expected_version=1, by=system, at=at)
        with pytest.raises(CannotSaveCustom):
            keep(system, 3, site="DH 1")
        with pytest.raises(IntegrityError), transaction.atomic():
            CustomValue.objects.create(field=field, record_id=9, text="x", once="dh 2")

    def test_order_retire_and_reinstate(self, company: Company, system: Viewer, at: dt.datetime) -> None:
        first, second = make_field(code="a"), make_field("text", "二", code="b")
        order_fields(record_kind=ACCOUNT, order=[second.pk, first.pk], by=system, at=at)
        assert [spec.row.code for spec in custom_fields(ACCOUNT, viewer=system)] == ["b", "a"]
        with pytest.raises(CannotOrder):
            order_fields(record_kind=ACCOUNT, order=[second.pk], by=system, at=at)
        keep(system, 1, a="x")
        retire_field(field=first, by=system, at=at)
        assert [spec.row.code for spec in custom_fields(ACCOUNT, viewer=system)] == ["b"]
        with pytest.raises(CannotRetireField):
            retire_field(field=first, by=system, at=at)
        with pytest.raises(CannotSaveCustom):
            keep(system, 1, a="y")
        reinstate_field(field=first, by=system, at=at)
        assert stored(system, 1) == {"custom.a": "x"}
        with pytest.raises(CannotRetireField):
            reinstate_field(field=first, by=system, at=at)


class TestValues:
    """What values may be, and how they are kept."""

    @pytest.mark.parametrize(
        ("kind", "typed", "value", "text"),
        [
            ("text", " DH-1 ", "DH-1", "DH-1"),
            ("number", "1,200.50", Decimal("1200.5"), "1200.5"),
            ("money", "500万", Decimal("5000000.00"), "5000000"),
            ("day", "2027年3月1日", dt.date(2027, 3, 1), "2027-03-01"),
            ("choice", "焊装", "b", "b"),
            ("choices", "总装，冲压", ("a", "c"), "a,c"),
            ("account", "7", 7, "7"),
            ("yes", "否", False, "0"),
        ],
    )
    def test_each_kind_is_stored_typed(
        self, company: Company, system: Viewer, kind: str, typed: str, value: Any, text: str
    ) -> None:
        dictionary = make_dictionary() if kind.startswith("choice") else None
        make_field(kind, "字段", code="it", dictionary=dictionary)
        assert keep(system, 1, it=typed) == {"custom.it": ("", text)}
        assert stored(system, 1) == {"custom.it": value}
        assert keep(system, 1, it=typed) == {}
        assert keep(system, 1, it="") == {"custom.it": (text, "")}
        assert stored(system, 1) == {}
        assert not CustomValue.objects.exists()

    @pytest.mark.parametrize(
        ("kind", "typed"),
        [
            ("text", "长" * 201),
            ("text", "a\x00b"),
            ("number", "十"),
            ("number", "1e12"),
            ("money", "很多"),
            ("day", "2027-02-30"),
            ("choice", "喷漆"),
            ("choices", "冲压,喷漆"),
            ("person", "99999"),
            ("person", "王"),
            ("account", "8"),
            ("yes", "也许"),
        ],
    )
    def test_what_a_kind_is_not_is_refused_at_the_field(
        self, company: Company, system: Viewer, kind: str, typed: str
    ) -> None:
        dictionary = make_dictionary() if kind.startswith("choice") else None
        make_field(kind, "字段", code="it", dictionary=dictionary)
        with pytest.raises(CannotSaveCustom) as refusal:
            keep(system, 1, it=typed)
        assert set(refusal.value.errors) == {"custom.it"}
        assert not CustomValue.objects.exists()

    def test_a_new_record_gets_defaults_and_must_have_what_is_required(
        self, company: Company, system: Viewer
    ) -> None:
        make_field("number", "条数", code="lines", default="3")
        make_field("text", "主体", code="party", required=True)
        known: Any = lambda ids: ids  # noqa: E731
        with pytest.raises(CannotSaveCustom) as refusal:
            clean_custom(record_kind=ACCOUNT, values={}, new=True, known_accounts=known, by=system)
        assert set(refusal.value.errors) == {"custom.party"}
        cleaned = clean_custom(
            record_kind=ACCOUNT, values={"custom.party": "集团"}, new=True, known_accounts=known, by=system
        )
        assert cleaned == {"custom.lines": Decimal(3), "custom.party": "集团"}

    def test_a_page_of_values_is_one_query_whatever_there_is(self, company: Company, system: Viewer) -> None:
        for number in range(5):
            make_field("text", f"字段{number}", code=f"f{number}")
        for record_id in range(1, 30):
            keep(system, record_id, f0="甲", f3="乙")
        with reading_once():
            custom_fields(ACCOUNT, viewer=system)
            with CaptureQueriesContext(
                connection,
            ) as seen:
                found = custom_values(range(1, 30), fields=custom_fields(ACCOUNT, viewer=system))
        assert len(seen) == 1
        assert len(found) == 29
        [first] = [spec.id for spec in custom_fields(ACCOUNT, viewer=system) if spec.row.code == "f0"]
        assert filled_counts(viewer=system)[first] == 29


class TestSensitive:
    """Who may see a field."""

    def test_by_role_or_by_right(self, company: Company) -> None:
        make_field("text", "底价", code="floor", roles="finance,key_account_director")
        make_field("text", "返利", code="rebate", permission="accounts.money")

        def seen(who: str) -> set[str]:
            return {spec.row.code for spec in custom_fields(ACCOUNT, viewer=company.viewer(who))}

        assert seen("director") == {"floor", "rebate"}
        assert seen("owner") == {"rebate"}
        assert seen("teammate") == set()

    def test_what_one_may_not_see_one_may_not_set(self, company: Company) -> None:
        make_field("text", "底价", code="floor", roles="finance")
        with pytest.raises(CannotSaveCustom) as refusal:
            keep(company.viewer("owner"), 1, floor="1")
        assert "custom.floor" in refusal.value.errors


class TestMoving:
    """Values follow a merged record, and return."""

    def test_what_the_winner_lacks_moves_and_everything_returns(
        self, company: Company, system: Viewer
    ) -> None:
        make_field("text", "甲", code="a", unique=True)
        make_field("choices", "乙", code="b")
        make_field("number", "丙", code="c")
        keep(system, 1, a="输家", b="a,b", c="5")
        keep(system, 2, a="赢家")
        done = move_values(record_kind=ACCOUNT, from_id=1, to_id=2)
        assert stored(system, 1) == {}
        assert stored(system, 2) == {"custom.a": "赢家", "custom.b": ("a", "b"), "custom.c": Decimal(5)}
        undo_move(done=done, from_id=1, to_id=2)
        assert stored(system, 1) == {"custom.a": "输家", "custom.b": ("a", "b"), "custom.c": Decimal(5)}
        assert stored(system, 2) == {"custom.a": "赢家"}

    def test_what_was_filled_in_anew_meanwhile_stays(self, company: Company, system: Viewer) -> None:
        make_field("text", "甲", code="a")
        keep(system, 1, a="旧")
        done = move_values(record_kind=ACCOUNT, from_id=1, to_id=2)
        keep(system, 2, a="改")
        undo_move(done=done, from_id=1, to_id=2)
        assert stored(system, 1) == {"custom.a": "旧"}
        assert stored(system, 2) == {"custom.a": "改"}


def test_every_refusal_is_a_refusal() -> None:
    assert all(issubclass(one, Refused) for one in (CannotDefineField, CannotOrder, CannotRetireField))
