"""Importing accounts: what a person sees before, what happens, what comes back, and that it happens exactly once."""

import datetime as dt
import io
import json
from collections.abc import Callable

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from panshi.domains.accounts.models import Account, FormerName, ImportBatch
from panshi.domains.accounts.reports.imports.mapping import guess_mapping
from panshi.domains.accounts.reports.imports.preview import preview
from panshi.domains.accounts.reports.imports.rows import Outcome
from panshi.domains.accounts.services.imports.applying import apply_import
from panshi.domains.accounts.services.imports.batches import (
    CannotStartImport,
    start_import,
    upload_import,
)
from panshi.ground.audit.models import Event
from panshi.ground.search.models import Entry
from panshi.ground.work.models import Job
from panshi.ground.work.running import run_job
from tests.factories.accounts import make_account
from tests.factories.imports import counts, reasons
from tests.factories.organisation import Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]

USCC = "91110000600037341L"
Uploaded = Callable[..., ImportBatch]


@pytest.fixture
def uploaded(company: Company, at: dt.datetime) -> Uploaded:
    """A CSV file on its way in, mapped as guessed unless told otherwise."""

    def upload(text: str, *, who: str = "director", mode: str = "both", reason: str = "") -> ImportBatch:
        by = company.viewer(who)
        batch = upload_import(file=ContentFile(text.encode(), name="客户.csv"), by=by, at=at)
        mapping = guess_mapping(batch.headings, viewer=by)
        return start_import(batch=batch, mapping=mapping, mode=mode, duplicate_reason=reason, by=by, at=at)

    return upload


@pytest.fixture
def applied(uploaded: Uploaded, company: Company, at: dt.datetime) -> Uploaded:
    """The same, applied."""

    def apply(text: str, *, who: str = "director", mode: str = "both", reason: str = "") -> ImportBatch:
        batch = uploaded(text, who=who, mode=mode, reason=reason)
        return apply_import(batch_id=batch.pk, by=company.viewer(who), at=at)

    return apply


def test_rows_become_accounts_with_everything_that_belongs_to_them(
    company: Company, applied: Uploaded
) -> None:
    batch = applied(
        "客户编号,客户名称,信用代码,省份,城市,行业,电话,注册资本,成立日期,人数,单位性质,生命周期,负责人,部门\n"
        f"A1,上海恒达机械有限公司,{USCC},上海,浦东新区,机械,021-12345678,500万,2001年3月4日,120人,民营,合作中,"
        "沈南舟,东区一组\n"
        ",苏州鑫瑞电子厂,,江苏,苏州,C39,,,,,state,,,\n"
    )
    assert counts(batch) == (2, 0, 0, 0)
    one, two = Account.objects.order_by("code")
    assert (one.owner, one.unit, one.lifecycle, one.region) == (
        company.owner,
        company.units.east_one,
        "active",
        "310115",
    )
    assert (one.registered_capital, one.founded_on, one.employees) == (5_000_000, dt.date(2001, 3, 4), 120)
    assert (two.code, two.region, two.industry, two.ownership_type) == ("K000001", "320500", "C39", "state")
    assert (two.owner, two.unit) == (None, company.units.east)
    assert Entry.objects.count() == 2
    assert one.lifecycle_records.get().reason == "导入"
    event = Event.objects.get(kind="accounts.created", account_id=one.pk)
    assert json.loads(event.payload)["batch_id"] == batch.pk


def test_every_rejected_row_comes_back_with_its_reason_and_its_cells(applied: Uploaded) -> None:
    batch = applied(
        "客户编号,客户名称,信用代码,城市,注册资本,负责人\n"
        "A1,甲机械,,苏州,,\n"
        "A2,,,苏州,,\n"
        "A3,丙机械,9111,火星,十块,无名氏\n"
        "A1,丁机械,,,,\n"
        'A5,"=HYPERLINK(""http://x"")",1,,,\n'
    )
    assert counts(batch) == (1, 0, 0, 4)
    why = reasons(batch)
    assert set(why) == {3, 4, 5, 6}
    assert why[3] == "没有客户名称"
    assert all(word in why[4] for word in ("火星", "十块", "无名氏"))
    assert "第 2 行" in why[5]
    with default_storage.open(batch.error_path) as stream:
        sheet = openpyxl.load_workbook(io.BytesIO(stream.read())).active
    assert [cell.value for cell in sheet[1]][2:] == [
        "客户编号",
        "客户名称",
        "信用代码",
        "城市",
        "注册资本",
        "负责人",
    ]
    assert sheet["D5"].value == '\'=HYPERLINK("http://x")'
    assert sheet["D5"].data_type == "s"


def test_known_accounts_are_found_by_code_or_credit_code_and_changed(
    company: Company, applied: Uploaded
) -> None:
    where = {"owner": company.owner, "unit": company.units.east_one}
    by_code = make_account("甲机械", code="A1", address="旧", **where)
    by_uscc = make_account("乙机械", code="A2", uscc=USCC, **where)
    make_account("丙机械", code="A3", address="同", **where)
    batch = applied(f"编号,名称,信用代码,地址\nA1,甲机械新名,,新\n,乙机械,{USCC},新\nA3,丙机械,,同\n")
    assert counts(batch) == (0, 2, 1, 0)
    by_code.refresh_from_db()
    by_uscc.refresh_from_db()
    assert (by_code.name, by_code.address, by_code.version) == ("甲机械新名", "新", 2)
    assert (by_uscc.address, by_uscc.version, by_uscc.owner) == ("新", 2, company.owner)
    assert FormerName.objects.get().name == "甲机械"
    event = Event.objects.get(kind="accounts.changed", account_id=by_code.pk)
    assert {(c.field, c.before, c.after) for c in event.changes.all()} == {
        ("name", "甲机械", "甲机械新名"),
        ("address", "旧", "新"),
    }


def test_an_empty_cell_leaves_what_is_stored(company: Company, applied: Uploaded) -> None:
    account = make_account("甲", code="A1", address="旧", owner=company.owner, unit=company.units.east_one)
    assert counts(applied("编号,名称,地址\nA1,甲,\n")) == (0, 0, 1, 0)
    account.refresh_from_db()
    assert account.address == "旧"


@pytest.mark.parametrize(
    ("mode", "expected"), [("create", (1, 0, 0, 1)), ("update", (0, 1, 0, 1)), ("both", (1, 1, 0, 0))]
)
def test_the_mode_says_which_rows_are_taken(
    company: Company, applied: Uploaded, mode: str, expected: tuple[int, int, int, int]
) -> None:
    make_account("甲机械", code="A1", owner=company.owner, unit=company.units.east_one)
    assert counts(applied("编号,名称,地址\nA1,甲机械,新\nA2,乙电子,新\n", mode=mode)) == expected


FILE_OF_DOUBLES = (
    "编号,名称,电话\n"
    "B1,恒达（上海）机械股份有限公司,\n"
    "B2,上海衡达机械有限公司,\n"
    "B3,某某公司,021 12345678\n"
    "B4,全新装备公司,02187654321\n"
    "B5,全新装备有限公司,\n"
    "B6,又一家公司,021-87654321\n"
)


def test_look_alikes_are_rejected_with_whom_they_look_like(company: Company, applied: Uploaded) -> None:
    make_account(
        "上海恒达机械有限公司", code="A1", owner=company.owner, unit=company.units.east_one, phone_key="02112345678",
        name_block="hengda",
    )  # fmt: skip
    batch = applied(FILE_OF_DOUBLES)
    assert counts(batch) == (1, 0, 0, 5)
    why = reasons(batch)
    assert all("A1 上海恒达机械有限公司（负责人：沈南舟）" in why[number] for number in (2, 3, 4))
    assert "名称相似" in why[2]
    assert "电话相同" in why[4]
    assert all("第 5 行" in why[number] for number in (6, 7))


def test_with_a_reason_look_alikes_are_taken_and_the_reason_is_kept(
    company: Company, applied: Uploaded
) -> None:
    known = make_account(
        "上海恒达机械有限公司", owner=company.owner, unit=company.units.east_one, name_block="hengda"
    )
    batch = applied(FILE_OF_DOUBLES, reason="已逐一核对")
    assert counts(batch) == (6, 0, 0, 0)
    event = Event.objects.get(kind="accounts.created", account_id=Account.objects.get(code="B2").pk)
    assert json.loads(event.payload)["duplicate_ids"] == [known.pk]
    assert event.changes.get().after == "已逐一核对"


def test_outside_the_scope_nothing_is_written_and_nothing_is_told(
    company: Company, applied: Uploaded
) -> None:
    foreign = make_account(
        "南方钢铁", code="S1", owner=company.outsider, unit=company.units.south_one, name_block="nanfang"
    )
    batch = applied("编号,名称,地址,负责人\nS1,南方钢铁,新,\nE1,南方钢铁厂,,\nE2,北方钢铁,,何南\n")
    assert counts(batch) == (0, 0, 0, 3)
    why = reasons(batch)
    assert why[2] == why[4] == "超出您的权限范围"
    assert "您范围外的客户（负责人：何南）" in why[3]
    assert "S1" not in why[3]
    foreign.refresh_from_db()
    assert (foreign.address, foreign.version) == ("", 1)


def test_new_accounts_hang_under_the_parents_they_name(company: Company, applied: Uploaded) -> None:
    batch = applied("编号,名称,上级客户\nG1,磐石集团,\nG2,磐石重工,G1\nG3,磐石电子,G2\nG4,磐石贸易,G9\n")
    assert counts(batch) == (4, 0, 0, 0)
    root = Account.objects.get(code="G1")
    assert set(Account.objects.filter(group=root).values_list("code", flat=True)) == {"G1", "G2", "G3"}
    assert "没有找到上级客户" in reasons(batch)[5]


def test_a_preview_tells_what_the_import_will_do_and_writes_nothing(
    company: Company, uploaded: Uploaded, at: dt.datetime
) -> None:
    make_account("甲机械", code="A1", owner=company.owner, unit=company.units.east_one)
    by = company.viewer("director")
    text = "编号,名称,地址\nA1,甲机械,新\nA2,乙电子,\nA3,,x\n"
    batch = upload_import(file=ContentFile(text.encode(), name="a.csv"), by=by, at=at)
    mapping = guess_mapping(batch.headings, viewer=by)
    before = Event.objects.count()
    seen = preview(batch, mapping=mapping, mode="both", viewer=by, at=at)
    assert seen.labels == ("客户编号", "客户名称", "地址")
    assert [(row.number, row.outcome) for row in seen.rows] == [
        (2, Outcome.UPDATE),
        (3, Outcome.CREATE),
        (4, Outcome.REJECT),
    ]
    assert (seen.total, seen.counts[Outcome.REJECT], seen.rows[2].problems) == (3, 1, ("没有客户名称",))
    assert (Account.objects.count(), Event.objects.count()) == (1, before)


STEPS = ["读取文件", "核对", "写入客户", "写入结果"]


@pytest.mark.parametrize("last", STEPS)
def test_whatever_stops_it_leaves_the_old_state_and_a_second_run_does_not_double(
    company: Company, uploaded: Uploaded, at: dt.datetime, last: str
) -> None:
    known = make_account("甲机械", code="A1", owner=company.owner, unit=company.units.east_one)
    batch = uploaded("编号,名称,地址\nA1,甲机械,新\nA2,乙电子,\n,丙装备,\n")
    by = company.viewer("director")
    events = Event.objects.count()

    class Killed(BaseException):
        pass

    def say(sentence: str) -> None:
        if sentence.startswith(last):
            raise Killed

    with pytest.raises(Killed):
        apply_import(batch_id=batch.pk, by=by, at=at, say=say)
    known.refresh_from_db()
    assert (known.address, Account.objects.count(), Event.objects.count(), Entry.objects.count()) == (
        "",
        1,
        events,
        0,
    )
    for _run in range(2):
        done = apply_import(batch_id=batch.pk, by=by, at=at)
        assert counts(done) == (2, 1, 0, 0)
    assert Account.objects.count() == 3


def test_the_same_file_again_changes_nothing(applied: Uploaded) -> None:
    text = "编号,名称,地址\nA1,甲机械,一\nA2,乙电子,二\n"
    assert counts(applied(text)) == (2, 0, 0, 0)
    assert counts(applied(text)) == (0, 0, 2, 0)


def test_a_full_disk_loses_nothing(
    company: Company, uploaded: Uploaded, at: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = uploaded("编号,名称\nA1,甲机械\nA2,\n")

    def full(*_arguments: object, **_named: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", full)
    assert run_job(batch.job_id or 0, at=at)
    batch.refresh_from_db()
    assert (batch.state, Account.objects.count()) == ("failed", 0)
    assert "磁盘" in batch.error
    monkeypatch.undo()
    again = start_import(
        batch=batch, mapping=batch.mapping, mode="both", by=company.viewer("director"), at=at
    )
    assert run_job(again.job_id or 0, at=at)
    batch.refresh_from_db()
    assert counts(batch) == (1, 0, 0, 1)


def test_the_job_ends_with_its_batch(company: Company, uploaded: Uploaded, at: dt.datetime) -> None:
    batch = uploaded("编号,名称\nA1,甲机械\n")
    assert run_job(batch.job_id or 0, at=at)
    job = Job.objects.get(pk=batch.job_id)
    assert (job.state, job.result["created"], job.result["batch_id"]) == ("done", 1, batch.pk)
    with pytest.raises(CannotStartImport):
        start_import(batch=batch, mapping={"name": 0}, mode="create", by=company.viewer("director"), at=at)


def test_rights_lost_before_the_job_runs_stop_it(
    company: Company, uploaded: Uploaded, at: dt.datetime
) -> None:
    batch = uploaded("编号,名称\nA1,甲机械\n")
    company.director.assignments.update(role="marketing")
    assert run_job(batch.job_id or 0, at=at)
    batch.refresh_from_db()
    assert (batch.state, Account.objects.count()) == ("failed", 0)


def test_a_thousand_rows_cost_as_many_queries_as_ten(
    company: Company,
    uploaded: Uploaded,
    at: dt.datetime,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    by = company.viewer("director")
    rows = "\n".join(f"A{number},第{number}号装备厂{number},{number}" for number in range(1000))
    batch = uploaded(f"编号,名称,地址\n{rows}\n")
    with django_assert_max_num_queries(50):  # type: ignore[attr-defined]
        assert apply_import(batch_id=batch.pk, by=by, at=at).created == 1000
