"""A request about accounts: what it may start on, what its approvers see, and the decision at its end."""

from collections.abc import Iterator

import pytest

from panshi.domains.accounts.models import Account, Lifecycle
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.settings.models import Numbering
from panshi.workflow import reports, services
from panshi.workflow.models import Act, Request, Seat
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, Company, make_person
from tests.workflow.bound import DECIDED, FORM
from tests.workflow.processes import agree, make_process, nodes_open, open_task, step, viewer

pytestmark = pytest.mark.django_db

STEPS = [step("one", "owner.superior"), step("two", "role:finance", condition="sales > 100")]


@pytest.fixture(autouse=True)
def _decided() -> Iterator[None]:
    DECIDED.clear()
    yield
    DECIDED.clear()


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(
        "恒岳重工有限公司",
        owner=company.owner,
        unit=company.units.east_one,
        lifecycle=Lifecycle.ACTIVE,
        sales_12m=5000,
    )


def ask(company: Company, *accounts: Account, name: str = "owner", **values: str) -> Request:
    return services.start_request(
        process="tried",
        subjects=tuple(RecordRef("account", account.pk) for account in accounts),
        values={"reason": "试", **values},
        by=company.viewer(name),
        at=AT,
    )


def drawn(kind: str, request: Request) -> int:
    """How often something was done for a request."""
    row = Numbering.objects.filter(series=f"{kind} {request.number}").first()
    return row.next_number - 1 if row else 0


def test_it_starts_only_on_what_the_applicant_sees_and_the_business_allows(
    company: Company, account: Account
) -> None:
    make_process("tried", STEPS, form=FORM)
    for name in ("outsider", "newcomer"):
        with pytest.raises(Refused, match="看不到"):
            ask(company, account, name=name)
    with pytest.raises(services.CannotStartRequest, match="两次"):
        ask(company, account, account)
    with pytest.raises(services.CannotStartRequest, match="请选择"):
        ask(company)
    with pytest.raises(services.CannotStartRequest, match="不能用于"):
        services.start_request(
            process="tried", subjects=(RecordRef("contact", 1),), values={}, by=company.viewer("owner"), at=AT
        )
    with pytest.raises(services.CannotStartRequest) as refusal:
        ask(company, account, name_="x", sales="9")
    assert set(refusal.value.errors) == {"name_", "sales"}
    many = [make_account(owner=company.owner, unit=company.units.east_one) for _ in range(4)]
    with pytest.raises(services.CannotStartRequest, match="最多 3"):
        ask(company, *many)
    Account.objects.filter(pk=account.pk).update(lifecycle=Lifecycle.POTENTIAL)
    with pytest.raises(Refused, match="潜在"):
        ask(company, account)
    assert not Request.objects.exists()


def test_conditions_read_facts_and_the_decision_knows_who_agreed(company: Company, account: Account) -> None:
    finance = make_person("钱进", role="finance", unit=company.units.head)
    make_process("tried", STEPS, form=FORM)
    request = ask(company, account)
    agree(request, company.supervisor)
    assert nodes_open(request) == ["two"]
    agree(request, finance)
    request.refresh_from_db()
    assert (request.state, drawn("decision", request)) == ("approved", 1)
    (approval,) = DECIDED
    assert approval.deciders == (company.supervisor.pk, finance.pk)
    assert (approval.number, approval.process, approval.outcome) == (request.number, "tried", "approved")
    Account.objects.filter(pk=account.pk).update(sales_12m=50)
    small = ask(company, account)
    agree(small, company.supervisor)
    small.refresh_from_db()
    assert small.state == "approved"


def test_roles_follow_a_change_of_owner(company: Company, account: Account) -> None:
    make_process("tried", [step("one", "owner"), step("two", "owner.superior")], form=FORM)
    request = ask(company, account, name="supervisor")
    agree(request, company.owner)
    Account.objects.filter(pk=account.pk).update(owner=company.outsider, unit=company.units.south_one)
    other = ask(company, account, name="rival")
    assert open_task(other).seats.get().person_id == company.outsider.pk


def test_a_refused_decision_comes_back_with_its_reason_and_nothing_is_lost(
    company: Company, account: Account
) -> None:
    make_process("tried", [step("one", "owner.superior")], form=FORM)
    request = ask(company, account)
    Account.objects.filter(pk=account.pk).update(lifecycle=Lifecycle.LOST)
    agree(request, company.supervisor)
    request.refresh_from_db()
    task = open_task(request)
    assert (request.state, request.remark, task.kind) == ("stuck", "客户已流失。", "refused")
    assert drawn("decision", request) == 0, "what the decision wrote was taken back"
    with pytest.raises(NotAllowed):
        services.repeat_decision(task=task, by=company.viewer("supervisor"), at=AT)
    with pytest.raises(services.CannotDecideHere):
        services.approve(task=task, by=company.viewer("owner"), at=AT)
    services.repeat_decision(task=task, by=company.viewer("owner"), at=AT)
    task = open_task(request)
    Account.objects.filter(pk=account.pk).update(lifecycle=Lifecycle.ACTIVE)
    services.repeat_decision(task=task, by=company.viewer("owner"), at=AT)
    request.refresh_from_db()
    assert (request.state, drawn("decision", request)) == ("approved", 1)
    kinds = list(Act.objects.filter(request=request).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["started", "approved", "refused", "repeated", "refused", "repeated", "decided", "ended"]


def test_a_refused_decision_is_given_up_or_handed_in_again(company: Company, account: Account) -> None:
    make_process("tried", [step("one", "owner.superior")], form=FORM, refused="last")
    request = ask(company, account)
    Account.objects.filter(pk=account.pk).update(lifecycle=Lifecycle.LOST)
    agree(request, company.supervisor)
    assert Seat.objects.get(task=open_task(request)).person_id == company.supervisor.pk
    services.give_up(task=open_task(request), remark="算了", by=company.viewer("supervisor"), at=AT)
    request.refresh_from_db()
    assert (request.state, DECIDED) == ("rejected", [])
    make_process("tried", [step("one", "owner.superior")], form=FORM)
    Account.objects.filter(pk=account.pk).update(lifecycle=Lifecycle.ACTIVE)
    again = ask(company, account)
    Account.objects.filter(pk=account.pk).update(lifecycle=Lifecycle.LOST)
    agree(again, company.supervisor)
    services.resubmit(task=open_task(again), values={"reason": "新理由"}, by=company.viewer("owner"), at=AT)
    assert nodes_open(again) == ["one"]


def test_a_refused_action_waits_for_a_person_and_is_performed_once(
    company: Company, account: Account
) -> None:
    steps = [
        step("one", "owner.superior"),
        step("draw", "", kind="action", action="tests_draw"),
        step("two", "role:general_manager"),
    ]
    make_process("tried", steps, form=FORM)
    request = ask(company, account)
    Account.objects.filter(pk=account.pk).update(lifecycle=Lifecycle.LOST)
    agree(request, company.supervisor)
    assert (drawn("action", request), open_task(request).kind) == (0, "refused")
    Account.objects.filter(pk=account.pk).update(lifecycle=Lifecycle.ACTIVE)
    services.repeat_decision(task=open_task(request), by=company.viewer("owner"), at=AT)
    assert (drawn("action", request), nodes_open(request)) == (1, ["two"])
    services.send_back(task=open_task(request), remark="改", by=company.viewer("general_manager"), at=AT)
    services.resubmit(task=open_task(request), by=company.viewer("owner"), at=AT)
    agree(request, company.general_manager)
    request.refresh_from_db()
    assert (request.state, drawn("action", request), drawn("decision", request)) == ("approved", 1, 1)


def test_an_approver_without_scope_sees_the_request_but_not_the_account(
    company: Company, account: Account
) -> None:
    make_process("tried", [step("one", f"person:{company.outsider.username}")], form=FORM)
    request = ask(company, account)
    approver = company.viewer("outsider")
    assert not Account.objects.visible_to(approver).filter(pk=account.pk).exists()
    page = reports.request_page(request_id=request.pk, viewer=approver, on=AT.date(), at=AT)
    assert page is not None
    (about,) = page.about
    assert (about.label, about.account_id, about.visible) == ("恒岳重工有限公司", None, False)
    assert {shown.field.name: shown.words for shown in page.fields} == {
        "name": "恒岳重工有限公司",
        "sales": "5000.00",
        "reason": "试",
    }
    assert page.possible[0].acts >= {"approve", "reject", "send_back", "delegate", "add_signer"}
    agree(request, company.outsider)


def test_who_sees_a_request(company: Company, account: Account) -> None:
    make_process("tried", [step("one", "owner.superior"), step("two", "role:finance")], form=FORM)
    make_person("钱进", role="finance", unit=company.units.head)
    request = ask(company, account)
    agree(request, company.supervisor)
    see = {
        name
        for name in (
            *("owner", "teammate", "colleague", "supervisor", "director", "outsider", "rival"),
            *("operations", "general_manager", "compliance", "administrator", "newcomer"),
        )
        if Request.objects.visible_to(company.viewer(name)).exists()
    }
    assert see == {"owner", "supervisor", "director", "operations", "general_manager", "compliance"}
    for name in ("teammate", "rival", "newcomer"):
        page = reports.request_page(request_id=request.pk, viewer=company.viewer(name), on=AT.date(), at=AT)
        assert page is None
    assert viewer(company.owner).keys[0] == f"p:{company.owner.pk}"
