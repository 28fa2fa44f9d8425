"""The import wizard from the file to its result, and what it says of files that are none."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from panshi.domains.accounts.models import Account, ImportBatch
from panshi.domains.accounts.reports.imports.kinds import reading_of
from panshi.domains.accounts.reports.imports.mapping import guess_mapping
from panshi.domains.accounts.services.imports.applying import apply_import
from panshi.domains.accounts.services.imports.undoing import undo_import
from panshi.domains.people.models import LogEntry
from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Person
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, Company

Browser = Callable[[Person], Client]
FILE = (
    "客户编号,客户名称,城市,联系电话,备注\n"
    "N1,瑞丰精密铸造有限公司,武汉,027-11112222,a\n"
    "N2,,武汉,027-1,b\n"
    "N3,恒岳重工机械有限公司,武汉,,c\n"
)


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads go where the test ends."""
    monkeypatch.setattr(default_storage, "_location", str(tmp_path), raising=False)
    for name in ("base_location", "location"):
        default_storage.__dict__.pop(name, None)


def upload(browser: Client, content: bytes, name: str = "客户.csv") -> ImportBatch:
    stream = io.BytesIO(content)
    stream.name = name
    answer = browser.post("/imports/new/", {"file": stream})
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.get()


def test_a_file_becomes_accounts_step_by_step(company: Company, signed_in: Browser) -> None:
    make_account("恒岳重工机械有限公司", owner=company.owner, unit=company.units.east_one)
    browser = signed_in(company.operations)
    batch = upload(browser, FILE.encode("gb18030"))
    mapping = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert "瑞丰精密铸造有限公司" in mapping
    assert '<option value="phone" selected>' in mapping

    sent = {"mode": "both", "column-0": "code", "column-1": "name", "column-2": "region", "column-3": "phone"}
    preview = browser.post(f"/imports/{batch.pk}/preview/", sent).content.decode()
    assert "不导入" in preview
    assert Account.objects.count() == 1

    assert browser.post(f"/imports/{batch.pk}/start/", sent).status_code == 302
    assert "正在导入" in browser.get(f"/imports/{batch.pk}/result/").content.decode()
    apply_import(batch_id=batch.pk, by=company.viewer("operations"), at=AT)
    result = browser.get(f"/imports/{batch.pk}/result/")
    assert "已导入" in result.content.decode()
    assert Account.objects.get(code="N1").region == "420100"
    rejected = browser.get(f"/imports/{batch.pk}/rejected/")
    assert b"".join(rejected.streaming_content)[:2] == b"PK"
    assert Event.objects.filter(kind="audit.exported", by_id=company.operations.pk).count() == 1


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04nothing"])
def test_what_is_no_table_is_said_and_nothing_is_kept(
    company: Company, signed_in: Browser, content: bytes
) -> None:
    stream = io.BytesIO(content)
    stream.name = "x.xlsx"
    answer = signed_in(company.operations).post("/imports/new/", {"file": stream})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"mode": "both", "column-0": "name", "column-1": "name"},
        {"mode": "both", "column-0": "owner_id"},
        {"mode": "nonsense", "column-1": "name"},
        {"mode": "create", "column-0": "code"},
    ],
)
def test_a_mapping_that_makes_no_accounts_is_refused(
    company: Company, signed_in: Browser, sent: dict[str, str]
) -> None:
    browser = signed_in(company.operations)
    batch = upload(browser, FILE.encode())
    for step in ("preview", "start"):
        assert browser.post(f"/imports/{batch.pk}/{step}/", sent).status_code == 422
    assert not Account.objects.exists()


def test_an_import_is_its_persons_own(company: Company, signed_in: Browser) -> None:
    batch = upload(signed_in(company.operations), FILE.encode())
    for step in ("", "result/", "rejected/"):
        assert signed_in(company.director).get(f"/imports/{batch.pk}/{step}").status_code == 404
    assert signed_in(company.owner).get("/imports/new/").status_code == 403


def test_an_import_is_undone_from_its_result(company: Company, signed_in: Browser) -> None:
    browser = signed_in(company.operations)
    batch = upload(browser, FILE.encode())
    sent = {"mode": "create", "column-1": "name"}
    browser.post(f"/imports/{batch.pk}/start/", sent)
    apply_import(batch_id=batch.pk, by=company.viewer("operations"), at=timezone.now())
    Account.objects.filter(name="恒岳重工机械有限公司").update(version=2)
    assert f"/imports/{batch.pk}/undo/" in browser.get(f"/imports/{batch.pk}/result/").content.decode()
    asked = browser.get(f"/imports/{batch.pk}/undo/").content.decode()
    assert "导入后又修改过这家客户" in asked
    assert browser.post(f"/imports/{batch.pk}/undo/").status_code == 302
    assert "正在撤销" in browser.get(f"/imports/{batch.pk}/result/").content.decode()
    undo_import(batch_id=batch.pk, by=company.viewer("operations"), at=timezone.now())
    assert list(Account.objects.values_list("name", flat=True)) == ["恒岳重工机械有限公司"]
    shown = browser.get(f"/imports/{batch.pk}/result/").content.decode()
    assert "导入后又修改过这家客户" in shown
    assert browser.post(f"/imports/{batch.pk}/undo/").status_code == 409


def test_unknown_authors_of_a_log_are_settled_in_the_preview_and_remembered(
    company: Company, signed_in: Browser
) -> None:
    account = make_account("甲机械", code="A1", owner=company.owner, unit=company.units.east_one)
    browser = signed_in(company.operations)
    columns = {"column-0": "account_code", "column-1": "on", "column-2": "text", "column-3": "author"}
    for text in ("问候", "寄样"):
        stream = io.BytesIO(f"客户编号,日期,内容,记录人\nA1,2024-03-02,{text},老李\n".encode())
        stream.name = "a.csv"
        browser.post("/imports/new/", {"file": stream, "kind": "log", "source": "旧系统"})
        batch = ImportBatch.objects.latest("pk")
        seen = browser.post(f"/imports/{batch.pk}/preview/", {"mode": "create", **columns}).content.decode()
        assert "老李" in seen
        chosen = f'<option value="{company.colleague.pk}" selected>'
        assert (chosen in seen) is (text == "寄样")
        who = {"author-0": "老李", "person-0": str(company.colleague.pk)}
        assert (
            browser.post(f"/imports/{batch.pk}/start/", {"mode": "create", **columns, **who}).status_code
            == 302
        )
        apply_import(batch_id=batch.pk, by=company.viewer("operations"), at=AT)
    assert set(LogEntry.objects.filter(account=account).values_list("by_id", flat=True)) == {
        company.colleague.pk
    }
    assert '<option value="旧系统">' in browser.get("/imports/new/?kind=log").content.decode()


@pytest.mark.parametrize("kind", ["accounts", "contacts", "log", "equipment"])
def test_each_kind_has_a_template_that_it_reads_itself(
    company: Company, signed_in: Browser, kind: str
) -> None:
    browser = signed_in(company.operations)
    answer = browser.get(f"/imports/template/{kind}/")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    headings = [str(cell.value) for cell in book.worksheets[0][1]]
    viewer = company.viewer("operations")
    fields = [one.name for one in reading_of(kind).fields(viewer)]
    found = guess_mapping(headings, viewer=viewer, kind=kind)
    assert found == {name: position for position, name in enumerate(fields)}
    assert len(book.worksheets[1]["A"]) >= len(fields)
