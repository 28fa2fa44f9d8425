"""ABC analyses as people ask for them: stored, scoped to what they may see, compared, recorded in the archive."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from django.core.files.base import ContentFile, File
from django.utils import timezone
from pytest_django.fixtures import Settings

from panshi.calc.value.abc import Ties
from panshi.domains.accounts.models import AbcRecord, Account
from panshi.domains.analytics import services
from panshi.domains.analytics.models import AbcAnalysis, AnalysisState, StandingChoice
from panshi.domains.analytics.reports import (
    abc_table,
    class_figures,
    latest,
    moved,
    movement,
    pareto_curve,
    standing_apart,
)
from panshi.domains.analytics.services import AbcQuestion
from panshi.domains.ledger import services as ledger_services
from panshi.domains.ledger.models import Batch
from panshi.engines.analytics.values import Measure
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

LEDGER = Path(__file__).parents[1] / "data" / "ledger" / "online_retail_ii_2009_2010.parquet"
YEAR = AbcQuestion(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def operations(company: Company) -> Viewer:
    return company.viewer("operations")


def work_off() -> None:
    while (waiting := Job.objects.filter(state=JobState.WAITING).order_by("pk").first()) is not None:
        assert run_job(waiting.pk), f"{waiting.kind} failed and waits to be tried again"


def import_file(file: "File[bytes]", by: Viewer, at: dt.datetime) -> Batch:
    batch = ledger_services.open_batch(source_name="ERP", file=file, by=by, at=at)
    work_off()
    batch.refresh_from_db()
    ledger_services.map_columns(batch=batch, columns=batch.mapping, by=by, at=at)
    work_off()
    ledger_services.create_unknown(batch=batch, by=by, at=at)
    ledger_services.request_commit(batch=batch, by=by, at=at)
    work_off()
    batch.refresh_from_db()
    return batch


def sold(rows: list[tuple[str, str, object]], by: Viewer, at: dt.datetime) -> None:
    """Import one line for each (account code, day, amount)."""
    lines = ["客户编码,单据号,日期,产品线,数量,金额"]
    lines += [f"{code},D{number},{day},泵,1,{amount}" for number, (code, day, amount) in enumerate(rows)]
    import_file(ContentFile("\n".join(lines).encode(), name="a.csv"), by, at)


def analysed(question: AbcQuestion, by: Viewer, at: dt.datetime) -> AbcAnalysis:
    analysis = services.request_abc(question=question, by=by, at=at)
    work_off()
    analysis.refresh_from_db()
    return analysis


@pytest.fixture
def traded(company: Company, operations: Viewer, at: dt.datetime) -> dict[str, Account]:
    """Accounts of two units with two years of trade: K1 grew, K2 shrank, K3 left, K4 returned goods, K5 is new."""
    units = company.units
    accounts = {
        code: make_account(code=code, owner=owner, unit=unit)
        for code, owner, unit in (
            ("K1", company.owner, units.east_one),
            ("K2", company.owner, units.east_one),
            ("K3", company.outsider, units.south_one),
            ("K4", company.outsider, units.south_one),
            ("K5", company.outsider, units.south_one),
        )
    }
    sold(
        [
            ("K1", "2025-05-01", 60), ("K2", "2025-05-01", 900), ("K3", "2025-05-01", 40), ("K4", "2025-06-01", 10),
            ("K1", "2026-05-01", 800), ("K2", "2026-05-01", 150), ("K4", "2026-05-01", -5), ("K5", "2026-06-01", 50),
        ],
        operations,
        at,
    )  # fmt: skip
    return accounts


@pytest.mark.django_db(transaction=True)
def test_the_real_ledger_imported_as_csv_gives_the_reference_figures(
    operations: Viewer, at: dt.datetime, tmp_path: Path
) -> None:
    source = tmp_path / "real.csv"
    duckdb.execute(f"COPY (SELECT * FROM read_parquet('{LEDGER}')) TO '{source}' (HEADER)")
    with source.open("rb") as stream:
        batch = import_file(File(stream, name="real.csv"), operations, at)
    assert (batch.lines_read, batch.lines_new, batch.lines_rejected) == (525_461, 417_534, 0)
    period = AbcQuestion(dt.date(2009, 12, 1), dt.date(2010, 12, 31))
    for question, expected in (
        (period, (417_534, 4_383, 106, "8348208.5740", 1_183, 1_414, 1_680, "0.731209", "0.700801")),
        (
            AbcQuestion(period.first_on, period.last_on, sales_only=True, cancelled_prefix="C"),
            (407_664, 4_312, 0, "8832003.2740", 1_176, 1_424, 1_712, "0.734765", "0.704444"),
        ),
    ):
        found = analysed(question, operations, at)
        assert found.top_share is not None
        assert found.gini is not None
        assert (
            found.lines,
            found.accounts,
            found.non_positive,
            str(found.net_total),
            *(each.accounts for each in class_figures(found)),
            f"{found.top_share:.6f}",
            f"{found.gini:.6f}",
        ) == expected
    first = abc_table(analysed(period, operations, at), viewer=operations)[0]
    assert (first.account.code, first.total) == ("18102", Decimal("341776.73"))


@pytest.mark.django_db(transaction=True)
def test_the_table_the_curve_and_who_stands_apart(
    traded: dict[str, Account], operations: Viewer, at: dt.datetime
) -> None:
    analysis = analysed(YEAR, operations, at)
    assert analysis.state == AnalysisState.DONE
    assert [analysis.net_total, analysis.positive_total] == [Decimal(995), Decimal(1000)]
    table = [
        (row.account.code, row.standing, row.cumulative_share)
        for row in abc_table(analysis, viewer=operations)
    ]
    assert table == [("K1", "A", Decimal("0.8")), ("K2", "B", Decimal("0.95")), ("K5", "C", Decimal(1))]
    assert [row.account.code for row in standing_apart(analysis, viewer=operations)] == ["K4"]
    assert [point.rank for point in pareto_curve(analysis, viewer=operations)] == [1, 2, 3]
    assert [point.rank for point in pareto_curve(analysis, viewer=operations, points=2)] == [1, 3]
    latest_one = latest(viewer=operations)
    assert latest_one is not None
    assert latest_one.pk == analysis.pk


@pytest.mark.django_db(transaction=True)
def test_every_cell_of_the_movement_matrix_leads_to_its_accounts(
    traded: dict[str, Account], operations: Viewer, at: dt.datetime
) -> None:
    analysis = analysed(YEAR, operations, at)
    assert dict(movement(analysis, viewer=operations).cells) == {
        ("B", "A"): 1, ("A", "B"): 1, ("C", "absent"): 1, ("C", "non_positive"): 1, ("absent", "C"): 1,
    }  # fmt: skip
    assert [row.account.code for row in moved(analysis, before="A", now="B", viewer=operations)] == ["K2"]
    matrix = movement(analysis, viewer=operations).rows
    assert [sum(cells) for _, cells in matrix] == [1, 1, 2, 0, 1]
    assert matrix[0][0] is StandingChoice.A


@pytest.mark.django_db(transaction=True)
def test_the_same_question_is_answered_once_until_the_ledger_changes(
    traded: dict[str, Account], operations: Viewer, at: dt.datetime
) -> None:
    analysis = analysed(YEAR, operations, at)
    same = AbcQuestion(YEAR.first_on, YEAR.last_on, a=Decimal("0.80"), b=Decimal("0.950"))
    assert services.request_abc(question=same, by=operations, at=at).pk == analysis.pk
    other = AbcQuestion(YEAR.first_on, YEAR.last_on, ties=Ties.TOGETHER)
    assert services.request_abc(question=other, by=operations, at=at).pk != analysis.pk
    sold([("K1", "2026-07-01", 1)], operations, at)
    assert services.request_abc(question=YEAR, by=operations, at=at).pk != analysis.pk


@pytest.mark.django_db(transaction=True)
def test_shares_and_ranks_stay_inside_what_a_person_may_see(
    company: Company, traded: dict[str, Account], operations: Viewer, at: dt.datetime
) -> None:
    whole = analysed(YEAR, operations, at)
    owner, outsider = company.viewer("owner"), company.viewer("outsider")
    own = analysed(YEAR, owner, at)
    assert (own.for_id, own.positive_total, own.accounts) == (owner.person_id, Decimal(950), 2)
    assert [row.account.code for row in abc_table(own, viewer=owner)] == ["K1", "K2"]
    assert not abc_table(whole, viewer=owner).exists()
    assert pareto_curve(whole, viewer=owner) == []
    assert movement(own, viewer=outsider).cells == {}
    assert not AbcAnalysis.objects.visible_to(outsider).exists()
    with pytest.raises(NotAllowed):
        services.request_abc(question=YEAR, by=company.viewer("administrator"), at=at)


@pytest.mark.django_db(transaction=True)
def test_scopes_by_unit_product_line_and_measure(
    company: Company, traded: dict[str, Account], operations: Viewer, at: dt.datetime
) -> None:
    def total(**values: object) -> Decimal:
        return analysed(AbcQuestion(YEAR.first_on, YEAR.last_on, **values), operations, at).net_total  # type: ignore[arg-type]

    assert total(unit_id=company.units.south.pk) == 45
    assert total(unit_id=company.units.head.pk) == 995
    assert total(product_lines=("阀",)) == 0
    assert total(measure=Measure.QUANTITY) == 4
    assert total(currency="USD") == 0
    assert total(sales_only=True) == 1000


@pytest.mark.django_db(transaction=True)
def test_a_recorded_analysis_gives_accounts_their_dated_class(
    traded: dict[str, Account], operations: Viewer, at: dt.datetime
) -> None:
    analysis = analysed(YEAR, operations, at)
    assert services.record_analysis(analysis=analysis, by=operations, at=at) == 3
    assert dict(Account.objects.values_list("code", "abc_class")) == {
        "K1": "A",
        "K2": "B",
        "K3": "",
        "K4": "",
        "K5": "C",
    }
    assert AbcRecord.objects.filter(period_to_on=YEAR.last_on).count() == 3
    assert Event.objects.filter(kind="analytics.abc_recorded").count() == 1
    assert services.record_analysis(analysis=analysis, by=operations, at=at) == 0


@pytest.mark.django_db(transaction=True)
def test_only_the_whole_company_can_be_recorded_and_only_by_some(
    company: Company, traded: dict[str, Account], operations: Viewer, at: dt.datetime
) -> None:
    narrow = analysed(AbcQuestion(YEAR.first_on, YEAR.last_on, unit_id=company.units.east.pk), operations, at)
    waiting = services.request_abc(question=YEAR, by=operations, at=at)
    for analysis in (narrow, waiting):
        with pytest.raises(services.CannotRecordAnalysis):
            services.record_analysis(analysis=analysis, by=operations, at=at)
    with pytest.raises(NotAllowed):
        services.record_analysis(analysis=narrow, by=company.viewer("owner"), at=at)
    assert not AbcRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_monthly_job_classes_the_twelve_months_before(
    traded: dict[str, Account], system: Viewer, at: dt.datetime
) -> None:
    assert services.whole_year_before(dt.date(2027, 1, 2)) == YEAR
    job = Job.objects.create(
        kind=services.MONTHLY, arguments={"due_on": "2027-01-02"}, asked_at=at, not_before=at
    )
    assert run_job(job.pk, at=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.result["changed"]) == (JobState.DONE, 3)
    assert Account.objects.get(code="K1").abc_class == "A"
    later = timezone.now() + dt.timedelta(days=200)
    assert services.forget_analyses(by=system, at=later) == 0
    AbcAnalysis.objects.update(recorded_at=None)
    assert services.forget_analyses(by=system, at=later) == 1


@pytest.mark.django_db(transaction=True)
def test_questions_that_make_no_sense_are_refused(
    company: Company, operations: Viewer, at: dt.datetime
) -> None:
    with pytest.raises(services.CannotAnalyse, match="台账"):
        services.request_abc(question=YEAR, by=operations, at=at)
    make_account(code="K1")
    sold([("K1", "2026-07-01", 1)], operations, at)
    for question in (
        AbcQuestion(YEAR.last_on, YEAR.first_on),
        AbcQuestion(YEAR.first_on, YEAR.last_on, a=Decimal("0.96")),
        AbcQuestion(YEAR.first_on, YEAR.last_on, b=Decimal("1.2")),
    ):
        with pytest.raises(services.CannotAnalyse):
            services.request_abc(question=question, by=operations, at=at)
