"""Starting a request on pages: what one may start, who will decide, the form with its errors, drafts, files."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from panshi.ground.files.models import File
from panshi.ground.identity.models import Person
from panshi.workflow.models import Copy, Process, Request
from tests.factories.organisation import Company
from tests.web.workflow.desk import HTMX, make_travel, text

SignedIn = Callable[[Person], Client]
GOOD = {"f_reason": "参加展会", "f_amount": "3,000", "f_city": "gz"}


@pytest.fixture
def address(company: Company) -> str:
    make_travel()
    return reverse("workflow:start_form", args=["travel"])


def test_processes_are_offered_with_their_steps(company: Company, address: str, signed_in: SignedIn) -> None:
    shown = text(signed_in(company.owner).get(reverse("workflow:start")))
    assert address in shown
    assert "LEADER → HEAD" in shown
    Process.objects.update(enabled=False)
    assert address not in text(signed_in(company.owner).get(reverse("workflow:start")))
    assert signed_in(company.owner).get(address).status_code == 404


def test_the_form_says_who_will_decide_for_me(company: Company, address: str, signed_in: SignedIn) -> None:
    mine = text(signed_in(company.owner).get(address))
    assert "周立" in mine
    assert "秦越" in mine
    assert "邱远" not in mine
    assert "邱远" in text(signed_in(company.outsider).get(address))


def test_handed_in_it_is_mine_and_waits_for_my_leader(
    company: Company, address: str, signed_in: SignedIn
) -> None:
    note = SimpleUploadedFile("邀请函.txt", "欢迎".encode())
    answer = signed_in(company.owner).post(address, {**GOOD, "files": note, "copies": [company.colleague.pk]})
    asked = Request.objects.get()
    assert answer["Location"] == reverse("workflow:detail", args=[asked.pk])
    assert asked.applicant == company.owner
    assert '"3000.00"' in asked.values
    assert File.objects.get().record_id == asked.pk
    assert Copy.objects.get().person == company.colleague


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    company: Company, address: str, signed_in: SignedIn
) -> None:
    answer = signed_in(company.owner).post(address, {"f_reason": "参加展会", "f_amount": "许多"})
    shown = text(answer)
    assert answer.status_code == 422
    assert "请填写数字" in shown.partition('id="id_f_amount-error"')[2][:400]
    assert "参加展会" in shown
    assert not Request.objects.exists()
    empty = text(signed_in(company.owner).post(address, {}))
    assert 'id="id_f_reason-error"' in empty


def test_a_refused_file_hands_in_nothing(company: Company, address: str, signed_in: SignedIn) -> None:
    bad = SimpleUploadedFile("脚本.exe", b"MZ\x90\x00")
    answer = signed_in(company.owner).post(address, {**GOOD, "files": bad})
    assert answer.status_code == 422
    assert "脚本.exe" in text(answer)
    assert not Request.objects.exists()


def test_a_draft_is_kept_for_me_alone_until_it_is_handed_in(
    company: Company, address: str, signed_in: SignedIn
) -> None:
    keep = reverse("workflow:start_draft", args=["travel"])
    browser = signed_in(company.owner)
    kept = browser.post(keep, {"f_reason": "写到一半", "f_city": "gz", "evil": "x"}, headers=dict(HTMX))
    assert "草稿已保存" in text(kept)
    again = text(browser.get(address))
    assert "写到一半" in again
    assert "丢弃草稿" in again
    assert "写到一半" not in text(signed_in(company.colleague).get(address))
    browser.post(address, GOOD)
    assert "写到一半" not in text(browser.get(address))
    browser.post(keep, {"f_reason": "又写一半"}, headers=dict(HTMX))
    browser.post(keep, {"discard": "1"})
    assert "又写一半" not in text(browser.get(address))
    assert browser.post(reverse("workflow:start_draft", args=["nothing"]), {}).status_code == 404
