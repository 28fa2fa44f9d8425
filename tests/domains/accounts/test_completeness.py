"""Completeness: what an account of its kind needs, what counts as filled, and that every change is measured."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account, ArchiveCount, Brand, Equipment
from panshi.domains.accounts.reports.completeness import (
    ABC_WORDS,
    BY_WORD,
    LIFECYCLE_WORDS,
    completeness,
    needs_on,
)
from panshi.domains.accounts.services.completeness import measure, measure_some
from panshi.domains.accounts.services.counting import tell_machines
from panshi.domains.accounts.services.pools.keys import mark_key
from panshi.domains.people.services import add_contact, leave_contact
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.rules.services import load_shipped
from panshi.ground.rules.services.shipping import SHIPPED
from panshi.ground.settings.services import create_field
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job
from panshi.ground.work.services import enqueue
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)
OUTLINE: dict[str, Any] = {
    "ownership_type": "private",
    "size": "large",
    "industry": "C35",
    "region": "310115",
    "address": "某路 7 号",
    "phone": "021-66667777",
    "products": "轴承 200 吨",
}


@pytest.fixture
def shipped(db: None, system: Viewer, at: dt.datetime) -> None:
    load_shipped(by=system, at=at)


def percent_of(account: Account) -> int:
    return int(Account.objects.values_list("completeness", flat=True).get(pk=account.pk))


def missing(account: Account, viewer: Viewer) -> list[str]:
    account.refresh_from_db()
    return [item.code for item, _weight in completeness(account, on=TODAY, viewer=viewer).missing]


def test_the_shipped_table_speaks_of_known_items_only() -> None:
    table = json.loads((SHIPPED / "archive_completeness.json").read_text("utf-8"))
    assert set(table["contract"]["choices"]["item"]) == set(BY_WORD)
    inputs = {column["name"]: column.get("choices") for column in table["table"]["inputs"]}
    assert inputs["lifecycle"] == list(LIFECYCLE_WORDS.values())
    assert inputs["abc_class"] == list(ABC_WORDS.values())


def test_a_target_needs_only_the_outline(
    shipped: None, company: Company, system: Viewer, at: dt.datetime
) -> None:
    account = services.create_account(
        values={"name": "石英轴承有限公司", **OUTLINE},
        placement=services.Placement(owner_id=company.owner.pk),
        by=company.viewer("owner"),
        at=at,
    )
    assert percent_of(account) == 100
    services.change_lifecycle(
        account=account, to="qualified", reason="已核实", by=company.viewer("owner"), at=at
    )
    assert percent_of(account) < 100
    assert set(missing(account, system)) == {
        *("uscc", "contact", "legal_representative", "registered_capital", "employees"),
        *("service_requirements", "present_problems"),
    }


def test_each_change_is_measured(shipped: None, company: Company, system: Viewer, at: dt.datetime) -> None:
    account = make_account(owner=company.owner, unit=company.units.east_one, lifecycle="developing")
    measure([account.pk], at=at)
    owner, before = company.viewer("owner"), percent_of(account)
    services.update_account(account=account, values={"products": "齿轮"}, expected_version=1, by=owner, at=at)
    filled = percent_of(account)
    assert filled > before
    contact = add_contact(account=account, values={"name": "王工", "primary": True}, by=owner, at=at)
    with_contact = percent_of(account)
    assert with_contact > filled
    assert not {"contact", "primary"} & set(missing(account, system))
    leave_contact(contact=contact, left_on=TODAY, by=owner, at=at)
    assert percent_of(account) == filled
    services.assign_owner(account=account, owner=None, by=company.viewer("director"), at=at)
    assert percent_of(account) < filled
    assert "owner" in missing(account, system)


def test_key_accounts_need_a_team(shipped: None, company: Company, system: Viewer, at: dt.datetime) -> None:
    account = make_account(owner=company.owner, unit=company.units.east_one, lifecycle="qualified", **OUTLINE)
    measure([account.pk], at=at)
    before = percent_of(account)
    mark_key(account=account, is_key=True, source="tests", by=company.viewer("director"), at=at)
    assert "team" in missing(account, system)
    assert percent_of(account) < before
    roles = (("supervisor", company.supervisor), ("sponsor", company.director))
    services.set_team(
        account=account,
        members=[
            (company.teammate.pk, "sales_support"),
            *((person.pk, role) for role, person in roles),
        ],
        by=company.viewer("director"),
        at=at,
    )
    assert "team" not in missing(account, system)


def test_required_custom_fields_count(
    shipped: None, company: Company, system: Viewer, at: dt.datetime
) -> None:
    account = make_account(owner=company.owner, unit=company.units.east_one, lifecycle="qualified")
    assert "custom" not in missing(account, system)
    create_field(
        record_kind="account",
        kind="number",
        values={"label": "产线数", "required": True},
        by=system,
        at=at,
    )
    assert "custom" in missing(account, system)


def test_who_may_not_see_bank_details_is_not_told_of_them(
    shipped: None, company: Company, system: Viewer, at: dt.datetime
) -> None:
    account = make_account(
        owner=company.owner, unit=company.units.east_one, lifecycle="active", team=(company.teammate,)
    )
    assert "invoice" in missing(account, system)
    assert "invoice" not in missing(account, company.viewer("teammate"))


def test_without_a_table_nothing_is_needed(company: Company, at: dt.datetime) -> None:
    account = make_account(owner=company.owner)
    measure([account.pk], at=at)
    assert percent_of(account) == 100


def test_the_night_measures_everybody_in_bounded_queries(
    shipped: None, company: Company, system: Viewer, at: dt.datetime
) -> None:
    def queries(count: int) -> int:
        for _number in range(count):
            make_account(owner=company.owner, unit=company.units.east_one)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            measure_some(needs=needs_on(TODAY), after=0, by=system, at=at)
        return len(seen)

    assert queries(30) <= queries(3) + 1
    with pytest.raises(NotAllowed):
        measure_some(needs=needs_on(TODAY), after=0, by=company.viewer("teammate"), at=at)


def test_the_job_corrects_what_was_counted_wrongly(
    shipped: None, company: Company, system: Viewer, at: dt.datetime
) -> None:
    account = make_account(owner=company.owner, lifecycle="qualified")
    ArchiveCount.objects.create(account=account, item="contacts", count=5)
    Account.objects.filter(pk=account.pk).update(completeness=3)
    job = enqueue(kind="accounts.completeness", arguments={"due_on": TODAY.isoformat()}, by=system, at=at)
    run_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    assert ArchiveCount.objects.get().count == 0
    assert "contact" in missing(account, system)
    assert (
        percent_of(account)
        == completeness(Account.objects.get(pk=account.pk), on=TODAY, viewer=system).percent
    )


def test_machines_and_wallets_count_for_key_accounts_that_trade(
    shipped: None, company: Company, system: Viewer, at: dt.datetime
) -> None:
    account = make_account(
        owner=company.owner, unit=company.units.east_one, lifecycle="active", abc_class="A"
    )
    measure([account.pk], at=at)
    owner, before = company.viewer("owner"), percent_of(account)
    assert {"equipment", "wallet"} <= set(missing(account, system))
    machine = services.add_equipment(account=account, values={"brand": "甲", "model": "A-1"}, by=owner, at=at)
    with_machine = percent_of(account)
    assert with_machine > before
    facts = services.WalletFacts(year=2026, volume=Decimal(1000))
    wallet = services.keep_wallet(account=account, facts=facts, by=owner, at=at)
    assert percent_of(account) > with_machine
    assert not {"equipment", "wallet"} & set(missing(account, system))
    services.drop_wallet(wallet=wallet, by=owner, at=at)
    assert percent_of(account) == with_machine
    services.retire_equipment(equipment=machine, on=TODAY, reason="已拆除", by=owner, at=at)
    assert percent_of(account) == before
    machine.refresh_from_db()
    services.return_equipment(equipment=machine, by=owner, at=at)
    assert percent_of(account) == with_machine
    services.retire_many(keys=[machine.pk], on=TODAY, reason="已拆除", by=owner, at=at)
    assert percent_of(account) == before


def test_smaller_accounts_need_neither_machines_nor_wallets(
    shipped: None, company: Company, system: Viewer
) -> None:
    account = make_account(owner=company.owner, lifecycle="active", abc_class="B")
    assert not {"equipment", "wallet"} & set(missing(account, system))


def test_many_accounts_are_told_of_in_as_many_queries_as_one(
    shipped: None, company: Company, system: Viewer, at: dt.datetime
) -> None:
    def queries(count: int) -> int:
        accounts = [
            make_account(owner=company.owner, lifecycle="active", abc_class="A") for _ in range(count)
        ]
        for account in accounts:
            brand, _new = Brand.objects.get_or_create(
                name="甲", name_key="甲", defaults={"created_at": at, "updated_at": at}
            )
            Equipment.objects.create(account=account, brand=brand, model="A", created_at=at, updated_at=at)
        with CaptureQueriesContext(connection) as seen:
            tell_machines([account.pk for account in accounts], by=system, at=at)
        assert all("equipment" not in missing(account, system) for account in accounts)
        return len(seen)

    assert queries(20) <= queries(2)
