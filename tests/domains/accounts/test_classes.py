"""The four classes: what the table finds, what is proposed and when not, exceptions that end by themselves."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import Settings

from panshi.domains.accounts.models import (
    Account,
    ClassMembership,
    ClassOverride,
    ClassProposal,
    ClassProposalState,
    KeyClass,
)
from panshi.domains.accounts.reports.classes import class_past, read_evidence, standings
from panshi.domains.accounts.services.classes import (
    CannotAnswerClassProposal,
    CannotProposeClass,
    decline_class_proposal,
    propose_class,
)
from panshi.domains.analytics.services import CLASSES, CannotEvaluate, ask_for_classes
from panshi.domains.ledger import services as ledger_services
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.models import Notice
from panshi.ground.rules.services import load_shipped
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job
from panshi.ground.work.services import enqueue
from tests.factories.accounts import make_account
from tests.factories.classes import make_member, make_proposal
from tests.factories.organisation import AT, SYSTEM, Company

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = AT.date()


@pytest.fixture(autouse=True)
def _tables(company: Company, settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    load_shipped(by=SYSTEM, at=AT)


def work_off() -> None:
    while (waiting := Job.objects.filter(state=JobState.WAITING).order_by("pk").first()) is not None:
        assert run_job(waiting.pk), f"{waiting.kind} failed"


def evaluate(on: dt.date = TODAY) -> dict[str, int]:
    job = enqueue(kind=CLASSES, arguments={"due_on": on.isoformat()}, by=SYSTEM, at=AT)
    work_off()
    job.refresh_from_db()
    found: dict[str, int] = job.result
    return found


def sold(by: Viewer, rows: Sequence[tuple[str, str, str, int, int]]) -> None:
    """Import lines of (account code, day, unit, quantity, amount)."""
    lines = ["客户编码,单据号,日期,产品线,单位,数量,金额"]
    lines += [
        f"{code},D{number},{day},油品,{unit},{quantity},{amount}"
        for number, (code, day, unit, quantity, amount) in enumerate(rows)
    ]
    file = ContentFile("\n".join(lines).encode(), name="a.csv")
    batch = ledger_services.open_batch(source_name="ERP", file=file, by=by, at=AT)
    work_off()
    batch.refresh_from_db()
    ledger_services.map_columns(batch=batch, columns=batch.mapping, by=by, at=AT)
    work_off()
    ledger_services.request_commit(batch=batch, by=by, at=AT)
    work_off()


def proposed() -> set[tuple[str, str, bool]]:
    rows = ClassProposal.objects.standing().values_list("account__code", "key_class", "enters")
    return {(code, key_class, enters) for code, key_class, enters in rows}


@pytest.fixture
def traded(company: Company) -> dict[str, Account]:
    """BIG uses 25 t a month for 6 million; HALF sells as much but weighs little; PIECES counts pieces; GOV is an
    authority; two are of one group."""
    place = {"owner": company.owner, "unit": company.units.east_one}
    found = {
        code: make_account(code=code, **place, **more)
        for code, more in (
            ("BIG", {}),
            ("HALF", {}),
            ("PIECES", {}),
            ("GOV", {"ownership_type": "government", "industry": "S92"}),
            ("HEAD", {}),
            ("SCHOOL", {"ownership_type": "institution", "industry": "P83"}),
        )
    }
    child = make_account(code="CHILD", parent=found["HEAD"], group=found["HEAD"], **place)
    Account.objects.filter(pk=found["HEAD"].pk).update(group=found["HEAD"])
    sold(
        company.viewer("operations"),
        [
            ("BIG", "2026-03-01", "吨", 300, 6_000_000),
            ("HALF", "2026-03-01", "吨", 12, 6_000_000),
            ("PIECES", "2026-03-01", "件", 9000, 6_000_000),
            ("HALF", "2025-10-31", "吨", 9000, 1),
            ("HALF", "2026-11-01", "吨", 9000, 1),
        ],
    )
    return found | {"CHILD": child}


def test_the_table_proposes_and_nothing_flips(company: Company, traded: dict[str, Account]) -> None:
    result = evaluate()
    assert proposed() == {
        ("BIG", "high_value", True),
        ("GOV", "important", True),
        ("SCHOOL", "important", True),
        ("HEAD", "group", True),
        ("CHILD", "group", True),
    }
    assert (result["accounts"], result["proposed"], result["refused"]) == (7, 5, 0)
    assert not Account.objects.filter(is_key=True).exists()
    assert not ClassMembership.objects.exists()
    told = set(Notice.objects.filter(kind="accounts.classes_proposed").values_list("person_id", flat=True))
    assert {company.director.pk, company.operations.pk} <= told


def test_the_evidence_says_figures_source_row_and_version(traded: dict[str, Account]) -> None:
    evaluate()
    row = ClassProposal.objects.get(account=traded["BIG"])
    evidence = read_evidence(row.evidence)
    figures = {label: (figure, source) for label, figure, source in evidence.figures}
    assert figures["月用量（吨）"] == ("25.00", "台账 2025-11 至 2026-10（第 1 版）")
    assert figures["年销售额（元）"][0] == "6000000.00"
    assert evidence.origins == ("archive", "archive", "trade", "trade", "group", "classes")
    assert evidence.rows[0].startswith("第 4 行")
    assert (evidence.table, evidence.version, row.table_version) == ("account_classes", 1, 1)


def test_a_second_evaluation_proposes_nothing_new(traded: dict[str, Account]) -> None:
    evaluate()
    before = proposed()
    assert evaluate()["proposed"] == 0
    assert proposed() == before


def test_who_no_longer_fits_is_proposed_to_leave(traded: dict[str, Account]) -> None:
    make_member(traded["HALF"], KeyClass.HIGH_VALUE)
    make_member(traded["BIG"], KeyClass.HIGH_VALUE)
    make_member(traded["BIG"], KeyClass.STRATEGIC)
    evaluate()
    assert ("HALF", "high_value", False) in proposed()
    assert not {row for row in proposed() if row[0] == "BIG"}, "a strategic account stays one"


def test_without_a_ledger_nothing_is_said_of_high_value(company: Company) -> None:
    account = make_account(owner=company.owner, unit=company.units.east_one)
    make_member(account, KeyClass.HIGH_VALUE)
    assert evaluate()["proposed"] == 0


def test_what_no_longer_holds_lapses(traded: dict[str, Account]) -> None:
    evaluate()
    Account.objects.filter(pk=traded["GOV"].pk).update(ownership_type="private", industry="C13")
    result = evaluate()
    assert (result["lapsed"], ("GOV", "important", True) in proposed()) == (1, False)


def test_a_declined_proposal_rests_while_the_table_stays(
    company: Company, traded: dict[str, Account]
) -> None:
    evaluate()
    row = ClassProposal.objects.get(account=traded["BIG"])
    director = company.viewer("director")
    with pytest.raises(CannotAnswerClassProposal):
        decline_class_proposal(proposal=row, answer=" ", by=director, at=AT)
    with pytest.raises(NotAllowed):
        decline_class_proposal(proposal=row, answer="否", by=company.viewer("rival"), at=AT)
    declined = decline_class_proposal(proposal=row, answer="一次性订单", by=director, at=AT)
    assert declined.state == ClassProposalState.DECLINED
    with pytest.raises(CannotAnswerClassProposal):
        decline_class_proposal(proposal=row, answer="再否", by=director, at=AT)
    evaluate()
    assert ("BIG", "high_value", True) not in proposed()


def test_an_exception_keeps_the_table_out_until_its_day_is_over(
    company: Company, traded: dict[str, Account]
) -> None:
    make_member(traded["HALF"], KeyClass.HIGH_VALUE)
    until = TODAY + dt.timedelta(days=5)
    ClassOverride.objects.create(
        account=traded["HALF"],
        key_class="high_value",
        is_in=True,
        reason="谈判期间",
        from_on=TODAY,
        until_on=until,
        request_id=1,
        request_number="SQ1",
    )
    evaluate(until)
    assert ("HALF", "high_value", False) not in proposed()
    evaluate(until + dt.timedelta(days=1))
    row = ClassProposal.objects.get(account=traded["HALF"], key_class="high_value")
    assert (row.enters, row.origin) == (False, "expiry")
    assert not ClassOverride.objects.standing().exists()
    assert Notice.objects.filter(kind="accounts.class_override_over", person=company.owner).exists()
    assert Account.objects.get(pk=traded["HALF"].pk).is_key, "the end of an exception is a proposal, no flip"


def test_proposals_by_hand_want_a_reason_and_a_change(company: Company) -> None:
    account = make_account(owner=company.owner, unit=company.units.east_one)
    owner = company.viewer("owner")

    def ask(by: Viewer = owner, **more: object) -> ClassProposal:
        given = {"key_class": "strategic", "enters": True, "reason": "样板", **more}
        return propose_class(account=account, by=by, at=AT, **given)  # type: ignore[arg-type]

    for wrong in (
        {"key_class": "other"},
        {"reason": " "},
        {"enters": False},
        {"override_until_on": TODAY},
        {"override_until_on": TODAY + dt.timedelta(days=400)},
    ):
        with pytest.raises(CannotProposeClass):
            ask(**wrong)
    with pytest.raises(NotAllowed):
        ask(by=company.viewer("outsider"))
    assert not ClassProposal.objects.exists()
    first = ask()
    assert (first.origin, first.by_id) == ("manual", company.owner.pk)
    second = ask(reason="写得更清楚")
    assert list(ClassProposal.objects.standing()) == [second], "it takes the place of what nobody handed in"
    event = Event.objects.filter(kind="accounts.class_proposed").latest("pk")
    assert "样板" not in json.dumps(event.payload, ensure_ascii=False)


def test_on_demand_is_for_those_who_record_analyses_and_once_at_a_time(company: Company) -> None:
    with pytest.raises(NotAllowed):
        ask_for_classes(on=TODAY, by=company.viewer("owner"), at=AT)
    ask_for_classes(on=TODAY, by=company.viewer("director"), at=AT)
    with pytest.raises(CannotEvaluate):
        ask_for_classes(on=TODAY, by=company.viewer("operations"), at=AT)


def test_the_record_shows_where_it_stands(company: Company) -> None:
    account = make_account(owner=company.owner, unit=company.units.east_one)
    make_member(account, KeyClass.GROUP)
    make_proposal(account, KeyClass.HIGH_VALUE)
    found = {row.key_class: row for row in standings(account, viewer=company.viewer("owner"))}
    assert found["group"].membership is not None
    assert found["high_value"].proposal is not None
    assert [past.membership.key_class for past in class_past(account, viewer=company.viewer("owner"))] == [
        "group"
    ]
    assert all(row.membership is None for row in standings(account, viewer=company.viewer("outsider")))
