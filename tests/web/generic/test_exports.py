"""Exports: logged before the first row leaves, no wider than the right to export, in the background where they are
long, gone when they are cancelled or old."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse
from django.test import Client

from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Person
from panshi.ground.identity.services import give_role
from panshi.ground.settings.services import change_setting
from panshi.ground.work import exports
from panshi.ground.work.models import Export, Job, JobState
from panshi.ground.work.progress import Cancelled, Progress
from panshi.ground.work.running import claim, run_job
from tests.factories.accounts import make_account
from tests.factories.organisation import SYSTEM, Company

pytestmark = pytest.mark.django_db

SignedIn = Callable[[Person], Client]


def exported(browser: Client, address: str) -> list[str]:
    """The first cells of the rows below the headings."""
    answer = browser.get(address)
    assert isinstance(answer, StreamingHttpResponse)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return [row[0] for row in list(csv.reader(io.StringIO(text)))[1:-1]]


def test_an_export_is_an_event_without_what_was_searched_for(company: Company, signed_in: SignedIn) -> None:
    make_account("甲机械", owner=company.owner, unit=company.units.east_one, abc_class="A")
    assert exported(signed_in(company.owner), "/accounts/export/?format=csv&abc=A") == ["甲机械"]
    event = Event.objects.get(kind="audit.exported")
    told = json.loads(event.payload)
    assert event.by_id == company.owner.pk
    assert (told["listed"], told["form"], told["conditions"]) == ("accounts", "csv", ["abc"])
    assert "name" in told["columns"]


def test_one_exports_no_more_than_the_right_reaches(
    company: Company, signed_in: SignedIn, at: dt.datetime
) -> None:
    """The owner exports own accounts; a further role lets them see the whole region, but not take it out."""
    make_account("自己的", owner=company.owner, unit=company.units.east_one)
    make_account("同事的", owner=company.colleague, unit=company.units.east_one)
    give_role(
        person=company.owner,
        unit=company.units.east,
        role="finance",
        since_on=dt.date(2020, 1, 1),
        by=SYSTEM,
        at=at,
    )
    browser = signed_in(company.owner)
    assert "同事的" in browser.get("/accounts/").content.decode()
    assert exported(browser, "/accounts/export/?format=csv") == ["自己的"]


def test_who_may_not_export_leaves_no_event(company: Company, signed_in: SignedIn) -> None:
    assert signed_in(company.teammate).get("/accounts/export/?format=csv").status_code == 403
    assert not Event.objects.filter(kind="audit.exported").exists()


@pytest.fixture
def in_background(db: None, at: dt.datetime, tmp_path: Any, settings: Any) -> None:
    """Even two rows are too many to wait for."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    change_setting(code="lists.export_at_once", value="1", reason="试", expected_number=0, by=SYSTEM, at=at)


def asked(company: Company, browser: Client, query: str = "format=xlsx&sort=-sales") -> Export:
    """An export asked for in the background."""
    mine = {"owner": company.owner, "unit": company.units.east_one}
    for number in range(3):
        make_account(f"恒岳{number}", sales_12m=number * 100, **mine)
    make_account("别人的", owner=company.outsider, unit=company.units.south_one)
    answer = browser.get(f"/accounts/export/?{query}")
    assert answer["Location"] == "/exports/"
    export: Export = Export.objects.get()
    return export


def read(answer: Any) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames[1] == "导出说明"
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_a_long_list_is_written_in_the_background_as_it_was_shown(
    company: Company, signed_in: SignedIn, in_background: None
) -> None:
    browser = signed_in(company.owner)
    export = asked(company, browser)
    assert Event.objects.filter(kind="audit.exported", by_id=company.owner.pk).count() == 1
    assert browser.get(f"/exports/{export.pk}/").status_code == 404
    assert run_job(export.job_id)
    rows = read(browser.get(f"/exports/{export.pk}/"))
    assert [row[0] for row in rows[1:]] == ["恒岳2", "恒岳1", "恒岳0"]
    export.refresh_from_db()
    assert (export.rows, export.job.state) == (3, JobState.DONE)
    assert export.size > 0


def test_nobody_else_sees_or_takes_my_export(
    company: Company, signed_in: SignedIn, in_background: None
) -> None:
    export = asked(company, signed_in(company.owner))
    run_job(export.job_id)
    for other in (company.colleague, company.director, company.administrator):
        browser = signed_in(other)
        assert browser.get(f"/exports/{export.pk}/").status_code == 404
        assert browser.post(f"/exports/{export.pk}/drop/").status_code == 404
        assert f"/exports/{export.pk}/" not in browser.get("/exports/").content.decode()


def test_rights_are_those_of_the_moment_it_is_written(
    company: Company, signed_in: SignedIn, in_background: None
) -> None:
    export = asked(company, signed_in(company.owner))
    company.owner.is_active = False
    company.owner.save()
    run_job(export.job_id)
    export.refresh_from_db()
    assert export.file == ""
    assert export.job.state == JobState.FAILED


def test_a_cancelled_export_stops_between_rows_and_leaves_no_file(
    company: Company, signed_in: SignedIn, in_background: None, at: dt.datetime, tmp_path: Any
) -> None:
    browser = signed_in(company.owner)
    export = asked(company, browser)
    job = claim(export.job_id, worker="w", at=dt.datetime.now(dt.UTC))
    assert job is not None
    progress = Progress(job, at=at)
    assert browser.post(f"/exports/{export.pk}/cancel/").status_code == 302
    progress.beat(at=at)
    leaving = exports.table_of(export, viewer=company.viewer("owner"))
    read_rows: list[Any] = []

    def rows() -> Any:
        for number in range(5000):
            read_rows.append(number)
            yield [number]

    endless = exports.Leaving(title="表", headings=["数"], rows=rows(), notes=leaving.notes, count=5000)
    with pytest.raises(Cancelled), exports.written(endless, "xlsx", each=progress.advance):
        pass
    assert len(read_rows) <= exports.PORTION + 1
    assert not list(tmp_path.rglob("*.xlsx"))


def test_an_export_taken_back_before_it_began_is_not_written(
    company: Company, signed_in: SignedIn, in_background: None
) -> None:
    browser = signed_in(company.owner)
    export = asked(company, browser)
    browser.post(f"/exports/{export.pk}/cancel/")
    assert not run_job(export.job_id)
    assert "已取消" in browser.get("/exports/").content.decode()
    browser.post(f"/exports/{export.pk}/again/")
    assert run_job(export.job_id)
    assert browser.get(f"/exports/{export.pk}/").status_code == 200


def test_old_exports_go_with_what_was_asked(
    company: Company, signed_in: SignedIn, in_background: None, at: dt.datetime
) -> None:
    browser = signed_in(company.owner)
    export = asked(company, browser)
    run_job(export.job_id)
    export.refresh_from_db()
    later = export.asked_at + dt.timedelta(days=8)
    assert exports.remove_exports(before=export.asked_at, at=later) == 0
    assert exports.remove_exports(before=later, at=later) == 1
    left = Export.objects.get()
    assert (left.file, left.arguments, left.removed_at) == ("", "", later)
    assert browser.get(f"/exports/{export.pk}/").status_code == 404
    assert "已清理" in browser.get("/exports/").content.decode()


def test_ones_own_export_can_be_removed_at_once(
    company: Company, signed_in: SignedIn, in_background: None, django_capture_on_commit_callbacks: Any
) -> None:
    browser = signed_in(company.owner)
    export = asked(company, browser)
    assert browser.post(f"/exports/{export.pk}/drop/").status_code == 422
    run_job(export.job_id)
    export.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"/exports/{export.pk}/drop/")
    assert not default_storage.exists(export.file)
    assert Job.objects.filter(pk=export.job_id).exists()
