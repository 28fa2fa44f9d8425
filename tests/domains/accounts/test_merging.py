"""Merging two accounts: every record follows, facts are taken as chosen, and thirty days long it can be taken back."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.decisions import CannotMerge
from panshi.domains.accounts.models import (
    AbcRecord,
    Account,
    FactVersion,
    FormerName,
    LifecycleRecord,
    Merge,
    TeamMember,
    Touch,
)
from panshi.domains.accounts.reports import facts_on, merge_preview
from panshi.domains.ledger.models import AccountMonth
from panshi.domains.ledger.reports import months_of
from panshi.domains.people.models import Contact, LogEntry
from panshi.domains.people.services import add_contact, update_contact
from panshi.ground.audit.models import Event
from panshi.ground.base.models import NEVER
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.search.reports import find
from tests.factories.accounts import make_account
from tests.factories.merging import OTHER_USCC, USCC, decide, everything, fresh, open_pair, undo
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(company: Company) -> tuple[Account, Account]:
    return open_pair(company)


@pytest.fixture
def merge(company: Company) -> Callable[..., Merge]:
    return partial(decide, company)


def test_every_record_follows_and_names_stay_findable(
    pair: tuple[Account, Account], merge: Callable[..., Merge]
) -> None:
    winner, loser = pair
    made = merge(winner, loser)
    assert made.moved == 3  # contact, log line, touch
    for model in (Contact, LogEntry, Touch):
        assert set(model.objects.values_list("account_id", flat=True)) == {winner.pk}
    assert list(Contact.objects.order_by("pk").values_list("primary", flat=True)) == [True, False]
    assert fresh(loser).merged_into_id == winner.pk
    assert [(row.account_id, row.name) for row in FormerName.objects.all()] == [(winner.pk, loser.name)]
    assert [hit.record_id for hit in find("恒达旧厂", accounts=None) if hit.kind == "account"] == [winner.pk]
    contacts = [hit for hit in find("恒达旧王", accounts=None) if hit.kind == "contact"]
    assert [(hit.account_id, hit.subtitle) for hit in contacts] == [(winner.pk, winner.name)]


def test_empty_facts_are_filled_and_chosen_ones_taken(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge]
) -> None:
    winner, loser = pair
    merge(winner, loser, picks={"address": "theirs", "products": "both"})
    kept = fresh(winner)
    assert (kept.name, kept.address, kept.website) == (winner.name, "旧址 9 号", "old.cn")
    assert kept.products == "齿轮箱\n轴承"
    assert (kept.uscc, fresh(loser).uscc) == (USCC, "")
    version = FactVersion.objects.get(field="address")
    assert (version.account_id, version.before, version.reason) == (
        winner.pk,
        "张江路 1 号",
        "并入客户 恒达旧厂有限公司",
    )
    told = {
        fact.field: fact.value
        for fact in facts_on(kept, dt.date(2026, 11, 21), viewer=company.viewer("owner"))
    }
    assert told["address"] == "旧址 9 号"


def test_taking_the_losers_name_keeps_ones_own_as_former(
    pair: tuple[Account, Account], merge: Callable[..., Merge]
) -> None:
    winner, loser = pair
    merge(winner, loser, picks={"name": "theirs"})
    assert fresh(winner).name == loser.name
    assert [row.name for row in FormerName.objects.all()] == [winner.name]
    assert [hit.record_id for hit in find("恒达机械", accounts=None) if hit.kind == "account"] == [winner.pk]


def test_undo_restores_every_table(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
) -> None:
    winner, loser = pair
    child = make_account("子公司", owner=company.owner, unit=company.units.east_one)
    services.rebuild_accounts()
    services.place_in_group(account=child, parent=loser, by=company.viewer("owner"), at=at)
    for account, role in ((winner, "sponsor"), (loser, "sponsor"), (loser, "sales_support")):
        services.add_member(
            account=account, person=company.teammate, role=role, by=company.viewer("director"), at=at
        )
    services.change_lifecycle(account=loser, to="qualified", reason="评审", by=company.viewer("owner"), at=at)
    figures = [
        services.SalesFigures(account.pk, Decimal(amount), Decimal(1), dt.date(2026, 11, day))
        for account, amount, day in ((winner, 100, 1), (loser, 250, 5))
    ]
    services.record_sales(
        figures=figures, source="t", as_of=at.date(), by=company.viewer("operations"), at=at
    )
    before = everything()
    made = merge(winner, loser, picks={"address": "theirs", "name": "theirs", "owner": "mine"})
    kept = fresh(winner)
    assert (kept.sales_12m, kept.last_trade_on) == (350, dt.date(2026, 11, 5))
    assert TeamMember.objects.filter(account=winner).count() == 2
    assert TeamMember.objects.filter(account=loser).count() == 1  # set aside: the winner has it
    assert (fresh(child).parent_id, fresh(child).group_id) == (winner.pk, winner.pk)
    assert everything() != before
    undone = undo(company, made, at)
    assert undone.left == []
    assert everything() == before
    assert [hit.record_id for hit in find("恒达旧厂", accounts=None) if hit.kind == "account"] == [loser.pk]


def test_what_changed_since_is_kept_and_told(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
) -> None:
    winner, loser = pair
    made = merge(winner, loser, picks={"address": "theirs"})
    by = company.viewer("owner")
    services.update_account(
        account=winner,
        values={"address": "新址 3 号", "phone": "02188887777"},
        expected_version=fresh(winner).version,
        fact_reason="搬迁",
        by=by,
        at=at,
    )
    contact = Contact.objects.get(name="恒达旧王")
    update_contact(contact=contact, values={"title": "厂长"}, expected_version=1, by=by, at=at)
    added = add_contact(account=winner, values={"name": "新来的"}, by=by, at=at)
    LogEntry.objects.filter(contact=contact).delete()
    undone = undo(company, made, at)
    assert (fresh(winner).address, fresh(winner).phone, fresh(winner).website) == (
        "新址 3 号",
        "02188887777",
        "",
    )
    assert fresh(loser).address == "旧址 9 号"
    contact.refresh_from_db()
    added.refresh_from_db()
    assert (contact.account_id, contact.title, contact.primary) == (loser.pk, "厂长", True)
    assert added.account_id == winner.pk
    assert [line.split("：")[0] for line in undone.left] == [
        "1 条跟进记录在合并后被移走、删除或与现有记录冲突，保持现状。",
        "合并后改过的字段保持新值",
    ]
    assert "地址" in undone.left[1]


def test_a_code_taken_by_a_third_account_is_told(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
) -> None:
    winner, loser = pair
    made = merge(winner, loser)
    Account.objects.filter(pk=winner.pk).update(uscc=OTHER_USCC)
    third = make_account("第三家", uscc=USCC)
    undone = undo(company, made, at)
    assert (fresh(winner).uscc, fresh(loser).uscc, fresh(third).uscc) == (OTHER_USCC, "", USCC)
    assert len(undone.left) == 1


def test_owner_and_unit_are_chosen_together_and_the_other_owner_may_stay(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
) -> None:
    winner, loser = pair
    services.assign_owner(account=loser, owner=company.colleague, by=company.viewer("director"), at=at)
    before = everything()
    made = merge(winner, loser, picks={"owner": "theirs"})
    assert fresh(winner).owner == company.colleague
    member = TeamMember.objects.get(account=winner)
    assert (member.person, member.role) == (company.owner, "sales_support")
    undo(company, made, at)
    assert everything() == before
    made = merge(winner, loser, keep_owner=False)
    assert fresh(winner).owner == company.owner
    assert not TeamMember.objects.exists()


def test_the_further_stage_is_taken_with_its_reason(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
) -> None:
    winner, loser = pair
    services.change_lifecycle(account=loser, to="active", reason="签约", by=company.viewer("owner"), at=at)
    made = merge(winner, loser)
    assert fresh(winner).lifecycle == "active"
    step = LifecycleRecord.objects.filter(account=winner).latest("pk")
    assert (step.cause, step.reason) == ("merge", "并入客户 恒达旧厂有限公司")
    undo(company, made, at)
    assert fresh(winner).lifecycle == "potential"


def test_what_cannot_be_merged_changes_nothing(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
) -> None:
    winner, loser = pair
    third = make_account("第三家", owner=company.owner, unit=company.units.east_one)
    merge(third, loser)
    before = everything()
    for a, b, choices in (
        (winner, winner, {}),
        (winner, loser, {}),
        (loser, winner, {}),
        (winner, third, {"picks": {"password": "theirs"}}),
        (winner, third, {"picks": {"address": "both"}}),
        (winner, third, {"picks": {"address": "everything"}}),
    ):
        with pytest.raises(CannotMerge):
            merge(a, b, **choices)
    for who in ("owner", "outsider", "rival", "compliance"):
        with pytest.raises(NotAllowed):
            merge(winner, third, who=who)
    assert everything() == before
    assert not Event.objects.filter(kind="accounts.merged", account_id=winner.pk).exists()


def test_values_that_changed_after_the_request_must_be_compared_again(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
) -> None:
    winner, loser = pair
    seen = {"winner_version": 1, "loser_version": 1}
    change = {"by": company.viewer("owner"), "at": at, "fact_reason": "搬迁"}
    services.update_account(account=loser, values={"address": "又搬了"}, expected_version=1, **change)
    with pytest.raises(CannotMerge, match="地址"):
        merge(winner, loser, picks={"address": "theirs"}, **seen)
    merge(winner, loser, picks={"website": "theirs"}, **seen)
    assert fresh(winner).address == "张江路 1 号"


def test_trade_of_both_is_read_as_one_and_rows_stay_keyed_by_the_ledger(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge]
) -> None:
    winner, loser = pair
    month = dt.date(2026, 10, 1)
    for account, amount in ((winner, 100), (loser, 40)):
        AccountMonth.objects.create(
            account=account, month=month, currency="CNY", lines=1, quantity=1, amount=amount, cost=0
        )
    services.assign_owner(
        account=loser,
        owner=company.colleague,
        by=company.viewer("director"),
        at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    )
    merge(winner, loser)
    assert AccountMonth.objects.filter(account=loser).count() == 1
    found = months_of(fresh(winner), until=dt.date(2026, 11, 21), viewer=company.viewer("owner"))
    assert {each.month: each.amount for each in found}[month] == 140
    hidden = months_of(fresh(winner), until=dt.date(2026, 11, 21), viewer=company.viewer("outsider"))
    assert not any(each.amount for each in hidden)


def test_recorded_classes_follow_where_the_winner_has_none(
    company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
) -> None:
    winner, loser = pair
    for day, accounts in ((dt.date(2026, 5, 31), [loser]), (dt.date(2026, 6, 30), [winner, loser])):
        services.record_abc(
            results=[
                services.AbcResult(account.pk, "A", rank, Decimal(9), Decimal("0.5"), Decimal("0.5"))
                for rank, account in enumerate(accounts, start=1)
            ],
            analysis_id=1,
            period_from_on=day.replace(month=1, day=1),
            period_to_on=day,
            by=company.viewer("operations"),
            at=at,
        )
    before = everything()
    made = merge(winner, loser)
    counts = {pk: AbcRecord.objects.filter(account_id=pk).count() for pk in (winner.pk, loser.pk)}
    assert counts == {winner.pk: 2, loser.pk: 1}
    undo(company, made, at)
    assert everything() == before


def test_the_preview_tells_what_moves_what_differs_and_what_is_doubtful(
    company: Company, pair: tuple[Account, Account], at: dt.datetime
) -> None:
    winner, loser = pair
    Account.objects.filter(pk=winner.pk).update(uscc=OTHER_USCC, last_trade_on=NEVER)
    services.update_account(
        account=loser, values={"bank_account": "6222"}, expected_version=1, by=company.viewer("owner"), at=at
    )
    preview = merge_preview(fresh(winner), fresh(loser), viewer=company.viewer("director"))
    assert dict(preview.moving) == {"联系人": 1, "跟进记录": 1, "接触记录": 1}
    facing = {one.field: one for one in preview.facing}
    assert (facing["address"].mine, facing["address"].theirs, facing["address"].proposed) == (
        *("张江路 1 号", "旧址 9 号"),
        "mine",
    )
    assert (facing["website"].proposed, facing["bank_account"].proposed) == ("theirs", "theirs")
    assert facing["products"].may_join
    assert not facing["address"].may_join
    assert [warning[:12] for warning in preview.warnings] == [
        "两家的统一社会信用代码不",
        "两家的名称相差较大，请核",
    ]
    assert preview.refusal == ""
    assert merge_preview(winner, winner, viewer=company.viewer("director")).refusal
    open_ = merge_preview(fresh(winner), fresh(loser), viewer=company.viewer("compliance"))
    assert "bank_account" in {one.field for one in open_.facing}
    closed = merge_preview(fresh(winner), fresh(loser), viewer=company.viewer("general_manager"))
    assert "bank_account" not in {one.field for one in closed.facing}
