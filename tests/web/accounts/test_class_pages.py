"""Classes, owners, merges and pool quotas on their pages: from the button to the request, and what the record shows."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from panshi.domains.accounts.models import Account, ClassMembership, ClassProposal
from panshi.ground.identity.models import Person
from panshi.ground.rules.models import RuleTable
from panshi.ground.work.models import Job
from panshi.workflow.models import Request
from tests.factories.accounts import make_account
from tests.factories.classes import make_member, make_proposal
from tests.factories.organisation import Company
from tests.factories.pools import make_pool
from tests.stories.telling import ship

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _shipped(company: Company) -> None:
    ship()


@pytest.fixture
def account(company: Company) -> Account:
    return make_account("恒岳重工有限公司", owner=company.owner, unit=company.units.east_one)


def page_of(client: Client, account: Account) -> str:
    return client.get(reverse("accounts:detail", args=[account.pk])).content.decode()


def test_a_class_is_applied_for_and_shown_as_running(
    company: Company, account: Account, signed_in: SignIn
) -> None:
    client = signed_in(company.owner)
    address = reverse("accounts:class_change", args=[account.pk])
    refused = client.post(address, {"key_class": "strategic", "way": "out", "why": "不再是样板"})
    assert (refused.status_code, Request.objects.exists()) == (422, False)
    assert "不属于“战略客户”" in refused.content.decode()
    answer = client.post(address, {"key_class": "strategic", "way": "in", "why": "行业样板"})
    request = Request.objects.get()
    assert answer.headers["Location"] == reverse("workflow:detail", args=[request.pk])
    shown = page_of(client, account)
    assert request.number in shown
    assert "有 1 个申请在办" in shown
    again = client.post(address, {"key_class": "strategic", "way": "in", "why": "行业样板"})
    assert request.number in again.content.decode()
    assert not ClassMembership.objects.exists()


def test_the_card_and_the_evidence(company: Company, account: Account, signed_in: SignIn) -> None:
    member, proposal = make_member(account, "group"), make_proposal(account)
    client = signed_in(company.owner)
    shown = page_of(client, account)
    assert reverse("accounts:class_evidence", args=[member.pk]) in shown
    evidence = client.get(reverse("accounts:class_proposal", args=[proposal.pk])).content.decode()
    assert "台账 2025-11 至 2026-10" in evidence
    assert 'name="answer"' not in evidence, "the owner does not decline"
    director = signed_in(company.director)
    address = reverse("accounts:class_proposal", args=[proposal.pk])
    assert 'name="answer"' in director.get(address).content.decode()
    director.post(address, {"answer": "一次性订单"})
    assert ClassProposal.objects.get(pk=proposal.pk).state == "declined"


SEEN_BY = {"owner": (True, False), "director": (True, False), "operations": (True, True)}


def test_evidence_opens_the_figures_it_came_from(
    company: Company, account: Account, signed_in: SignIn
) -> None:
    """Trade for those who see it, the table's version for those who manage tables; a figure without a place is text."""
    proposal = make_proposal(account)
    address = reverse("accounts:class_proposal", args=[proposal.pk])
    trade = reverse("accounts:detail", args=[account.pk, "trade"])
    table = RuleTable.objects.get(key="account_classes")
    version = reverse("rules:version", args=[table.pk, 1])
    shown = {who: signed_in(getattr(company, who)).get(address).content.decode() for who in SEEN_BY}
    assert {who: (trade in page, version in page) for who, page in shown.items()} == SEEN_BY
    assert "<a" not in shown["owner"].partition("集团成员数")[2].partition("</tr>")[0]
    assert signed_in(company.owner).get(trade).status_code == 200


def test_many_proposals_become_one_request(company: Company, account: Account, signed_in: SignIn) -> None:
    other = make_account("青松机械有限公司", owner=company.owner, unit=company.units.east_one)
    rows = [make_proposal(account), make_proposal(other)]
    client = signed_in(company.director)
    assert "青松机械有限公司" in client.get(reverse("accounts:class_proposals")).content.decode()
    begun = client.post(
        reverse("accounts:class_proposals_bulk"), {"act": "submit", "pk": [row.pk for row in rows]}
    )
    client.post(begun.headers["Location"], {"why": "按评估结果", "confirmed": "1"})
    request = Request.objects.get()
    assert request.subjects.count() == 2
    assert set(ClassProposal.objects.values_list("state", flat=True)) == {"submitted"}


def test_the_list_is_narrowed_to_a_class(company: Company, account: Account, signed_in: SignIn) -> None:
    make_member(account, "group")
    make_account("青松机械有限公司", owner=company.owner, unit=company.units.east_one)
    client = signed_in(company.owner)
    members = client.get(reverse("accounts:list"), {"class": "group", "columns": "classes"}).content.decode()
    others = client.get(reverse("accounts:list"), {"class": "none"}).content.decode()
    assert ("恒岳重工" in members, "青松机械" in members) == (True, False)
    assert ("恒岳重工" in others, "青松机械" in others) == (False, True)


def test_protected_accounts_lead_to_the_application(
    company: Company, account: Account, signed_in: SignIn
) -> None:
    apply_at = reverse("workflow:start_form", args=["owner_change"])
    direct = reverse("accounts:owner", args=[account.pk])
    director = signed_in(company.director)
    assert (apply_at in page_of(director, account), direct in page_of(director, account)) == (False, True)
    Account.objects.filter(pk=account.pk).update(is_key=True)
    assert (apply_at in page_of(director, account), direct in page_of(director, account)) == (True, False)
    form = director.get(f"{apply_at}?subject=account:{account.pk}")
    assert "恒岳重工有限公司" in form.content.decode()


def test_the_wizards_end_starts_the_request(company: Company, account: Account, signed_in: SignIn) -> None:
    twin = make_account(
        "恒岳重工有限公司（东区）", owner=company.owner, unit=company.units.east_one, phone="1"
    )
    client = signed_in(company.supervisor)
    address = reverse("accounts:merge_compare", args=[account.pk, twin.pk])
    answer = client.post(address, {"reason": "同一家", "act": "submit"})
    request = Request.objects.get()
    assert answer.headers["Location"] == reverse("workflow:detail", args=[request.pk])
    assert (request.process.key, Account.objects.get(pk=twin.pk).merged_into_id) == ("account_merge", None)
    second = client.post(address, {"reason": "同一家", "act": "submit"})
    assert (second.status_code, request.number in second.content.decode()) == (409, True)


def test_the_pool_offers_a_temporary_quota(company: Company, signed_in: SignIn) -> None:
    pool = make_pool(company.units.east, held_limit=5)
    client = signed_in(company.owner)
    address = f"{reverse('workflow:start_form', args=['pool_exception'])}?subject=pool:{pool.pk}"
    assert address in client.get(reverse("accounts:pools_allowance")).content.decode()
    assert pool.name in client.get(address).content.decode()


def test_what_a_request_is_about_can_be_opened(company: Company, account: Account, signed_in: SignIn) -> None:
    """The subject of a class request is the proposal, of a quota request the pool: both links lead somewhere."""
    client = signed_in(company.owner)
    pool = make_pool(company.units.east)
    places = {
        ("class.proposal", make_proposal(account).pk): account.name,
        ("pool", pool.pk): pool.name,
    }
    for subject, words in places.items():
        led = client.get(reverse("go", args=subject), follow=True)
        assert (led.status_code, words in led.content.decode()) == (200, True)


def test_evaluating_now_is_a_job(company: Company, signed_in: SignIn) -> None:
    address = reverse("accounts:classes_evaluate")
    assert signed_in(company.owner).post(address).status_code == 403
    signed_in(company.director).post(address)
    assert Job.objects.filter(kind="analytics.classes").count() == 1
