"""People and accounts named in a form: each must exist and be open to whoever names it, at the field otherwise."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from panshi.ground.identity.models import Person
from panshi.workflow import services
from panshi.workflow.models import Request
from panshi.workflow.services.acting import CannotFillForm
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, SYSTEM, Company
from tests.web.workflow.desk import text
from tests.workflow.processes import agree, make_process, start, step

SignedIn = Callable[[Person], Client]


def said_at(answer: object, field: str) -> str:
    """The words at a field that was refused."""
    return text(answer).partition(f'id="id_f_{field}-error"')[2][:200]


@pytest.fixture
def general(company: Company) -> str:
    services.load_shipped(by=SYSTEM, at=AT)
    return reverse("workflow:start_form", args=["general_approval"])


def test_a_second_approver_must_be_somebody_who_works_here(
    company: Company, general: str, signed_in: SignedIn
) -> None:
    browser, given = signed_in(company.owner), {"f_title": "印章", "f_text": "请用印"}
    answer = browser.post(general, {**given, "f_second": "999999"})
    assert (answer.status_code, Request.objects.count()) == (422, 0)
    assert "没有这个人。" in said_at(answer, "second")
    Person.objects.filter(pk=company.colleague.pk).update(is_active=False)
    assert browser.post(general, {**given, "f_second": str(company.colleague.pk)}).status_code == 422
    assert browser.post(general, {**given, "f_second": str(company.director.pk)}).status_code == 302


def test_nobody_names_themselves_as_the_second_approver(
    company: Company, general: str, signed_in: SignedIn
) -> None:
    given = {"f_title": "印章", "f_text": "请用印", "f_second": str(company.owner.pk)}
    answer = signed_in(company.owner).post(general, given)
    assert (answer.status_code, Request.objects.count()) == (422, 0)
    assert "申请人不能审批自己的申请" in said_at(answer, "second")


def test_an_account_must_be_one_the_applicant_sees(company: Company, signed_in: SignedIn) -> None:
    make_process(
        "visit",
        [step("first", "applicant.superior")],
        form=[{"name": "place", "label": "客户", "kind": "account"}],
    )
    address = reverse("workflow:start_form", args=["visit"])
    hidden = make_account(owner=company.rival, unit=company.units.south_one)
    mine = make_account(owner=company.owner, unit=company.units.east_one)
    browser = signed_in(company.owner)
    for key in (hidden.pk, 999999):
        answer = browser.post(address, {"f_place": str(key)})
        assert (answer.status_code, Request.objects.count()) == (422, 0)
        assert "没有这家客户" in said_at(answer, "place")
    assert browser.post(address, {"f_place": str(mine.pk)}).status_code == 302


def test_a_step_that_writes_the_field_is_held_to_the_same(company: Company) -> None:
    make_process(
        "hand",
        [step("first", "applicant.superior", fields="second:edit"), step("next", "field:second")],
        form=[{"name": "second", "label": "下一位", "kind": "person"}],
    )
    request = start("hand", company.owner)
    for key in (999999, company.owner.pk):
        with pytest.raises(CannotFillForm) as refused:
            agree(request, company.supervisor, values={"second": key})
        assert list(refused.value.errors) == ["second"]
    agree(request, company.supervisor, values={"second": company.director.pk})


def test_where_own_approval_is_allowed_one_may_name_oneself(company: Company) -> None:
    make_process(
        "own",
        [step("first", "field:second", own="allow")],
        form=[{"name": "second", "label": "审批人", "kind": "person"}],
    )
    assert start("own", company.owner, second=company.owner.pk).state == "running"


def test_an_internal_field_is_shown_to_nobody(company: Company, signed_in: SignedIn) -> None:
    make_process(
        "merge",
        [step("first", "applicant.superior")],
        form=[
            {"name": "reason", "label": "理由", "kind": "text"},
            {"name": "picked", "label": "逐项选择", "kind": "long", "internal": True},
        ],
    )
    request = start("merge", company.owner, reason="重复", picked='{"picks": {}}')
    for person in (company.owner, company.supervisor):
        page = text(signed_in(person).get(reverse("workflow:detail", args=[request.pk])))
        assert "重复" in page
        assert "逐项选择" not in page
    form = text(signed_in(company.owner).get(reverse("workflow:start_form", args=["merge"])))
    assert "f_reason" in form
    assert "f_picked" not in form


def test_a_mention_that_is_nobody_is_said_in_words(company: Company, signed_in: SignedIn) -> None:
    make_process("merge", [step("first", "applicant.superior")])
    request = start("merge", company.owner)
    address = reverse("workflow:around", args=[request.pk, "comment"])
    answer = signed_in(company.owner).post(address, {"text": "请看", "mentioned": "['17']"})
    assert answer.status_code == 422
    assert "没有这个人。" in text(answer)
