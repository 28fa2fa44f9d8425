"""The duplicate check 查重: who is found, why, what of them is shown, and what it takes to save all the same."""

import datetime as dt

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports.duplicates import Draft, DuplicateReason, duplicates
from panshi.domains.accounts.services import Placement
from panshi.ground.audit.models import Event
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

NAME = "上海恒达机械有限公司"
USCC = "91110000600037341L"


@pytest.fixture
def known(company: Company, at: dt.datetime) -> Account:
    return services.create_account(
        values={"name": NAME, "phone": "021-12345678", "uscc": USCC},
        code="K1",
        placement=Placement(company.owner.pk),
        by=company.viewer("director"),
        at=at,
    )


@pytest.mark.parametrize(
    ("draft", "reasons"),
    [
        (Draft(code="K1"), {DuplicateReason.CODE}),
        (Draft(uscc=USCC.lower()), {DuplicateReason.USCC}),
        (Draft(phone="(021) 1234 5678 转 9"), {DuplicateReason.PHONE}),
        (Draft(name="上海恒达机械股份有限公司"), {DuplicateReason.NAME}),
        (Draft(name="上 海 恒达机械"), {DuplicateReason.NAME}),
        (Draft(name="恒达（上海）机械有限公司"), {DuplicateReason.SIMILAR}),
        (Draft(name="上海衡达机械有限公司"), {DuplicateReason.SIMILAR}),
        (Draft(name=NAME, phone="02112345678"), {DuplicateReason.NAME, DuplicateReason.PHONE}),
        (Draft(name="深圳恒达机械有限公司", phone="075512345678"), set()),
        (Draft(), set()),
    ],
)
def test_what_is_found_and_why(
    company: Company, known: Account, draft: Draft, reasons: set[DuplicateReason]
) -> None:
    found = duplicates(draft, viewer=company.viewer("owner"))
    assert {reason for each in found for reason in each.reasons} == reasons
    assert all(each.account_id == known.pk and each.owner == "沈南舟" for each in found)


def test_the_account_itself_is_no_duplicate(company: Company, known: Account) -> None:
    assert duplicates(Draft(name=NAME, account_id=known.pk), viewer=company.viewer("owner")) == []


def test_the_strongest_reason_comes_first(company: Company, known: Account, at: dt.datetime) -> None:
    services.create_account(
        values={"name": "上海恒达机械制造有限公司"},
        duplicate_reason="母子公司",
        by=company.viewer("owner"),
        at=at,
    )
    found = duplicates(Draft(name=NAME), viewer=company.viewer("owner"))
    assert [each.reasons for each in found] == [(DuplicateReason.NAME,), (DuplicateReason.SIMILAR,)]


def test_outside_the_scope_only_reason_and_owner_are_told(company: Company, known: Account) -> None:
    (seen,) = duplicates(Draft(name=NAME), viewer=company.viewer("outsider"))
    assert (seen.masked, seen.code, seen.name, seen.owner) == (True, "", "", "沈南舟")
    assert seen.reasons == (DuplicateReason.NAME,)


def test_a_former_name_still_warns(company: Company, known: Account, at: dt.datetime) -> None:
    services.update_account(
        account=known,
        values={"name": "东方磐石装备"},
        expected_version=1,
        fact_reason="工商变更",
        by=company.viewer("owner"),
        at=at,
    )
    (seen,) = duplicates(Draft(name=NAME), viewer=company.viewer("owner"))
    assert seen.reasons == (DuplicateReason.FORMER_NAME,)


def test_saving_over_the_warning_needs_a_reason_which_is_recorded(
    company: Company, known: Account, at: dt.datetime
) -> None:
    by = company.viewer("outsider")
    with pytest.raises(services.CannotIgnoreDuplicates) as refusal:
        services.create_account(values={"name": NAME}, duplicate_reason="  ", by=by, at=at)
    assert [each.owner for each in refusal.value.candidates] == ["沈南舟"]
    assert Account.objects.count() == 1
    made = services.create_account(values={"name": NAME}, duplicate_reason="不同法人", by=by, at=at)
    event = Event.objects.get(kind="accounts.created", account_id=made.pk)
    assert f'"duplicate_ids":[{known.pk}]' in event.payload
    assert event.changes.get().after == "不同法人"


def test_the_check_costs_a_bounded_number_of_queries(
    company: Company, known: Account, django_assert_num_queries: object
) -> None:
    viewer = company.viewer("general_manager")
    with django_assert_num_queries(5):  # type: ignore[operator]
        duplicates(Draft(name=NAME, phone="02112345678"), viewer=viewer)
