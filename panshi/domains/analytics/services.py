"""Writes of analyses: ask for one, keep what it found, record it as the accounts' classes, forget old ones.

The calculation is prepared outside any transaction; ranks and shares stay inside what the asking person may see,
unless they may see the whole company's.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.calc.periods import YEARS, Period, add_months, month_of
from panshi.calc.value.abc import AbcAnalysis as Classified
from panshi.calc.value.abc import AbcParameters, Standing, Ties, classify
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import AbcResult, record_abc
from panshi.domains.analytics import events
from panshi.domains.analytics.models import AbcAnalysis, AbcRow, AnalysisState
from panshi.domains.ledger.reports import head_version, ledger_folder, merged_accounts
from panshi.engines.analytics import ledger
from panshi.engines.analytics.failures import StoreUnavailable
from panshi.engines.analytics.values import AccountTotal, Measure, Scope
from panshi.ground.audit.services import canonical, record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import UnitTree
from panshi.ground.work.models import Job
from panshi.ground.work.services import enqueue

ABC: Final = "analytics.abc"
MONTHLY: Final = "analytics.monthly_abc"
CLASSES: Final = "analytics.classes"
CHUNK: Final = 5000
KEPT_DAYS: Final = 90
COMPANY_CURRENCY: Final = "CNY"


class CannotAnalyse(Refused):
    """The question makes no sense, or there is nothing to analyse."""


@dataclass(frozen=True, slots=True)
class AbcQuestion:
    """Everything an ABC analysis can be asked with; empty collections and no unit set no limit."""

    first_on: dt.date
    last_on: dt.date
    measure: Measure = Measure.REVENUE
    currency: str = COMPANY_CURRENCY
    regions: tuple[str, ...] = ()
    product_lines: tuple[str, ...] = ()
    unit_id: int | None = None
    sales_only: bool = False
    cancelled_prefix: str = ""
    a: Decimal = Decimal("0.8")
    b: Decimal = Decimal("0.95")
    ties: Ties = Ties.BY_ACCOUNT

    def check(self) -> None:
        """Raise `CannotAnalyse` with the field when a parameter makes no sense."""
        if self.first_on > self.last_on:
            raise CannotAnalyse(_("起始日期不能晚于截止日期。"), field="first_on")
        for name in ("first_on", "last_on"):
            if getattr(self, name).year not in YEARS:
                raise CannotAnalyse(_("日期应在 1900 年到 2199 年之间。"), field=name)
        if not 0 < self.a <= self.b <= 1:
            raise CannotAnalyse(_("累计占比应满足 0 < A ≤ B ≤ 100%。"), field="a")


def whole_year_before(on: dt.date) -> AbcQuestion:
    """The monthly question: the twelve calendar months before the one of `on`."""
    first = add_months(month_of(on), -12)
    return AbcQuestion(first, month_of(on) - dt.timedelta(days=1))


@transaction.atomic
def request_abc(*, question: AbcQuestion, by: Viewer, at: dt.datetime) -> AbcAnalysis:
    """The stored analysis that answers `question` as the ledger stands, asked of a job if there is none yet."""
    by.require("analysis.view")
    question.check()
    version = head_version()
    if version is None:
        raise CannotAnalyse(_("台账还没有数据，请先导入。"))
    for_id = None if by.may("analysis.company") else by.person_id
    fingerprint = _fingerprint(question, version, for_id, _accounts_in(question.unit_id, for_id, by))
    known: AbcAnalysis | None = (
        AbcAnalysis.objects.select_for_update().filter(fingerprint=fingerprint).first()
    )
    if known is not None and (known.state == AnalysisState.DONE or _is_under_way(known)):
        return known
    analysis = known or AbcAnalysis(fingerprint=fingerprint, ledger_version=version, for_id=for_id)
    for name in AbcQuestion.__dataclass_fields__:
        value = getattr(question, name)
        setattr(analysis, name, sorted(value) if isinstance(value, tuple) else value)
    analysis.asked_by_id, analysis.asked_at = by.person_id, at
    analysis.state, analysis.error = AnalysisState.WAITING, ""
    analysis.save()
    analysis.job_id = enqueue(kind=ABC, arguments={"analysis_id": analysis.pk}, by=by, at=at).pk
    analysis.save(update_fields=["job_id"])
    return analysis


def _is_under_way(analysis: AbcAnalysis) -> bool:
    if analysis.state != AnalysisState.WAITING or analysis.job_id is None:
        return False
    job = Job.objects.filter(pk=analysis.job_id).first()
    return job is not None and job.is_open


def _fingerprint(
    question: AbcQuestion, version: int, for_id: int | None, accounts: Sequence[int] | None
) -> str:
    """Equal for equal questions to the same version by the same audience with the same accounts in reach."""
    asked = {name: getattr(question, name) for name in AbcQuestion.__dataclass_fields__}
    asked |= {"regions": sorted(question.regions), "product_lines": sorted(question.product_lines)}
    # 0.8 and 0.8000 are one threshold.
    asked |= {"a": f"{question.a:.4f}", "b": f"{question.b:.4f}"}
    text = canonical({**asked, "version": version, "for": for_id, "accounts": accounts})
    return hashlib.sha256(text.encode()).hexdigest()


def _accounts_in(unit_id: int | None, for_id: int | None, by: Viewer) -> list[int] | None:
    """The accounts an analysis is limited to: those of a unit and below, those the person sees; None without limit."""
    if unit_id is None and for_id is None:
        return None
    accounts = Account.objects.all() if for_id is None else Account.objects.visible_to(by, "analysis.view")
    if unit_id is not None:
        accounts = accounts.filter(unit_id__in=sorted(UnitTree.load().below(unit_id)))
    return list(accounts.order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class AbcFound:
    """An analysis as calculated, with the standings of the period before."""

    now: Classified[int]
    before: dict[int, Standing]
    lines: int


def prepare_abc(analysis: AbcAnalysis, *, by: Viewer) -> AbcFound:
    """Ask the ledger and classify, this period and the one before. Raises `CannotAnalyse`."""
    parameters = AbcParameters(analysis.a, analysis.b, Ties(analysis.ties))
    accounts = _accounts_in(analysis.unit_id, analysis.for_id, by)

    def scope(period: Period) -> Scope:
        return Scope(
            period=period,
            currency=analysis.currency,
            regions=analysis.regions,
            product_lines=analysis.product_lines,
            accounts=accounts,
            sales_only=analysis.sales_only,
            cancelled_prefix=analysis.cancelled_prefix,
        )

    measure = Measure(analysis.measure)
    try:
        files = ledger.store(ledger_folder()).files(analysis.ledger_version)
        with ledger.questions(files, merged_accounts()) as questions:
            now = questions.totals(scope(analysis.period), measure)
            before = questions.totals(scope(analysis.previous_period), measure)
    except StoreUnavailable as error:
        raise CannotAnalyse(_("台账存储无法读取：%(reason)s") % {"reason": error}) from error
    lines = sum(each.lines for each in now)
    return AbcFound(_classified(now, parameters), _classified(before, parameters).standings(), lines)


def _classified(totals: Sequence[AccountTotal], parameters: AbcParameters) -> Classified[int]:
    return classify(((each.account_id, each.total) for each in totals), parameters)


@transaction.atomic
def finish_abc(*, analysis_id: int, found: AbcFound, by: Viewer, at: dt.datetime) -> AbcAnalysis:
    """Keep what was found; an analysis already finished is left alone."""
    by.require("analysis.view")
    analysis: AbcAnalysis = AbcAnalysis.objects.select_for_update().get(pk=analysis_id)
    if analysis.state == AnalysisState.DONE:
        return analysis
    now = found.now
    analysis.rows.all().delete()
    AbcRow.objects.bulk_create(_rows(analysis, found), batch_size=CHUNK)
    analysis.lines, analysis.accounts, analysis.non_positive = (
        found.lines,
        now.accounts,
        len(now.non_positive),
    )
    analysis.net_total, analysis.positive_total = now.net_total, now.positive_total
    analysis.top_share, analysis.gini = now.top_share, now.gini
    analysis.classes = {
        each.value: {"accounts": held.accounts, "total": str(held.total), "share": str(held.share)}
        for each, held in now.classes.items()
    }
    analysis.state, analysis.error, analysis.finished_at = AnalysisState.DONE, "", at
    analysis.save()
    return analysis


def _rows(analysis: AbcAnalysis, found: AbcFound) -> Iterator[AbcRow]:
    before, zero = found.before, Decimal(0)

    def row(account_id: int, standing: str, rank: int, *figures: Decimal) -> AbcRow:
        total, share, cumulative = figures
        was = before.get(account_id, Standing.ABSENT)
        return AbcRow(
            analysis=analysis, account_id=account_id, standing=standing, before=was.value, rank=rank,
            total=total, share=share, cumulative_share=cumulative,
        )  # fmt: skip

    for each in found.now.rows:
        yield row(
            each.account, each.abc_class.value, each.rank, each.total, each.share, each.cumulative_share
        )
    for account_id, total in found.now.non_positive:
        yield row(account_id, Standing.NON_POSITIVE.value, 0, total, zero, zero)
    for account_id in sorted(before.keys() - found.now.standings().keys()):
        yield row(account_id, Standing.ABSENT.value, 0, zero, zero, zero)


@transaction.atomic
def fail_abc(*, analysis_id: int, message: str, by: Viewer, at: dt.datetime) -> None:
    """Write down why an analysis could not be made; it may be asked for again."""
    by.require("analysis.view")
    AbcAnalysis.objects.filter(pk=analysis_id, state=AnalysisState.WAITING).update(
        state=AnalysisState.FAILED, error=message[:400], finished_at=at
    )


class CannotRecordAnalysis(Refused):
    """Only a finished analysis of the whole company's revenue becomes the accounts' class."""


@transaction.atomic
def record_analysis(*, analysis: AbcAnalysis, by: Viewer, at: dt.datetime) -> int:
    """Record the classes found as the accounts' dated ABC class; answers how many accounts changed class."""
    by.require("analysis.record")
    row: AbcAnalysis = AbcAnalysis.objects.select_for_update().get(pk=analysis.pk)
    if row.state != AnalysisState.DONE or not row.is_whole:
        raise CannotRecordAnalysis(_("只有已完成的、全公司口径且不限范围的销售额分析才能记入客户档案。"))
    ranked = row.rows.filter(rank__gt=0).order_by("rank")
    results = [
        AbcResult(*values)
        for values in ranked.values_list(
            "account_id", "standing", "rank", "total", "share", "cumulative_share"
        )
    ]
    changed = record_abc(
        results=results,
        analysis_id=row.pk,
        period_from_on=row.first_on,
        period_to_on=row.last_on,
        by=by,
        at=at,
    )
    row.recorded_at = at
    row.save(update_fields=["recorded_at"])
    record(
        events.ABC_RECORDED,
        at=at,
        by_id=by.person_id,
        subject_id=row.pk,
        ledger_version=row.ledger_version,
        first_on=row.first_on,
        last_on=row.last_on,
        accounts=len(results),
        changed=changed,
    )
    return changed


@transaction.atomic
def forget_analyses(*, by: Viewer, at: dt.datetime) -> int:
    """Delete analyses older than `KEPT_DAYS` that were never recorded; they can be asked for again."""
    by.require("analysis.record")
    old = AbcAnalysis.objects.filter(recorded_at=None, asked_at__lt=at - dt.timedelta(days=KEPT_DAYS))
    count: int = old.count()
    old.delete()
    return count


class CannotEvaluate(Refused):
    """An evaluation of all classes is under way already."""


@transaction.atomic
def ask_for_classes(*, on: dt.date, by: Viewer, at: dt.datetime) -> Job:
    """Evaluate the classes of all key accounts now rather than tonight."""
    by.require("analysis.record")
    if Job.objects.open().filter(kind=CLASSES).exists():
        raise CannotEvaluate(_("评估正在进行，请稍候。"))
    return enqueue(kind=CLASSES, arguments={"due_on": on.isoformat()}, by=by, at=at)
