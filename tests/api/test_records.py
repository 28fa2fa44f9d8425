"""Contacts, log, ledger, classifications, files, events, calendar: one walk through each, and who is kept out."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar

from panshi.domains.accounts.models import Account
from panshi.domains.ledger.models import AccountMonth, Batch
from panshi.domains.people.models import Contact
from panshi.domains.people.services import log_contact
from panshi.ground.audit.sealing import seal_pending
from panshi.ground.files.models import FileVersion
from panshi.ground.identity.services import deactivate_person, end_feed, make_feed
from tests.api.conftest import Caller
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, SYSTEM, Company
from tests.web.scope_world import make_analysis

Calling = Callable[..., Caller]


@pytest.fixture
def ours(company: Company) -> Account:
    return make_account(
        "玄武岩密封件有限公司", owner=company.owner, unit=company.units.east_one, team=(company.teammate,)
    )


class TestPeople:
    def test_a_contact_comes_changes_and_leaves(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        caller = calling(company.owner)
        made = caller.post("/contacts", {"account_id": ours.pk, "name": "王工", "primary": True})
        assert made.status_code == 201, made.content
        address = f"/contacts/{made.json()['id']}"
        changed = caller.patch(address, {"title": "厂长"}, If_Match=made.headers["ETag"])
        assert (changed.json()["title"], changed.json()["primary"]) == ("厂长", True)
        assert caller.patch(address, {"title": "x"}, If_Match=made.headers["ETag"]).status_code == 412
        left = caller.post(f"{address}/leave", {"left_on": "2026-11-20"})
        assert (left.json()["left_on"], left.json()["primary"]) == ("2026-11-20", False)
        assert caller.get(f"/contacts?account={ours.pk}&present=true").json()["items"] == []
        assert caller.post(f"{address}/return", None).json()["left_on"] is None

    def test_a_hidden_account_takes_no_contact_and_shows_none(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        contact = Contact.objects.create(account=ours, name="隐名氏", created_at=AT, updated_at=AT)
        caller = calling(company.outsider)
        assert caller.post("/contacts", {"account_id": ours.pk, "name": "x"}).status_code == 404
        assert caller.get(f"/contacts/{contact.pk}").status_code == 404
        assert caller.get("/contacts").json()["items"] == []

    def test_a_line_of_the_log_moves_the_accounts_dates(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        caller = calling(company.owner)
        body = {
            "account_id": ours.pk,
            "text": "谈了年框",
            "on": "2026-11-01",
            "next_contact_on": "2026-12-01",
        }
        made = caller.post("/log", body)
        assert made.status_code == 201, made.content
        found = caller.get(f"/accounts/{ours.pk}").json()
        assert (found["last_contact_on"], found["next_contact_on"]) == ("2026-11-01", "2026-12-01")
        voided = caller.post(f"/log/{made.json()['id']}/void", {"reason": "记错客户"})
        assert voided.json()["void_reason"] == "记错客户"
        assert caller.get(f"/accounts/{ours.pk}").json()["last_contact_on"] is None
        wrong = caller.post("/log", body | {"kind": "telepathy"})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "kind")


class TestLedger:
    def test_a_file_is_taken_and_waits_for_the_work_process(self, company: Company, calling: Calling) -> None:
        caller = calling(company.operations)
        file = SimpleUploadedFile("台账.csv", "客户编号,日期,单号,金额\nA,2026-01-02,1,3\n".encode())
        made = caller.form("/ledger/batches", {"source": "ERP", "file": file})
        assert (made.status_code, made.json()["state"]) == (202, "uploaded"), made.content
        address = f"/ledger/batches/{made.json()['id']}"
        assert caller.get(address).json()["obstacle"]
        assert caller.post(f"{address}/commit", None).status_code == 422
        Batch.objects.update(state="inspected", headings=["客户编号", "日期", "单号", "金额"])
        columns = {"account": "客户编号", "date": "日期", "document": "单号"}
        short = caller("PUT", f"{address}/columns", {"columns": columns})
        assert (short.status_code, short.json()["errors"][0]["field"]) == (422, "amount")
        mapped = caller("PUT", f"{address}/columns", {"columns": columns | {"amount": "金额"}})
        assert mapped.json()["state"] == "staging"
        Batch.objects.update(state="staged")
        assert caller("DELETE", address).status_code == 204
        assert not Batch.objects.exists()

    def test_who_may_not_import_sees_no_batches(self, company: Company, calling: Calling) -> None:
        assert calling(company.owner).get("/ledger/batches").status_code == 403

    def test_the_months_of_an_account(self, company: Company, ours: Account, calling: Calling) -> None:
        AccountMonth.objects.create(
            account=ours,
            month="2026-01-01",
            currency="CNY",
            lines=2,
            quantity=1,
            amount=Decimal("9.5"),
            cost=0,
        )
        found = calling(company.owner).get(f"/accounts/{ours.pk}/months?months=120").json()["items"]
        assert len(found) == 120
        assert {one["month"]: one["amount"] for one in found if one["lines"]} == {"2026-01-01": "9.5000"}
        assert calling(company.teammate).get(f"/accounts/{ours.pk}/months").status_code == 403


class TestClassifications:
    def test_rows_are_those_of_accounts_one_sees(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        theirs = make_account(owner=company.outsider, unit=company.units.south_one)
        analysis = make_analysis(ours, theirs)
        everything = calling(company.operations)
        listed = everything.get("/analyses").json()["items"]
        assert [one["id"] for one in listed] == [analysis.pk]
        assert listed[0]["classes"]["A"]["total"] == "2000.0000"
        rows = everything.get(f"/analyses/{analysis.pk}/rows?limit=1").json()
        assert [one["account_id"] for one in rows["items"]] == [ours.pk]
        rest = everything.get(rows["next"].removeprefix("/api/v1")).json()
        assert [one["account_id"] for one in rest["items"]] == [theirs.pk]
        part = calling(company.rival).get(f"/analyses/{analysis.pk}/rows").json()["items"]
        assert [one["account_id"] for one in part] == [theirs.pk]
        assert calling(company.owner).get(f"/analyses/{analysis.pk}").status_code == 404

    def test_an_impossible_question_is_refused(self, company: Company, calling: Calling) -> None:
        asked = {"first_on": "2026-02-01", "last_on": "2026-01-01"}
        answer = calling(company.operations).post("/analyses", asked)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "first_on")


class TestFiles:
    def test_up_down_and_a_newer_version(self, company: Company, ours: Account, calling: Calling) -> None:
        caller = calling(company.owner)
        record = f"account:{ours.pk}"
        made = caller.form("/files", {"record": record, "file": SimpleUploadedFile("说明.txt", b"one")})
        assert made.status_code == 201, made.content
        address = f"/files/{made.json()['id']}"
        newer = caller.form(f"{address}/versions", {"file": SimpleUploadedFile("说明.txt", b"two")})
        assert [one["number"] for one in newer.json()["versions"]] == [2, 1]
        newest = caller.get(f"{address}/content")
        assert b"".join(newest.streaming_content) == b"two"  # type: ignore[attr-defined]
        assert newest.headers["Content-Type"] == "application/octet-stream"
        older = caller.get(f"{address}/content?version=1")
        assert b"".join(older.streaming_content) == b"one"  # type: ignore[attr-defined]
        assert len(caller.get(f"/files?record={record}").json()["items"]) == 1
        for path in (address, f"{address}/content", f"/files?record={record}"):
            assert calling(company.outsider).get(path).status_code == 404

    def test_a_file_that_lies_is_refused(self, company: Company, ours: Account, calling: Calling) -> None:
        lie = SimpleUploadedFile("a.pdf", b"MZ\x90\x00")
        answer = calling(company.owner).form("/files", {"record": f"account:{ours.pk}", "file": lie})
        assert answer.status_code == 422
        assert not FileVersion.objects.exists()

    def test_who_may_only_look_uploads_nothing(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        text = SimpleUploadedFile("a.txt", b"x")
        answer = calling(company.teammate).form("/files", {"record": f"account:{ours.pk}", "file": text})
        assert answer.status_code == 403
        assert not FileVersion.objects.exists()


class TestEvents:
    def test_one_follows_what_one_may_see(self, company: Company, ours: Account, calling: Calling) -> None:
        log_contact(account=ours, text="问计划", by=company.viewer("owner"), at=AT)
        seal_pending("key", at=AT)
        caller = calling(company.owner)
        first = caller.get("/events?limit=1").json()
        assert first["more"] is True
        found, after = first["items"], first["after"]
        rest = caller.get(f"/events?after={after}").json()
        found += rest["items"]
        assert [one["kind"] for one in found if one["account_id"] == ours.pk] == ["people.logged"]
        assert "问计划" not in str(found)
        assert caller.get(f"/events?after={rest['after']}").json()["items"] == []
        hidden = calling(company.outsider).get("/events").json()
        assert [one for one in hidden["items"] if one["account_id"] == ours.pk] == []
        assert hidden["after"] >= rest["after"]

    def test_kinds_behind_a_further_right_stay_hidden(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        seal_pending("key", at=AT)
        assert calling(company.owner).get("/events?kind=identity.").json()["items"] == []
        assert calling(company.compliance).get("/events?kind=identity.").json()["items"]


class TestCalendar:
    def test_a_persons_reminders_under_a_secret_address(self, company: Company, ours: Account) -> None:
        other = make_account("花岗石材", owner=company.colleague, unit=company.units.east_one)
        Account.objects.filter(pk__in=[ours.pk, other.pk]).update(
            next_contact_on="2026-01-05", next_contact_note="问报价, 谈条款; 交样"
        )
        secret = make_feed(by=company.viewer("owner"), at=AT)
        answer = Client().get(f"/api/calendar.ics?key={secret}")
        assert answer.headers["Content-Type"].startswith("text/calendar")
        events = Calendar.from_ical(answer.content).walk("VEVENT")
        assert len(events) == 1
        assert "玄武岩" in str(events[0]["summary"])
        assert str(events[0]["description"]) == "问报价, 谈条款; 交样"
        again = Client().get(
            f"/api/calendar.ics?key={secret}", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304

    def test_a_new_address_an_ended_one_and_a_closed_person_open_nothing(self, company: Company) -> None:
        by = company.viewer("owner")
        old = make_feed(by=by, at=AT)
        new = make_feed(by=by, at=AT)
        assert Client().get(f"/api/calendar.ics?key={old}").status_code == 404
        assert Client().get(f"/api/calendar.ics?key={new}").status_code == 200
        end_feed(by=by, at=AT)
        assert Client().get(f"/api/calendar.ics?key={new}").status_code == 404
        last = make_feed(by=by, at=AT)
        deactivate_person(person=company.owner, by=SYSTEM, at=AT)
        assert Client().get(f"/api/calendar.ics?key={last}").status_code == 404
        assert Client().get("/api/calendar.ics").status_code == 404
