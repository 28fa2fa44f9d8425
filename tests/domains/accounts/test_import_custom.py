"""Custom fields in customer files: recognised by what they are called, checked like every cell, stored with the row."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile

from panshi.domains.accounts.models import Account, ImportBatch
from panshi.domains.accounts.reports.imports.columns import import_fields
from panshi.domains.accounts.reports.imports.mapping import guess_mapping
from panshi.domains.accounts.reports.imports.preview import preview
from panshi.domains.accounts.reports.imports.rows import Outcome
from panshi.domains.accounts.services.imports.applying import apply_import
from panshi.domains.accounts.services.imports.batches import upload_import
from panshi.ground.audit.models import Change, Event
from panshi.ground.search.reports import find
from panshi.ground.settings.reports import all_fields, custom_values
from tests.factories.accounts import make_account
from tests.factories.custom import make_dictionary, make_field
from tests.factories.organisation import SYSTEM, Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]
Applied = Callable[..., ImportBatch]


@pytest.fixture(autouse=True)
def fields(company: Company) -> None:
    """A unique text, a choice of several, an amount, a person and an account."""
    make_field("text", "厂区编号", code="site", label_en="Site code", unique=True)
    make_field(
        "choices", "涉及车间", code="shops", dictionary=make_dictionary("车间", "冲压", "焊装", "总装")
    )
    make_field("money", "投资额", code="invest", default="100")
    make_field("person", "技术对接人", code="engineer")
    make_field("account", "配套主机厂", code="maker")


@pytest.fixture
def batch(company: Company, at: dt.datetime) -> Applied:
    """A file on its way in, mapped as guessed."""

    def make(text: str, *, who: str = "director") -> ImportBatch:
        by = company.viewer(who)
        made = upload_import(file=ContentFile(text.encode(), name="客户.csv"), by=by, at=at)
        made.mapping = guess_mapping(made.headings, viewer=by)
        made.save()
        return made

    return make


def values_of(name: str) -> dict[str, Any]:
    key = Account.objects.get(name=name).pk
    return custom_values([key], fields=all_fields(viewer=SYSTEM)).get(key, {})


def test_columns_are_recognised_by_label_in_both_languages_and_by_code(company: Company) -> None:
    viewer = company.viewer("director")
    assert guess_mapping(["客户名称", "厂区编号", "Shops", "custom.invest"], viewer=viewer) == {
        "name": 0,
        "custom.site": 1,
        "custom.invest": 3,
    }
    assert guess_mapping(["name", "site code"], viewer=viewer)["custom.site"] == 1


def test_rows_bring_typed_values_and_new_accounts_get_defaults(
    company: Company, batch: Applied, at: dt.datetime
) -> None:
    known = make_account("东海车桥", code="D-1", unit=company.units.east)
    made = batch(
        "客户编号,客户名称,厂区编号,涉及车间,投资额,技术对接人,配套主机厂\n"
        "D-1,东海车桥,DH-1,总装、冲压,3200万,,\n"
        ",西山精工,XS-1,焊装,,林可,D-1\n"
    )
    apply_import(batch_id=made.pk, by=company.viewer("director"), at=at)
    stored = values_of("东海车桥")
    assert (stored["custom.shops"], str(stored["custom.invest"])) == (("a", "c"), "32000000.00")
    new = values_of("西山精工")
    assert (new["custom.engineer"], new["custom.maker"]) == (company.colleague.pk, known.pk)
    assert str(new["custom.invest"]) == "100.00"
    known.refresh_from_db()
    assert known.version == 2
    event = Event.objects.get(kind="accounts.changed", account_id=known.pk)
    told = set(Change.objects.filter(event=event).values_list("field", "before", "after"))
    assert ("custom.shops", "", "a,c") in told
    hits = find("DH-1", accounts=None, kinds=("account",), limit=5)
    assert [hit.record_id for hit in hits] == [known.pk]


def test_the_same_file_again_changes_nothing(company: Company, batch: Applied, at: dt.datetime) -> None:
    make_account("东海车桥", code="D-1", unit=company.units.east)
    text = "客户编号,厂区编号,涉及车间\nD-1,DH-1,焊装\n"
    for expected in (Outcome.UPDATE, Outcome.UNCHANGED):
        made = batch(text)
        seen = preview(made, mapping=made.mapping, mode="both", viewer=company.viewer("director"), at=at)
        assert [row.outcome for row in seen.rows] == [expected]
        apply_import(batch_id=made.pk, by=company.viewer("director"), at=at)


def test_cells_that_mean_nothing_reject_their_row_alone(
    company: Company, batch: Applied, at: dt.datetime
) -> None:
    make_account("东海车桥", code="D-1", unit=company.units.east)
    apply_import(batch_id=batch("客户编号,厂区编号\nD-1,DH-1\n").pk, by=company.viewer("director"), at=at)
    made = batch(
        "客户名称,厂区编号,涉及车间,投资额,技术对接人,配套主机厂\n"
        "甲,,喷漆,,,\n乙,,,很多,,\n丙,,,,不存在的人,\n丁,,,,,不存在的厂\n戊,DH-1,,,,\n己,NEW,,,,\n庚,new,,,,\n"
    )
    seen = preview(made, mapping=made.mapping, mode="both", viewer=company.viewer("director"), at=at)
    told = {row.cells[0]: row.problems for row in seen.rows}
    assert told["己"] == ()
    for name, words in {
        "甲": "没有“喷漆”这个选项", "乙": "“很多”不是金额", "丙": "没有找到人员", "丁": "没有找到客户",
        "戊": "与其他记录重复", "庚": "与第 7 行重复",
    }.items():  # fmt: skip
        assert any(words in problem for problem in told[name]), (name, told[name])
    apply_import(batch_id=made.pk, by=company.viewer("director"), at=at)
    assert values_of("己")["custom.site"] == "NEW"
    assert not Account.objects.filter(name__in=["甲", "乙", "丙", "丁", "戊", "庚"]).exists()


def test_a_new_account_without_a_required_value_is_rejected(
    company: Company, batch: Applied, at: dt.datetime
) -> None:
    make_field("text", "合同主体", code="party", required=True)
    made = batch("客户名称,合同主体\n甲机械,\n乙机械,集团\n")
    seen = preview(made, mapping=made.mapping, mode="both", viewer=company.viewer("director"), at=at)
    assert [row.outcome for row in seen.rows] == [Outcome.REJECT, Outcome.CREATE]
    assert seen.rows[0].problems == ("请填写“合同主体”。",)


def test_a_hidden_field_is_no_column(company: Company, batch: Applied) -> None:
    make_field("text", "底价", code="floor", roles="finance")
    names = {field.name for field in import_fields(company.viewer("director"))}
    assert "custom.site" in names
    assert "custom.floor" not in names
    assert "custom.floor" not in batch("客户名称,底价\n甲,1\n").mapping
