"""Files of the installed base: whose machines they are, which known ones they mean, and the way back."""

import datetime as dt

import pytest

from panshi.domains.accounts.models import Account, Equipment, HourReading
from panshi.domains.accounts.services.equipment import read_hours
from panshi.domains.accounts.services.imports.undoing import kept_rows, undo_import
from panshi.ground.audit.models import Event
from tests.factories.accounts import make_account
from tests.factories.imports import counts, imported, reasons
from tests.factories.organisation import SYSTEM, Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]
FILE = (
    "客户编号,品牌,型号,出厂编号,数量,安装地点,投用日期,运行小时,状态\n"
    "A1,磐石,ZK-200,SN-1,,一车间,2020年1月2日,1200,在用\n"
    "A1,西门子,S7,,3,二车间,,,备用\n"
    "A1,磐石,ZK-200,sn -1,,,,,\n"
    "A1,磐石,,SN-3,,,,,\n"
    "A1,磐石,ZK-300,SN-4,2,,,,\n"
    "S1,磐石,ZK-300,SN-5,,,,,\n"
    "A1,磐石,ZK-300,SN-6,,,那天,,坏了\n"
)


@pytest.fixture
def ours(company: Company) -> Account:
    """An account the director reaches, and one they do not."""
    make_account("南方钢铁", code="S1", owner=company.outsider, unit=company.units.south_one)
    return make_account("甲机械", code="A1", owner=company.owner, unit=company.units.east_one)


def test_rows_become_machines_and_what_is_wrong_comes_back(
    company: Company, ours: Account, at: dt.datetime
) -> None:
    batch = imported(FILE, kind="equipment", by=company.viewer("director"), at=at)
    assert counts(batch) == (2, 0, 0, 5)
    first, second = Equipment.objects.order_by("pk")
    assert (first.account, first.brand.name, first.serial, first.hours) == (ours, "磐石", "SN-1", 1200)
    assert (first.commissioned_on, HourReading.objects.get().hours) == (dt.date(2020, 1, 2), 1200)
    assert (second.quantity, second.state) == (3, "standby")
    why = reasons(batch)
    assert "第 2 行" in why[4]
    assert "型号" in why[5]
    assert "数量只能是 1" in why[6]
    assert "没有找到客户" in why[7]
    assert "投用日期" in why[8]
    assert "状态" in why[8]


def test_known_machines_change_and_come_back(company: Company, ours: Account, at: dt.datetime) -> None:
    by = company.viewer("director")
    imported(FILE, kind="equipment", by=by, at=at)
    later = at + dt.timedelta(days=1)
    batch = imported(
        "客户编号,品牌,型号,出厂编号,安装地点,数量,运行小时\nA1,磐石,ZK-200,SN-1,三车间,,1500\n"
        "A1,西门子,S7,,二车间,3,\nA1,新牌,N1,,,,\n",
        kind="equipment", by=by, at=later,
    )  # fmt: skip
    assert counts(batch) == (1, 1, 1, 0)
    machine = Equipment.objects.get(serial="SN-1")
    assert (machine.site, machine.hours, machine.hours_on) == ("三车间", 1500, at.date())
    undo_import(batch_id=batch.pk, by=by, at=later)
    machine.refresh_from_db()
    assert (machine.site, machine.hours, machine.hours_on) == ("一车间", 1200, at.date())
    assert set(Equipment.objects.values_list("model", flat=True)) == {"ZK-200", "S7"}
    assert Event.objects.filter(kind="accounts.equipment_removed").count() == 1


def test_a_machine_read_since_stays(company: Company, ours: Account, at: dt.datetime) -> None:
    by = company.viewer("director")
    batch = imported(FILE, kind="equipment", by=by, at=at)
    machine = Equipment.objects.get(serial="SN-1")
    read_hours(equipment=machine, hours=1300, on=at.date(), by=SYSTEM, at=at)
    undo_import(batch_id=batch.pk, by=by, at=at)
    assert list(Equipment.objects.values_list("serial", flat=True)) == ["SN-1"]
    batch.refresh_from_db()
    assert [row.why for row in kept_rows(batch)] == ["导入后又修改过这台设备。"]
