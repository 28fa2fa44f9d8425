"""A ledger import as a story: uploaded, mapped, checked, its unknown accounts resolved, committed, taken back."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django.fixtures import Settings

from panshi.calc.likeness import block
from panshi.domains.accounts.models import Account
from panshi.domains.ledger import services
from panshi.domains.ledger.models import AccountMonth, Batch, BatchState, Decision, Head, UnknownAccount
from panshi.domains.ledger.reports import (
    batch_folder,
    candidates,
    commit_obstacle,
    head_version,
    ledger_folder,
    mapping_choices,
    months_of,
    trade_trend,
)
from panshi.domains.ledger.services.staging import column_mapping
from panshi.engines.analytics.values import Revision
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

HEADINGS = ("客户编码", "客户名称", "单据号", "日期", "产品", "数量", "金额")
Rows = Sequence[Sequence[object]]
FIRST: Rows = [
    ("K1", "甲机械有限公司", "D1", "2026-10-05", "泵", 2, "1,000.00"),
    ("K1", "甲机械有限公司", "D1", "2026-10-05", "阀", 1, 50),
    ("", "乙电子（上海）有限公司", "D2", "2026-11-06", "泵", 1, "-30.5"),
    ("K9", "丙贸易有限公司", "D3", "2026-11-07", "泵", 4, 400),
    ("K9", "丙贸易有限公司", "D3", "2026-2-30", "泵", 4, 400),
]


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def operations(company: Company) -> Viewer:
    """Sales operations import the ledger."""
    return company.viewer("operations")


def as_file(rows: Rows, name: str = "台账.csv") -> ContentFile:  # type: ignore[type-arg]
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADINGS, *rows])
    return ContentFile(stream.getvalue().encode("gb18030"), name=name)


def work_off() -> None:
    """Do everything that was asked for, as the work process would."""
    while (waiting := Job.objects.filter(state=JobState.WAITING).order_by("pk").first()) is not None:
        assert run_job(waiting.pk), f"{waiting.kind} failed and waits to be tried again"


def uploaded(rows: Rows, by: Viewer, at: dt.datetime, source: str = "ERP") -> Batch:
    batch = services.open_batch(source_name=source, file=as_file(rows), by=by, at=at)
    work_off()
    batch.refresh_from_db()
    return batch


def staged(rows: Rows, by: Viewer, at: dt.datetime, source: str = "ERP") -> Batch:
    batch = uploaded(rows, by, at, source)
    services.map_columns(batch=batch, columns=batch.mapping, by=by, at=at)
    work_off()
    batch.refresh_from_db()
    return batch


def committed(rows: Rows, by: Viewer, at: dt.datetime, source: str = "ERP") -> Batch:
    batch = staged(rows, by, at, source)
    services.leave_out(batch=batch, by=by, at=at)
    services.request_commit(batch=batch, by=by, at=at)
    work_off()
    batch.refresh_from_db()
    return batch


def months() -> dict[tuple[str, dt.date], tuple[int, Decimal]]:
    rows = AccountMonth.objects.values_list("account__code", "month", "lines", "amount")
    return {(code, month): (lines, amount) for code, month, lines, amount in rows}


OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)


@pytest.mark.django_db(transaction=True)
def test_from_upload_to_month_totals(company: Company, operations: Viewer, at: dt.datetime) -> None:
    first = make_account("甲机械有限公司", code="K1", owner=company.owner, unit=company.units.east_one)
    second = make_account("乙电子(上海)有限公司", code="K2")
    batch = uploaded(FIRST, operations, at)
    assert batch.state == BatchState.INSPECTED
    assert batch.headings == list(HEADINGS)
    assert {choice.field.value: choice.heading for choice in mapping_choices(batch)}[
        "account_name"
    ] == "客户名称"

    services.map_columns(batch=batch, columns=batch.mapping, by=operations, at=at)
    work_off()
    batch.refresh_from_db()
    assert batch.state == BatchState.STAGED
    assert (batch.lines_read, batch.lines_staged, batch.lines_rejected) == (5, 4, 1)
    assert batch.reasons == {"date_impossible": 1}
    assert (batch.lines_new, batch.amount, batch.last_on) == (3, Decimal("1419.5"), dt.date(2026, 11, 7))
    assert "date_impossible" in (batch_folder(batch) / "rejected.csv").read_text(encoding="utf-8-sig")
    unknown = UnknownAccount.objects.get(batch=batch)
    assert (unknown.code, unknown.name, unknown.lines) == ("K9", "丙贸易有限公司", 1)
    assert commit_obstacle(batch)
    with pytest.raises(services.CannotChangeBatch):
        services.request_commit(batch=batch, by=operations, at=at)

    assert services.create_unknown(batch=batch, by=operations, at=at) == 1
    third = Account.objects.get(code="K9")
    assert third.name == "丙贸易有限公司"
    services.request_commit(batch=batch, by=operations, at=at)
    work_off()
    batch.refresh_from_db()
    assert (batch.state, batch.error, batch.lines_new) == (BatchState.COMMITTED, "", 4)
    assert head_version() == batch.version
    assert months() == {
        ("K1", OCTOBER): (2, Decimal(1050)),
        ("K2", NOVEMBER): (1, Decimal("-30.5")),
        ("K9", NOVEMBER): (1, Decimal(400)),
    }
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.last_trade_on, second.last_trade_on) == (dt.date(2026, 10, 5), dt.date(2026, 11, 6))
    assert Event.objects.filter(kind="ledger.batch_committed", subject_id=batch.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_sales_of_twelve_months_reach_the_archive(operations: Viewer) -> None:
    account = make_account(code="K1")
    today = timezone.localdate()
    old, older = today - dt.timedelta(days=400), today - dt.timedelta(days=900)
    rows = [("K1", "", f"D{day}", day, "泵", 1, amount) for day, amount in ((today, 5), (old, 7), (older, 9))]
    committed(rows, operations, timezone.now())
    account.refresh_from_db()
    assert (account.sales_12m, account.sales_prior_12m, account.last_trade_on) == (5, 7, today)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_is_the_same_facts_and_a_correction_can_be_taken_back(
    operations: Viewer, at: dt.datetime
) -> None:
    make_account(code="K1")
    before = FIRST[:2]
    committed(before, operations, at)
    again = committed(before, operations, at)
    assert (again.lines_new, again.lines_corrected, again.lines_unchanged) == (0, 0, 2)
    correction = committed([before[0], (*before[1][:3], "2026-11-05", *before[1][4:])], operations, at)
    assert (correction.lines_new, correction.lines_corrected) == (0, 1)
    assert months() == {("K1", OCTOBER): (1, Decimal(1000)), ("K1", NOVEMBER): (1, Decimal(50))}
    services.request_revert(batch=correction, by=operations, at=at)
    work_off()
    correction.refresh_from_db()
    assert correction.state == BatchState.REVERTED
    assert months() == {("K1", OCTOBER): (2, Decimal(1050))}
    with pytest.raises(services.CannotChangeBatch):
        services.request_revert(batch=correction, by=operations, at=at)


@pytest.mark.django_db(transaction=True)
def test_the_mapping_is_remembered_for_the_next_file_of_the_source(
    operations: Viewer, at: dt.datetime
) -> None:
    make_account(code="K1")
    batch = uploaded(FIRST[:1], operations, at)
    chosen = {
        name: heading for name, heading in batch.mapping.items() if name not in {"account_name", "product"}
    }
    services.map_columns(batch=batch, columns=chosen, currency="usd", by=operations, at=at)
    work_off()
    following = uploaded(FIRST[:1], operations, at)
    assert following.mapping == chosen
    assert (following.currency, uploaded(FIRST[:1], operations, at, "电商").currency) == ("USD", "CNY")


@pytest.mark.django_db(transaction=True)
def test_unknown_accounts_are_matched_left_out_or_opened(
    company: Company, operations: Viewer, at: dt.datetime
) -> None:
    known = make_account("宏远机械制造有限公司", code="H1", name_block=block("宏远机械制造有限公司"))
    make_account("金海科技有限公司", code="J1")
    make_account("金海科技股份有限公司", code="J2")
    rows = [
        ("X1", "宏远机械制造(集团)有限公司", "D1", "2026-10-05", "泵", 1, 10),
        ("X2", "金海科技有限公司", "D2", "2026-10-05", "泵", 1, 20),
        ("X3", "新客户甲有限公司", "D3", "2026-10-05", "泵", 1, 30),
        ("X4", "不要的有限公司", "D4", "2026-10-05", "泵", 1, 40),
        ("X" * 40, "编号过长有限公司", "D5", "2026-10-05", "泵", 1, 50),
    ]
    batch = staged(rows, operations, at)
    unknown = {each.code[:2]: each for each in UnknownAccount.objects.filter(batch=batch)}
    assert len(unknown) == 5
    assert candidates(unknown["X1"], viewer=operations)[0].account_id == known.pk
    services.match_unknown(unknown=unknown["X1"], account=known, by=operations, at=at)
    services.leave_out(batch=batch, keys=[unknown["X4"].key], by=operations, at=at)
    services.request_creation(batch=batch, by=operations, at=at)
    work_off()
    decisions = dict(UnknownAccount.objects.filter(batch=batch).values_list("name", "decision"))
    assert decisions == {
        "宏远机械制造(集团)有限公司": Decision.MATCHED,
        "金海科技有限公司": Decision.OPEN,
        "新客户甲有限公司": Decision.CREATED,
        "不要的有限公司": Decision.LEFT_OUT,
        "编号过长有限公司": Decision.OPEN,
    }
    assert all(each.problem for each in UnknownAccount.objects.filter(batch=batch).open())
    assert services.create_unknown(batch=batch, keys=[unknown["X2"].key], by=operations, at=at) == 1
    services.leave_out(batch=batch, by=operations, at=at)
    services.request_commit(batch=batch, by=operations, at=at)
    work_off()
    assert {code: amount for (code, _), (_, amount) in months().items()} == {
        "H1": Decimal(10), "X2": Decimal(20), "X3": Decimal(30),
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_merged_account_is_found_as_the_one_that_took_it_over(operations: Viewer, at: dt.datetime) -> None:
    winner = make_account(code="K7")
    loser = make_account(code="K1", merged_into=winner)
    batch = committed(FIRST[:1], operations, at)
    assert (batch.lines_new, months()) == (1, {("K7", OCTOBER): (1, Decimal(1000))})
    assert not AccountMonth.objects.filter(account=loser).exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_no_table_fails_with_a_sentence(operations: Viewer, at: dt.datetime) -> None:
    batch = services.open_batch(
        source_name="ERP", file=ContentFile(b"PK\x03\x04 broken", name="a.xlsx"), by=operations, at=at
    )
    work_off()
    batch.refresh_from_db()
    assert (batch.state, bool(batch.error)) == (BatchState.FAILED, True)
    assert batch.job_id is not None
    assert Job.objects.get(pk=batch.job_id).state == JobState.FAILED
    services.discard_batch(batch=batch, by=operations, at=at)
    assert not Batch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_store_that_cannot_be_written_leaves_batch_and_ledger_as_they_were(
    operations: Viewer, at: dt.datetime
) -> None:
    make_account(code="K1")
    version = committed(FIRST[:1], operations, at).version
    batch = staged(FIRST[:2], operations, at)
    log = ledger_folder() / "_delta_log"
    aside = log.rename(ledger_folder() / "aside")
    log.write_text("in the way")
    services.request_commit(batch=batch, by=operations, at=at)
    work_off()
    batch.refresh_from_db()
    assert (batch.state, bool(batch.error), head_version()) == (BatchState.STAGED, True, version)
    log.unlink()
    aside.rename(log)
    services.request_commit(batch=batch, by=operations, at=at)
    work_off()
    batch.refresh_from_db()
    assert (batch.state, batch.lines_new) == (BatchState.COMMITTED, 1)


@pytest.mark.django_db(transaction=True)
def test_work_on_a_ledger_that_moved_on_is_not_recorded(operations: Viewer, at: dt.datetime) -> None:
    make_account(code="K1")
    committed(FIRST[:1], operations, at)
    batch = staged(FIRST[:2], operations, at)
    services.request_commit(batch=batch, by=operations, at=at)
    prepared = services.prepare_commit(batch)
    Head.objects.update(version=99)
    with pytest.raises(services.LedgerMoved):
        services.finish_commit(batch_id=batch.pk, prepared=prepared, by=operations, at=at)
    batch.refresh_from_db()
    assert (batch.state, sum(lines for lines, _ in months().values())) == (BatchState.COMMITTING, 1)


@pytest.mark.django_db(transaction=True)
def test_a_step_done_twice_does_nothing_twice(operations: Viewer, at: dt.datetime) -> None:
    make_account(code="K1")
    batch = staged(FIRST[:2], operations, at)
    services.request_commit(batch=batch, by=operations, at=at)
    services.prepare_commit(batch)  # as if the process had died before recording it
    prepared = services.prepare_commit(batch)
    services.finish_commit(batch_id=batch.pk, prepared=prepared, by=operations, at=at)
    services.finish_commit(batch_id=batch.pk, prepared=prepared, by=operations, at=at)
    work_off()
    assert months() == {("K1", OCTOBER): (2, Decimal(1050))}
    assert Event.objects.filter(kind="ledger.batch_committed").count() == 1
    assert isinstance(prepared.revision, Revision)
    assert column_mapping(batch).currency == "CNY"


@pytest.mark.django_db(transaction=True)
def test_tidying_leaves_the_ledger_and_the_rejected_rows(
    operations: Viewer, system: Viewer, at: dt.datetime
) -> None:
    make_account(code="K1")
    batch = committed([*FIRST[:2], ("K1", "", "D9", "坏", "泵", 1, 1)], operations, at)
    prepare = staged(FIRST[:1], operations, at)
    assert services.tidy_ledger(by=system, at=timezone.now()) == 0
    assert services.tidy_ledger(by=system, at=timezone.now() + dt.timedelta(days=3)) > 0
    assert {file.name for file in batch_folder(batch).glob("*")} == {"file", "rejected.csv"}
    assert (batch_folder(prepare) / "lines.parquet").exists()
    services.request_revert(batch=batch, by=operations, at=at)
    work_off()
    assert months() == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "columns",
    [
        {"account": "客户编码", "date": "日期", "amount": "金额"},
        {"account": "客户编码", "date": "日期", "document": "单据号", "quantity": "数量"},
        {"date": "日期", "document": "单据号", "amount": "金额"},
        {"account": "客户编码", "date": "日期", "document": "单据号", "amount": "没有这列"},
        {"account": "客户编码", "date": "日期", "document": "日期", "amount": "金额"},
        {"__class__": "客户编码", "date": "日期", "document": "单据号", "amount": "金额"},
    ],
)
def test_a_mapping_that_makes_no_lines_is_refused(
    operations: Viewer, at: dt.datetime, columns: dict[str, str]
) -> None:
    batch = uploaded(FIRST, operations, at)
    with pytest.raises(services.CannotChangeBatch):
        services.map_columns(batch=batch, columns=columns, by=operations, at=at)
    batch.refresh_from_db()
    assert batch.state == BatchState.INSPECTED


@pytest.mark.django_db(transaction=True)
def test_only_those_who_may_import_touch_batches(
    company: Company, operations: Viewer, at: dt.datetime
) -> None:
    batch = staged(FIRST, operations, at)
    unknown = UnknownAccount.objects.filter(batch=batch).first()
    assert unknown is not None
    for name in ("owner", "compliance", "administrator", "newcomer"):
        by = company.viewer(name)
        for refused in (
            lambda by=by: services.open_batch(source_name="ERP", file=as_file(FIRST), by=by, at=at),
            lambda by=by: services.map_columns(batch=batch, columns=batch.mapping, by=by, at=at),
            lambda by=by: services.request_commit(batch=batch, by=by, at=at),
            lambda by=by: services.leave_out(batch=batch, by=by, at=at),
            lambda by=by: services.create_unknown(batch=batch, by=by, at=at),
            lambda by=by: services.match_unknown(unknown=unknown, account=make_account(), by=by, at=at),
            lambda by=by: services.discard_batch(batch=batch, by=by, at=at),
        ):
            with pytest.raises(NotAllowed):
                refused()
        assert not Batch.objects.visible_to(by).exists()
    with pytest.raises(Refused):
        services.open_batch(source_name=" ", file=as_file(FIRST), by=operations, at=at)
    assert UnknownAccount.objects.filter(batch=batch).open().count() == 3


@pytest.mark.django_db(transaction=True)
def test_months_of_an_account_are_complete_and_only_for_those_who_see_it(
    company: Company, operations: Viewer, at: dt.datetime
) -> None:
    account = make_account(code="K1", owner=company.owner, unit=company.units.east_one)
    committed(FIRST[:2], operations, at)
    seen = months_of(account, until=dt.date(2026, 11, 21), viewer=company.viewer("owner"))
    assert (len(seen), seen[0].month, seen[-1].month) == (24, dt.date(2024, 12, 1), NOVEMBER)
    assert [(each.month, each.amount, each.lines) for each in seen if each.lines] == [
        (OCTOBER, Decimal(1050), 2)
    ]
    assert trade_trend(seen).now == 1050
    assert trade_trend(seen).change is None
    hidden = months_of(account, until=dt.date(2026, 11, 21), viewer=company.viewer("outsider"))
    assert not any(each.lines for each in hidden)
