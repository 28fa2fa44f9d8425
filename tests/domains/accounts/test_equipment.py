"""The installed base: what may be written by whom, serial numbers once, hours that tell when to replace, reminders
once."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from panshi.domains.accounts.models import Account, Brand, Equipment, EquipmentState, HourReading
from panshi.domains.accounts.reports import brand_rows, hour_readings, installed_base
from panshi.domains.accounts.services import (
    CannotMergeBrands,
    CannotRetireEquipment,
    CannotSaveBrand,
    CannotSaveEquipment,
    add_equipment,
    change_equipment,
    merge_brands,
    read_hours,
    remind_of_equipment,
    retire_equipment,
    retire_many,
    return_equipment,
    save_brand,
)
from panshi.ground.audit.models import Event
from panshi.ground.base.models import NOT_PLANNED
from panshi.ground.base.refusals import NotAllowed, Stale
from panshi.ground.notices.models import Notice
from tests.factories.accounts import make_account
from tests.factories.organisation import SYSTEM, Company

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def account(company: Company) -> Account:
    return make_account("玄武岩", owner=company.owner, unit=company.units.east_one, team=(company.teammate,))


def add(company: Company, account: Account, at: dt.datetime, **values: Any) -> Equipment:
    given = {"brand": "西门", "model": "S-200", **values}
    return add_equipment(account=account, values=given, by=company.viewer("owner"), at=at)


def test_a_machine_is_noted_with_everything(company: Company, account: Account, at: dt.datetime) -> None:
    machine = add(
        company, account, at, serial="ab 12", site="二号车间", commissioned_on="2020-01-10", life_years="10",
        warranty_on="2027-01-10", quantity="1",
    )  # fmt: skip
    assert (machine.replace_on, machine.replace_cause) == (dt.date(2030, 1, 10), "years")
    assert not machine.brand.ours
    event = Event.objects.get(kind="accounts.equipment_added")
    assert (event.account_id, event.subject_id) == (account.pk, machine.pk)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"brand": " "}, "brand"),
        ({"model": "--"}, "model"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "2", "serial": "A1"}, "quantity"),
        ({"commissioned_on": "2026-11-22"}, "commissioned_on"),
        ({"commissioned_on": "gestern"}, "commissioned_on"),
        ({"commissioned_on": "2020-01-01", "warranty_on": "2019-01-01"}, "warranty_on"),
        ({"hours": "-1"}, "hours"),
        ({"life_years": "101"}, "life_years"),
        ({"state": "retired"}, "state"),
        ({"site": "x" * 201}, "site"),
        ({"model": "a\x00b"}, "model"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    company: Company, account: Account, at: dt.datetime, values: dict[str, str], field: str
) -> None:
    with pytest.raises(CannotSaveEquipment) as refusal:
        add(company, account, at, **values)
    assert field in refusal.value.errors
    assert not Equipment.objects.exists()
    assert not Event.objects.filter(kind="accounts.equipment_added").exists()


def test_a_serial_number_stands_once_for_a_brand(company: Company, account: Account, at: dt.datetime) -> None:
    other = make_account("另一家", owner=company.owner, unit=company.units.east_one)
    add(company, account, at, serial="AB 12")
    with pytest.raises(CannotSaveEquipment) as refusal:
        add(company, other, at, serial="ａｂ12")
    assert "serial" in refusal.value.errors
    add(company, other, at, serial="AB12", brand="别的")
    add(company, other, at)
    add(company, other, at)
    assert Equipment.objects.count() == 4


@pytest.mark.parametrize("who", ["teammate", "colleague", "outsider", "general_manager"])
def test_who_may_not_change_the_account_may_not_change_its_machines(
    company: Company, account: Account, at: dt.datetime, who: str
) -> None:
    machine = add(company, account, at)
    viewer = company.viewer(who)
    with pytest.raises(NotAllowed):
        add_equipment(account=account, values={"brand": "甲", "model": "乙"}, by=viewer, at=at)
    with pytest.raises(NotAllowed):
        change_equipment(equipment=machine, values={"site": "x"}, expected_version=1, by=viewer, at=at)
    with pytest.raises(NotAllowed):
        retire_equipment(equipment=machine, on=TODAY, reason="旧", by=viewer, at=at)
    assert Equipment.objects.get().version == 1


def test_who_sees_the_account_sees_its_machines(company: Company, account: Account, at: dt.datetime) -> None:
    add(company, account, at)
    for who, count in (
        ("teammate", 1),
        ("supervisor", 1),
        ("outsider", 0),
        ("colleague", 0),
        ("newcomer", 0),
    ):
        assert len(installed_base(account, viewer=company.viewer(who)).machines) == count


def test_hours_tell_when_to_replace(company: Company, account: Account, at: dt.datetime) -> None:
    by = company.viewer("owner")
    machine = add(company, account, at, life_hours="10000", hours="1000", hours_on="2026-01-01")
    assert machine.replace_on == NOT_PLANNED
    machine = read_hours(equipment=machine, hours=2000, on=dt.date(2026, 4, 11), by=by, at=at)
    assert (machine.replace_on, machine.replace_cause) == (dt.date(2028, 6, 19), "hours")
    assert [read.since for read in hour_readings(machine, viewer=by)] == [1000, None]
    with pytest.raises(CannotSaveEquipment):
        read_hours(equipment=machine, hours=1500, on=dt.date(2026, 5, 1), by=by, at=at)
    with pytest.raises(CannotSaveEquipment):
        read_hours(equipment=machine, hours=2500, on=dt.date(2026, 2, 1), by=by, at=at)
    assert HourReading.objects.count() == 2


def test_a_day_somebody_entered_stands_until_it_is_cleared(
    company: Company, account: Account, at: dt.datetime
) -> None:
    by = company.viewer("owner")
    machine = add(
        company, account, at, commissioned_on="2020-01-10", life_years="10", replace_on="2028-05-01"
    )
    assert (machine.replace_on, machine.replace_cause) == (dt.date(2028, 5, 1), "entered")
    machine = change_equipment(
        equipment=machine, values={"life_years": "9"}, expected_version=1, by=by, at=at
    )
    assert machine.replace_on == dt.date(2028, 5, 1)
    machine = change_equipment(equipment=machine, values={"replace_on": ""}, expected_version=2, by=by, at=at)
    assert (machine.replace_on, machine.replace_cause) == (dt.date(2029, 1, 10), "years")


def test_saving_the_form_unchanged_keeps_a_reckoned_day_reckoned(
    company: Company, account: Account, at: dt.datetime
) -> None:
    by = company.viewer("owner")
    machine = add(company, account, at, commissioned_on="2020-01-10", life_years="10")
    values = {"replace_on": "2030-01-10", "life_years": "12"}
    machine = change_equipment(equipment=machine, values=values, expected_version=1, by=by, at=at)
    assert (machine.replace_on, machine.replace_cause) == (dt.date(2032, 1, 10), "years")


def test_the_second_of_two_writers_is_told(company: Company, account: Account, at: dt.datetime) -> None:
    by = company.viewer("owner")
    machine = add(company, account, at)
    change_equipment(equipment=machine, values={"site": "一号"}, expected_version=1, by=by, at=at)
    with pytest.raises(Stale):
        change_equipment(equipment=machine, values={"site": "二号"}, expected_version=1, by=by, at=at)
    assert Equipment.objects.get().site == "一号"


def test_retired_machines_stay_and_come_back(company: Company, account: Account, at: dt.datetime) -> None:
    by = company.viewer("owner")
    machine = add(company, account, at, commissioned_on="2020-01-10")
    for on, reason in ((TODAY, " "), (dt.date(2026, 11, 22), "旧"), (dt.date(2019, 1, 1), "旧")):
        with pytest.raises(CannotRetireEquipment):
            retire_equipment(equipment=machine, on=on, reason=reason, by=by, at=at)
    with pytest.raises(CannotRetireEquipment):
        return_equipment(equipment=machine, by=by, at=at)
    machine = retire_equipment(equipment=machine, on=TODAY, reason="报废", by=by, at=at)
    assert installed_base(account, viewer=by).units == 0
    with pytest.raises(CannotRetireEquipment):
        retire_equipment(equipment=machine, on=TODAY, reason="报废", by=by, at=at)
    assert return_equipment(equipment=machine, by=by, at=at).state == EquipmentState.IN_USE


def test_many_are_retired_and_each_refusal_is_told(
    company: Company, account: Account, at: dt.datetime
) -> None:
    theirs = make_account("别家", owner=company.outsider, unit=company.units.south_one)
    hidden = add_equipment(
        account=theirs, values={"brand": "甲", "model": "乙"}, by=company.viewer("outsider"), at=at
    )
    late = add(company, account, at, commissioned_on="2026-11-20")
    done = add(company, account, at)
    gone = add(company, account, at)
    by = company.viewer("owner")
    retire_equipment(equipment=gone, on=TODAY, reason="旧", by=by, at=at)
    keys = [hidden.pk, late.pk, done.pk, gone.pk]
    came = retire_many(keys=keys, on=dt.date(2026, 11, 1), reason="搬迁", by=by, at=at)
    assert (came.done, came.unchanged, list(came.refused)) == ([done.pk], [gone.pk], [late.pk])
    hidden.refresh_from_db()
    assert hidden.state == EquipmentState.IN_USE


def test_our_share_counts_units_in_use(company: Company, account: Account, at: dt.datetime) -> None:
    save_brand(brand=None, name="磐牌", ours=True, by=company.viewer("owner"), at=at)
    add(company, account, at, brand="磐牌", quantity="3")
    add(company, account, at, quantity="1")
    base = installed_base(account, viewer=company.viewer("owner"))
    assert (base.units, base.ours, base.share) == (4, 3, Decimal("0.75"))


def test_a_brand_is_named_once_and_merged_with_everything(
    company: Company, account: Account, at: dt.datetime
) -> None:
    by = company.viewer("supervisor")
    add(company, account, at, brand="西门", serial="1")
    add(company, account, at, brand="西 门", serial="2")
    twice = add(company, account, at, brand="西门公司", serial="3").brand
    kept = Brand.objects.get(name="西门")
    with pytest.raises(CannotSaveBrand):
        save_brand(brand=None, name="西　门", ours=False, by=by, at=at)
    with pytest.raises(NotAllowed):
        merge_brands(loser=twice, winner=kept, by=company.viewer("owner"), at=at)
    with pytest.raises(CannotMergeBrands):
        merge_brands(loser=kept, winner=kept, by=by, at=at)
    merge_brands(loser=twice, winner=kept, by=by, at=at)
    assert [(row.brand.name, row.machines) for row in brand_rows(viewer=by)] == [("西门", 3)]
    assert add(company, account, at, brand="西门公司", serial="4").brand_id == kept.pk
    with pytest.raises(CannotMergeBrands):
        merge_brands(loser=twice, winner=kept, by=by, at=at)


def test_brands_whose_serials_collide_are_not_merged(
    company: Company, account: Account, at: dt.datetime
) -> None:
    one = add(company, account, at, brand="甲", serial="7").brand
    two = add(company, account, at, brand="乙", serial="7").brand
    with pytest.raises(CannotMergeBrands):
        merge_brands(loser=one, winner=two, by=company.viewer("supervisor"), at=at)
    assert Brand.objects.standing().count() == 2


def test_the_owner_hears_once_of_each_day(company: Company, account: Account, at: dt.datetime) -> None:
    machine = add(company, account, at, warranty_on="2026-12-20", replace_on="2027-11-01")
    add(company, account, at, warranty_on="2027-12-20")
    assert remind_of_equipment(by=SYSTEM, at=at) == (1, machine.pk)
    assert remind_of_equipment(by=SYSTEM, at=at) == (0, None)
    notice = Notice.objects.get(kind="accounts.warranty_due")
    assert (notice.person_id, notice.account_id) == (company.owner.pk, account.pk)
    values = {"warranty_on": "2026-12-31", "replace_on": "2026-12-01"}
    change_equipment(equipment=machine, values=values, expected_version=1, by=company.viewer("owner"), at=at)
    assert remind_of_equipment(by=SYSTEM, at=at)[0] == 2
    assert Notice.objects.filter(kind__in=["accounts.warranty_due", "accounts.replacement_due"]).count() == 3


def test_nobody_hears_of_retired_machines_or_accounts_without_owner(
    company: Company, account: Account, at: dt.datetime
) -> None:
    machine = add(company, account, at, warranty_on="2026-12-20")
    retire_equipment(equipment=machine, on=TODAY, reason="旧", by=company.viewer("owner"), at=at)
    add(company, account, at, warranty_on="2026-12-20")
    Account.objects.filter(pk=account.pk).update(owner=None)
    assert remind_of_equipment(by=SYSTEM, at=at) == (0, None)
