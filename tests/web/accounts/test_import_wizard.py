"""The import wizard from the file to its result, and what it says of files that are none."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from panshi.domains.accounts.models import Account, ImportBatch
from panshi.domains.accounts.services.imports.applying import apply_import
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
    answer = browser.post("/accounts/import/", {"file": stream})
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.get()


def test_a_file_becomes_accounts_step_by_step(company: Company, signed_in: Browser) -> None:
    make_account("恒岳重工机械有限公司", owner=company.owner, unit=company.units.east_one)
    browser = signed_in(company.operations)
    batch = upload(browser, FILE.encode("gb18030"))
    mapping = browser.get(f"/accounts/import/{batch.pk}/").content.decode()
    assert "瑞丰精密铸造有限公司" in mapping
    assert '<option value="phone" selected>' in mapping

    sent = {"mode": "both", "column-0": "code", "column-1": "name", "column-2": "region", "column-3": "phone"}
    preview = browser.post(f"/accounts/import/{batch.pk}/preview/", sent).content.decode()
    assert "不导入" in preview
    assert Account.objects.count() == 1

    assert browser.post(f"/accounts/import/{batch.pk}/start/", sent).status_code == 302
    assert "正在导入" in browser.get(f"/accounts/import/{batch.pk}/result/").content.decode()
    apply_import(batch_id=batch.pk, by=company.viewer("operations"), at=AT)
    result = browser.get(f"/accounts/import/{batch.pk}/result/")
    assert "已导入" in result.content.decode()
    assert Account.objects.get(code="N1").region == "420100"
    rejected = browser.get(f"/accounts/import/{batch.pk}/rejected/")
    assert b"".join(rejected.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04nothing"])
def test_what_is_no_table_is_said_and_nothing_is_kept(
    company: Company, signed_in: Browser, content: bytes
) -> None:
    stream = io.BytesIO(content)
    stream.name = "x.xlsx"
    answer = signed_in(company.operations).post("/accounts/import/", {"file": stream})
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
        assert browser.post(f"/accounts/import/{batch.pk}/{step}/", sent).status_code == 422
    assert not Account.objects.exists()


def test_an_import_is_its_persons_own(company: Company, signed_in: Browser) -> None:
    batch = upload(signed_in(company.operations), FILE.encode())
    for step in ("", "result/", "rejected/"):
        assert signed_in(company.director).get(f"/accounts/import/{batch.pk}/{step}").status_code == 404
    assert signed_in(company.owner).get("/accounts/import/").status_code == 403
