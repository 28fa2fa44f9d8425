"""The printed archive: what each role finds in it, who may take it out, and that it is told."""

import datetime as dt
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from pypdf import PdfReader

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import (
    WalletFacts,
    add_equipment,
    add_member,
    keep_wallet,
    update_account,
)
from panshi.domains.accounts.services.tags import set_tags
from panshi.domains.people.services import add_contact, log_contact
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.identity.models import Person
from panshi.ground.work.exports import CannotExport
from panshi.ground.work.models import Export, JobState
from panshi.ground.work.running import run_job
from panshi.web.accounts.archive import archive_paper
from panshi.web.accounts.archive.composing import PARTS
from tests.factories.accounts import make_account
from tests.factories.organisation import SYSTEM, Company

pytestmark = pytest.mark.django_db

SignedIn = Callable[[Person], Client]
EVERY = [part.name for part in PARTS]
BANK, MOBILE, NOTE = "6222020000001234567", "13912345678", "对方透露年底换供应商"


@pytest.fixture(autouse=True)
def kept_apart(tmp_path: Path, settings: Any) -> None:
    """Finished files of tests go to a folder of their own."""
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": place}


@pytest.fixture
def account(company: Company, at: dt.datetime) -> Account:
    """An account with something in every section."""
    made = make_account(
        "玄武岩密封件有限公司",
        owner=company.owner,
        unit=company.units.east_one,
        code="K-000777",
        sales_12m=88_776_655,
    )
    by = company.viewer("owner")
    update_account(
        account=made,
        values={"bank_account": BANK, "payment_terms": "月结 60 天"},
        expected_version=1,
        by=by,
        at=at,
    )
    add_contact(account=made, values={"name": "隐名氏", "mobile": MOBILE}, by=by, at=at)
    log_contact(account=made, text=NOTE, by=by, at=at)
    add_equipment(account=made, values={"brand": "西门", "model": "S-200", "serial": "QX-4711"}, by=by, at=at)
    facts = WalletFacts(year=2026, volume=Decimal("7654321"), shares=[("西门", Decimal(30))])
    keep_wallet(account=made, facts=facts, by=by, at=at)
    add_member(account=made, person=company.teammate, role="finance_support", by=SYSTEM, at=at)
    set_tags(account=made, text="标杆客户", by=by, at=at)
    return made


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\u200b", "")


def made(browser: Client, account: Account, form: str, parts: list[str]) -> bytes:
    """What the person downloads in the end."""
    answer = browser.post(f"/accounts/{account.pk}/archive/", {"form": form, "parts": parts})
    assert answer.status_code == 302
    export = Export.objects.latest("pk")
    run_job(export.job_id)
    export.refresh_from_db()
    assert export.job.state == JobState.DONE, export.job.error
    with default_storage.open(export.file) as file:
        return bytes(file.read())


def test_the_owner_finds_everything(company: Company, signed_in: SignedIn, account: Account) -> None:
    text = text_of(made(signed_in(company.owner), account, "pdf", EVERY))
    for words in (
        BANK,
        MOBILE,
        NOTE,
        "月结 60 天",
        "88,776,655",
        "K-000777",
        "QX-4711",
        "标杆客户",
        "7,654,321",
        company.owner.name,
    ):
        assert words in text
    assert [str(part.label) for part in PARTS if str(part.label) not in text] == []


def test_what_one_may_not_see_is_left_out(company: Company, account: Account, at: dt.datetime) -> None:
    """The general manager exports and sees sales, but no bank account."""
    paper = archive_paper({"account": account.pk, "parts": EVERY}, company.viewer("general_manager"), at)
    told = repr(paper)
    assert NOTE in told
    assert "88776655" in told
    assert BANK not in told


def test_sections_of_rights_one_lacks_are_not_there(
    company: Company, account: Account, at: dt.datetime
) -> None:
    """Whoever asks for a section by name without the right to it does not get it."""
    viewer = company.viewer("owner")
    spans = {code: span for code, span in viewer.spans.items() if code not in {"ledger.view", "people.view"}}
    blind = type(viewer)(person_id=viewer.person_id, spans=spans)
    paper = archive_paper({"account": account.pk, "parts": EVERY}, blind, at)
    told = repr(paper)
    assert "88776655" not in told
    assert "7654321" not in told
    assert "QX-4711" in told
    assert NOTE not in told
    assert MOBILE not in told
    assert {section.title for section in paper.sections}.isdisjoint(
        {"交易变化", "交易现状", "钱包份额", "联系人", "跟进记录"}
    )


def test_who_may_not_export_or_not_see_gets_nothing(
    company: Company, signed_in: SignedIn, account: Account, at: dt.datetime
) -> None:
    given = {"account": account.pk, "parts": EVERY}
    with pytest.raises(CannotExport):
        archive_paper(given, company.viewer("outsider"), at)
    with pytest.raises(NotAllowed):
        archive_paper(given, company.viewer("teammate"), at)
    body = {"form": "pdf", "parts": EVERY}
    assert signed_in(company.outsider).post(f"/accounts/{account.pk}/archive/", body).status_code == 404
    assert signed_in(company.teammate).post(f"/accounts/{account.pk}/archive/", body).status_code == 403
    assert not Export.objects.exists()
    assert not Event.objects.filter(kind="audit.exported").exists()


def test_only_the_chosen_sections_as_sheets(company: Company, signed_in: SignedIn, account: Account) -> None:
    content = made(signed_in(company.owner), account, "xlsx", ["contacts", "team"])
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["客户档案", "联系人", "客户团队", "导出说明"]
    assert book["联系人"]["D2"].value == MOBILE


def test_nothing_chosen_is_refused_at_the_field(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    answer = signed_in(company.owner).post(f"/accounts/{account.pk}/archive/", {"form": "pdf"})
    assert "至少选一部分" in answer.content.decode()
    assert not Export.objects.exists()


def test_taking_it_out_is_an_event_of_the_account(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    made(signed_in(company.owner), account, "pdf", ["company", "team"])
    event = Event.objects.get(kind="audit.exported")
    told = json.loads(event.payload)
    assert (event.account_id, event.by_id) == (account.pk, company.owner.pk)
    assert (told["listed"], told["form"], told["columns"]) == ("archive", "pdf", ["company", "team"])


def test_an_account_that_left_ones_reach_meanwhile_is_not_written(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    signed_in(company.owner).post(f"/accounts/{account.pk}/archive/", {"form": "pdf", "parts": EVERY})
    Account.objects.filter(pk=account.pk).update(owner=company.outsider, unit=company.units.south_one)
    export = Export.objects.get()
    run_job(export.job_id)
    export.refresh_from_db()
    assert (export.file, export.job.state) == ("", JobState.FAILED)
