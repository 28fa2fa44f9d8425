"""Undoing an import of accounts: what comes back, what goes, what has to stay and why; and what files may empty or hand
over."""

import datetime as dt
from typing import Any

import pytest

from panshi.domains.accounts.models import (
    Account,
    FactVersion,
    FormerName,
    ImportBatch,
    ImportedRow,
    LifecycleRecord,
)
from panshi.domains.accounts.services import assign_owner, update_account
from panshi.domains.accounts.services.imports.undoing import (
    CannotUndoImport,
    forget_old,
    kept_rows,
    request_undo,
    undo_import,
    undo_plan,
)
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.search.models import Entry
from panshi.ground.settings.models import CustomValue
from panshi.ground.settings.reports import all_fields, custom_values
from panshi.ground.work.models import Job
from panshi.ground.work.running import run_job
from tests.factories.accounts import make_account
from tests.factories.custom import make_field
from tests.factories.imports import counts, imported, reasons
from tests.factories.organisation import SYSTEM, Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


def known(company: Company, name: str = "甲机械", code: str = "A1", **values: Any) -> Account:
    return make_account(name, code=code, owner=company.owner, unit=company.units.east_one, **values)


def test_new_accounts_go_and_changed_ones_get_their_values_back(company: Company, at: dt.datetime) -> None:
    by = company.viewer("director")
    make_field("money", "投资额", code="invest")
    old = known(company, address="旧址", employees=30)
    file = (
        "编号,名称,地址,人数,法人,投资额,上级客户\nA1,甲机械新名,新址,50,王一,12.5,\n"
        "B1,乙集团,,,,7,\nB2,乙电子,,,,,B1\n"
    )
    batch = imported(file, by=by, at=at)
    assert counts(batch) == (2, 1, 0, 0)
    plan = undo_plan(batch, by=by, at=at)
    assert (plan.removed, plan.restored, plan.kept) == (2, 1, 0)

    done = undo_import(batch_id=batch.pk, by=by, at=at)
    assert (done.state, done.undone, done.kept) == ("undone", 3, 0)
    account = Account.objects.get()
    assert (account.pk, account.name, account.address, account.employees) == (old.pk, "甲机械", "旧址", 30)
    assert (account.legal_representative, account.version) == ("", 3)
    assert not FormerName.objects.exists()
    assert not CustomValue.objects.exists()
    assert not LifecycleRecord.objects.exclude(account=account).exists()
    assert set(Entry.objects.values_list("account_id", flat=True)) == {old.pk}
    assert FactVersion.objects.filter(field="legal_representative").order_by("-pk")[0].after == ""
    assert Event.objects.filter(kind="accounts.removed").count() == 2
    assert Event.objects.filter(kind="accounts.import_reverted").count() == 1
    assert counts(imported(file, by=by, at=at)) == (2, 1, 0, 0)


def test_custom_values_come_back_as_they_were(company: Company, at: dt.datetime) -> None:
    make_field("money", "投资额", code="invest")
    make_field("text", "厂区", code="site")
    by, account = company.viewer("director"), known(company)
    update_account(account=account, values={"custom.invest": "3"}, expected_version=1, by=SYSTEM, at=at)
    batch = imported("编号,名称,投资额,厂区\nA1,甲机械,9,东厂\n", by=by, at=at)
    undo_import(batch_id=batch.pk, by=by, at=at)
    held = custom_values([account.pk], fields=all_fields(viewer=SYSTEM))[account.pk]
    assert {name: str(value) for name, value in held.items()} == {"custom.invest": "3.00"}


def test_what_was_touched_since_stays_and_is_told_why(company: Company, at: dt.datetime) -> None:
    by = company.viewer("director")
    one, two = known(company), known(company, "丙装备", "A2", address="甲路")
    batch = imported(
        "编号,名称,地址\nA1,甲机械,新址\nA2,丙装备,乙路\nB1,乙电子,\nB2,丁动力,\nB3,戊钢构,\n", by=by, at=at
    )
    update_account(
        account=one, values={"address": "又改"}, expected_version=2, fact_reason="搬迁", by=SYSTEM, at=at
    )
    update_account(account=two, values={"website": "a.cn"}, expected_version=2, by=SYSTEM, at=at)
    touched, used = Account.objects.get(code="B1"), Account.objects.get(code="B2")
    update_account(account=touched, values={"website": "b.cn"}, expected_version=1, by=SYSTEM, at=at)
    make_account("己分厂", code="C1", unit=company.units.east, parent=used, group=used)

    undo_import(batch_id=batch.pk, by=by, at=at)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.address, two.address, two.website) == ("又改", "甲路", "a.cn")
    assert set(Account.objects.values_list("code", flat=True)) == {"A1", "A2", "B1", "B2", "C1"}
    batch.refresh_from_db()
    assert (batch.undone, batch.kept) == (2, 3)
    told = {kept.number: (kept.title, kept.why) for kept in kept_rows(batch)}
    assert told[2] == ("A1 甲机械", "之后又修改过：详细地址") or told[2][1].startswith("之后又修改过")
    assert told[4][1] == "导入后又修改过这家客户。"
    assert told[5][1].startswith("已有关联记录")


def test_owners_change_where_permitted_and_come_back(company: Company, at: dt.datetime) -> None:
    by = company.viewer("director")
    free = known(company)
    kept = known(company, "乙电子", "A2", is_key=True)
    guarded = known(company, "丙装备", "A3", protected_until_on=dt.date(2099, 1, 1))
    batch = imported("编号,名称,负责人\nA1,甲机械,林可\nA2,乙电子,林可\nA3,丙装备,林可\n", by=by, at=at)
    assert counts(batch) == (0, 1, 0, 2)
    assert "审批" in reasons(batch)[3]
    assert "受保护" in reasons(batch)[4]
    for account in (free, kept, guarded):
        account.refresh_from_db()
    assert [one.owner for one in (free, kept, guarded)] == [
        company.colleague,
        company.owner,
        company.owner,
    ]
    assert Event.objects.filter(kind="accounts.assigned", account_id=free.pk).count() == 1
    undo_import(batch_id=batch.pk, by=by, at=at)
    free.refresh_from_db()
    assert (free.owner, free.unit) == (company.owner, company.units.east_one)


def test_an_owner_changed_again_is_left_alone(company: Company, at: dt.datetime) -> None:
    by, account = company.viewer("director"), known(company)
    batch = imported("编号,名称,负责人\nA1,甲机械,林可\n", by=by, at=at)
    assign_owner(account=account, owner=company.supervisor, by=SYSTEM, at=at)
    with pytest.raises(CannotUndoImport):
        undo_import(batch_id=batch.pk, by=by, at=at)
    account.refresh_from_db()
    batch.refresh_from_db()
    assert (account.owner, batch.state) == (company.supervisor, "done")


def test_the_agreed_mark_empties_a_field_and_nothing_that_identifies(
    company: Company, at: dt.datetime
) -> None:
    make_field("text", "厂区", code="site")
    by = company.viewer("director")
    account = known(company, address="旧址", employees=5, region="310115")
    update_account(account=account, values={"custom.site": "东厂"}, expected_version=1, by=SYSTEM, at=at)
    known(company, "乙电子", "A2")
    batch = imported(
        "编号,名称,地址,人数,城市,厂区,负责人\nA1,甲机械,〔清空〕,〔清空〕,〔清空〕,〔清空〕,\nA2,〔清空〕,,,,,〔清空〕\n",
        by=by,
        at=at,
    )
    assert counts(batch) == (0, 1, 0, 1)
    account.refresh_from_db()
    assert (account.address, account.employees, account.region) == ("", None, "")
    assert not CustomValue.objects.exists()
    assert "不能清空" in reasons(batch)[3]
    undo_import(batch_id=batch.pk, by=by, at=at)
    account.refresh_from_db()
    assert (account.address, account.employees, account.region) == ("旧址", 5, "310115")
    assert CustomValue.objects.get().text == "东厂"


class TestTime:
    """When an import can be undone, by whom, and how often."""

    @pytest.fixture
    def batch(self, company: Company, at: dt.datetime) -> ImportBatch:
        known(company)
        return imported("编号,名称,地址\nA1,甲机械,新址\n", by=company.viewer("director"), at=at)

    def test_after_its_days_it_stays_and_old_values_are_forgotten(
        self, company: Company, batch: ImportBatch, at: dt.datetime
    ) -> None:
        by, later = company.viewer("director"), at + dt.timedelta(days=7, seconds=1)
        for call in (undo_plan, request_undo):
            with pytest.raises(CannotUndoImport):
                call(batch=batch, by=by, at=later)  # type: ignore[operator]
        with pytest.raises(CannotUndoImport):
            undo_import(batch_id=batch.pk, by=by, at=later)
        assert Account.objects.get().address == "新址"
        assert forget_old(at=at) == 0
        assert forget_old(at=later) == 1
        assert not ImportedRow.objects.exists()

    def test_others_do_not_undo_it(self, company: Company, batch: ImportBatch, at: dt.datetime) -> None:
        with pytest.raises(NotAllowed):
            request_undo(batch=batch, by=company.viewer("operations"), at=at)
        assert not Job.objects.filter(kind="accounts.undo_import").exists()

    def test_the_job_undoes_it_once(self, company: Company, batch: ImportBatch, at: dt.datetime) -> None:
        by = company.viewer("director")
        asked = request_undo(batch=batch, by=by, at=at)
        with pytest.raises(CannotUndoImport):
            request_undo(batch=batch, by=by, at=at)
        ImportBatch.objects.update(undo_until=dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
        assert run_job(asked.job_id or 0, at=at)
        batch.refresh_from_db()
        assert (batch.state, Account.objects.get().address) == ("undone", "")
        with pytest.raises(CannotUndoImport):
            request_undo(batch=batch, by=by, at=at)
        assert undo_import(batch_id=batch.pk, by=by, at=at).undone == 1
        assert Account.objects.get().version == 3

    def test_an_undo_that_fails_leaves_the_import_as_it_was(
        self, company: Company, batch: ImportBatch, at: dt.datetime
    ) -> None:
        asked = request_undo(batch=batch, by=company.viewer("director"), at=at)
        company.director.assignments.update(role="marketing")
        assert run_job(asked.job_id or 0, at=at)
        batch.refresh_from_db()
        assert (batch.state, Account.objects.get().address) == ("done", "新址")
        assert batch.error
