"""The archive: opening an account, changing it, and what is refused without anything having changed."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account, FormerName, LifecycleRecord
from panshi.domains.accounts.services import Placement
from panshi.ground.audit.models import Change, Event
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.search.reports import find
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

USCC = "91110000600037341L"


def create(company: Company, at: dt.datetime, who: str = "owner", **given: Any) -> Account:
    values = {"name": "上海恒达机械有限公司"} | given.pop("values", {})
    return services.create_account(values=values, by=company.viewer(who), at=at, **given)


def rows() -> tuple[int, int, int]:
    """How much there is of accounts, their events and changes."""
    of_accounts = Event.objects.filter(kind__startswith="accounts.")
    return Account.objects.count(), of_accounts.count(), Change.objects.filter(event__in=of_accounts).count()


def test_a_new_account_belongs_to_its_creator_and_is_found(company: Company, at: dt.datetime) -> None:
    account = create(company, at, values={"phone": "+86 21 12345678", "uscc": USCC.lower()})
    assert (account.code, account.owner, account.unit) == ("K000001", company.owner, company.units.east_one)
    assert (account.uscc, account.phone_key, account.pinyin[:8]) == (USCC, "02112345678", "shanghai")
    assert LifecycleRecord.objects.get().after == "potential"
    for words in ("恒达", "hengda", "hdjx", USCC, "02112345678", "K000001"):
        assert [hit.record_id for hit in find(words, accounts=None)] == [account.pk], words
    event = Event.objects.get(kind="accounts.created")
    assert json.loads(event.payload)["code"] == "K000001"
    assert "恒达" not in event.payload


def test_numbers_step_over_codes_typed_by_hand(company: Company, at: dt.datetime) -> None:
    create(company, at, code="K000001")
    assert create(company, at, values={"name": "苏州鑫瑞电子厂"}).code == "K000002"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "（）"}, "name"),
        ({"uscc": USCC[:-1] + "M"}, "uscc"),
        ({"uscc": "123"}, "uscc"),
        ({"region": "999999"}, "region"),
        ({"industry": "Z99"}, "industry"),
        ({"size": "huge"}, "size"),
        ({"registered_capital": Decimal(-1)}, "registered_capital"),
        ({"registered_capital": Decimal("NaN")}, "registered_capital"),
        ({"annual_revenue": Decimal(10) ** 16}, "annual_revenue"),
        ({"employees": -5}, "employees"),
        ({"founded_on": dt.date(2999, 1, 1)}, "founded_on"),
        ({"short_name": "长" * 61}, "short_name"),
        ({"products": "a\x00b"}, "products"),
        ({"development_mode": "cooperative"}, "partner"),
    ],
)
def test_a_field_that_is_wrong_is_named_and_nothing_is_saved(
    company: Company, at: dt.datetime, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(services.CannotSaveAccount) as refusal:
        create(company, at, values=values)
    assert list(refusal.value.errors) == [field]
    assert rows() == (0, 0, 0)


def test_all_errors_come_at_once(company: Company, at: dt.datetime) -> None:
    with pytest.raises(services.CannotSaveAccount) as refusal:
        create(company, at, values={"uscc": "1", "region": "x", "employees": -1})
    assert set(refusal.value.errors) == {"uscc", "region", "employees"}


def test_a_name_is_needed(company: Company, at: dt.datetime) -> None:
    with pytest.raises(services.CannotSaveAccount):
        services.create_account(values={"phone": "12345678"}, by=company.viewer("owner"), at=at)


def test_codes_belong_to_one_account(company: Company, at: dt.datetime) -> None:
    create(company, at, code="X1", values={"uscc": USCC})
    before = rows()
    with pytest.raises(services.CannotSaveAccount) as code:
        create(company, at, code="X1", values={"name": "另一家公司"}, duplicate_reason="确实不同")
    with pytest.raises(services.CannotSaveAccount) as uscc:
        create(company, at, values={"name": "另一家公司", "uscc": USCC}, duplicate_reason="确实不同")
    assert (list(code.value.errors), list(uscc.value.errors)) == (["code"], ["uscc"])
    assert rows() == before


def test_the_owner_must_work_in_the_unit_or_below(company: Company, at: dt.datetime) -> None:
    east = company.units.east
    account = create(company, at, "director", placement=Placement(company.owner.pk, east.pk))
    assert account.unit == east
    for owner in (company.outsider, company.newcomer):
        place = Placement(owner.pk, east.pk)
        with pytest.raises(services.CannotAssignOwner) as refusal:
            create(company, at, "director", values={"name": "另一家公司"}, placement=place)
        assert list(refusal.value.errors) == ["owner"]
    assert Account.objects.count() == 1


def test_one_creates_within_ones_own_reach_only(company: Company, at: dt.datetime) -> None:
    with pytest.raises(NotAllowed):
        create(company, at, placement=Placement(company.colleague.pk))
    with pytest.raises(NotAllowed):
        create(company, at, "teammate")
    with pytest.raises(NotAllowed):
        create(company, at, "director", placement=Placement(company.outsider.pk))
    assert rows() == (0, 0, 0)
    assert (
        create(company, at, "supervisor", placement=Placement(company.colleague.pk)).owner
        == company.colleague
    )


def test_only_what_changes_is_written_and_recorded(company: Company, at: dt.datetime) -> None:
    account = create(company, at)
    by = company.viewer("owner")
    values = {"address": " 张江路 1 号 ", "name": "上海恒达机械有限公司", "registered_capital": "5000000"}
    saved = services.update_account(account=account, values=values, expected_version=1, by=by, at=at)
    assert (saved.version, saved.address, saved.registered_capital) == (
        2,
        "张江路 1 号",
        Decimal("5000000.00"),
    )
    event = Event.objects.get(kind="accounts.changed")
    assert json.loads(event.payload)["fields"] == ["address", "registered_capital"]
    assert {(each.field, each.after) for each in event.changes.all()} == {
        ("address", "张江路 1 号"),
        ("registered_capital", "5000000.00"),
    }
    same = services.update_account(account=account, values=values, expected_version=2, by=by, at=at)
    assert same.version == 2


def test_a_former_name_stays_findable(company: Company, at: dt.datetime) -> None:
    account = create(company, at)
    by = company.viewer("owner")
    renamed = {"name": "东方磐石装备集团有限公司"}
    services.update_account(
        account=account, values=renamed, expected_version=1, fact_reason="工商变更", by=by, at=at
    )
    assert FormerName.objects.get().name == "上海恒达机械有限公司"
    assert [hit.title for hit in find("恒达机械", accounts=None)] == ["东方磐石装备集团有限公司"]
    correction = {"name": "东方磐石装备集团（有限公司）"}
    services.update_account(account=account, values=correction, expected_version=2, by=by, at=at)
    assert FormerName.objects.count() == 1


def test_the_second_of_two_savers_sees_base_mine_and_theirs(company: Company, at: dt.datetime) -> None:
    account = create(company, at, values={"address": "原址", "website": "a.cn"})
    director, owner = company.viewer("director"), company.viewer("owner")
    services.update_account(
        account=account,
        values={"address": "他址", "phone": "02112345678"},
        expected_version=1,
        fact_reason="搬迁",
        by=director,
        at=at,
    )
    before = rows()
    with pytest.raises(services.CannotOverwrite) as refusal:
        services.update_account(
            account=account,
            values={"address": "我址", "website": "b.cn"},
            expected_version=1,
            by=owner,
            at=at,
        )
    shown = {
        each.field: (each.base, each.mine, each.theirs, each.clashes) for each in refusal.value.conflicts
    }
    assert shown == {
        "address": ("原址", "我址", "他址", True),
        "phone": ("", "", "02112345678", False),
        "website": ("a.cn", "b.cn", "a.cn", False),
    }
    assert refusal.value.theirs == 2
    assert rows() == before
    mine = {"address": "我址", "website": "b.cn"}
    saved = services.update_account(
        account=account, values=mine, expected_version=2, fact_reason="更正", by=owner, at=at
    )
    assert (saved.address, saved.phone, saved.website) == ("我址", "02112345678", "b.cn")


def test_the_base_reaches_back_over_several_savings(company: Company, at: dt.datetime) -> None:
    account = create(company, at, values={"address": "一"})
    by = company.viewer("owner")
    for version, address in enumerate(("二", "三"), start=1):
        services.update_account(
            account=account,
            values={"address": address},
            expected_version=version,
            fact_reason="搬迁",
            by=by,
            at=at,
        )
    with pytest.raises(services.CannotOverwrite) as refusal:
        services.update_account(account=account, values={"address": "四"}, expected_version=1, by=by, at=at)
    (shown,) = refusal.value.conflicts
    assert (shown.base, shown.mine, shown.theirs) == ("一", "四", "三")


def test_bank_details_need_a_right_of_their_own(company: Company, at: dt.datetime) -> None:
    account = create(company, at, values={"bank_account": "6222 0000"})
    assert account.bank_account == "6222 0000"
    services.set_team(
        account=account,
        members=[(company.teammate.pk, "sales_support")],
        by=company.viewer("director"),
        at=at,
    )
    with pytest.raises(NotAllowed):
        services.update_account(
            account=account,
            values={"bank_account": "1"},
            expected_version=1,
            by=company.viewer("teammate"),
            at=at,
        )
    services.update_account(
        account=account,
        values={"bank_account": "2"},
        expected_version=1,
        fact_reason="更换开户行",
        by=company.viewer("owner"),
        at=at,
    )
    assert Event.objects.get(kind="accounts.money_changed").changes.get().after == "2"
    assert not Event.objects.filter(kind="accounts.changed").exists()


@pytest.mark.parametrize(
    "who", ["outsider", "colleague", "compliance", "general_manager", "administrator", "newcomer"]
)
def test_who_may_not_edit_changes_nothing(company: Company, at: dt.datetime, who: str) -> None:
    account = create(company, at)
    before = rows()
    with pytest.raises(NotAllowed):
        services.update_account(
            account=account, values={"address": "x"}, expected_version=1, by=company.viewer(who), at=at
        )
    assert rows() == before


def test_what_was_merged_away_is_history(company: Company, at: dt.datetime) -> None:
    account = create(company, at)
    other = create(company, at, values={"name": "苏州鑫瑞电子厂"})
    Account.objects.filter(pk=other.pk).update(merged_into=account)
    with pytest.raises(services.CannotChangeMerged):
        services.update_account(
            account=other, values={"address": "x"}, expected_version=1, by=company.viewer("owner"), at=at
        )


def test_handing_over_changes_the_owner_and_nothing_else(company: Company, at: dt.datetime) -> None:
    account = create(company, at)
    director = company.viewer("director")
    given = services.assign_owner(
        account=account, owner=company.colleague, reason="区域调整", by=director, at=at
    )
    assert (given.owner, given.unit, given.lifecycle) == (
        company.colleague,
        company.units.east_one,
        "potential",
    )
    assert (
        Event.objects.get(kind="accounts.assigned").changes.filter(field="reason", after="区域调整").exists()
    )
    with pytest.raises(NotAllowed):
        services.assign_owner(account=account, owner=company.owner, by=company.viewer("colleague"), at=at)
    with pytest.raises(NotAllowed):
        services.assign_owner(account=account, owner=company.outsider, by=director, at=at)
    with pytest.raises(services.CannotAssignOwner):
        services.assign_owner(
            account=account, owner=company.outsider, unit=company.units.east, by=director, at=at
        )
    account.refresh_from_db()
    assert account.owner == company.colleague
    unowned = services.assign_owner(account=account, owner=None, by=director, at=at)
    assert (unowned.owner, unowned.unit) == (None, company.units.east_one)
