"""Files of accounts on their way in: what headings mean, what is refused, and for whom."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import translation

from panshi.domains.accounts.models import ImportBatch
from panshi.domains.accounts.reports.imports.columns import import_fields
from panshi.domains.accounts.reports.imports.mapping import guess_mapping
from panshi.domains.accounts.services.imports.batches import (
    CannotReadFile,
    CannotStartImport,
    drop_import,
    start_import,
    upload_import,
)
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.work.models import Job
from tests.factories.organisation import Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


def test_headings_are_recognised_in_both_languages(company: Company) -> None:
    viewer = company.viewer("director")
    chinese = [
        "序号",
        "客户",
        "客户名称",
        "信用代码",
        "省份",
        "城市",
        "联系电话",
        "注册资本（万元）",
        "负责人",
    ]
    assert guess_mapping(chinese, viewer=viewer) == {
        "name": 2,
        "uscc": 3,
        "province": 4,
        "region": 5,
        "phone": 6,
        "registered_capital": 7,
        "owner": 8,
    }
    english = ["Code", "Company Name", "City", "Phone", "Owner", "nothing"]
    assert guess_mapping(english, viewer=viewer) == {
        "code": 0,
        "name": 1,
        "region": 2,
        "phone": 3,
        "owner": 4,
    }


def test_a_mapping_is_remembered_for_the_next_file(company: Company, at: dt.datetime) -> None:
    by = company.viewer("director")
    batch = upload_import(file=ContentFile("甲,乙\n恒达机械,x\n".encode(), name="a.csv"), by=by, at=at)
    assert guess_mapping(batch.headings, viewer=by) == {}
    start_import(batch=batch, mapping={"name": 0}, mode="create", by=by, at=at)
    assert guess_mapping(["乙", "甲"], viewer=by) == {"name": 1}
    assert guess_mapping(["乙", "甲"], viewer=company.viewer("operations")) == {}


@pytest.mark.parametrize(
    ("mapping", "mode"),
    [
        ({"phone": 2}, "create"),
        ({"name": 1}, "both"),
        ({"name": 1, "code": 1}, "both"),
        ({"name": 1, "code": 9}, "both"),
        ({"name": 1, "code": -1}, "both"),
        ({"name": 1, "code": 0, "version": 2}, "both"),
        ({"name": 1, "code": 0}, "delete"),
    ],
)
def test_a_mapping_that_makes_no_accounts_is_refused(
    company: Company, at: dt.datetime, mapping: dict[str, int], mode: str
) -> None:
    by = company.viewer("director")
    batch = upload_import(file=ContentFile(b"a,b,c\n1,2,3\n", name="a.csv"), by=by, at=at)
    with pytest.raises(CannotStartImport):
        start_import(batch=batch, mapping=mapping, mode=mode, by=by, at=at)
    assert not Job.objects.exists()
    drop_import(batch=batch, by=by, at=at)
    assert not ImportBatch.objects.exists()


def test_what_is_no_table_is_refused_and_not_kept(company: Company, at: dt.datetime, tmp_path: Path) -> None:
    with pytest.raises(CannotReadFile):
        upload_import(
            file=ContentFile(b"PK\x03\x04nonsense", name="a.xlsx"), by=company.viewer("director"), at=at
        )
    assert not ImportBatch.objects.exists()
    assert not list((tmp_path / "imports").glob("*"))


def test_imports_are_for_those_who_may_and_each_starts_their_own(company: Company, at: dt.datetime) -> None:
    file = ContentFile(b"name\nx\n", name="a.csv")
    with pytest.raises(NotAllowed):
        upload_import(file=file, by=company.viewer("owner"), at=at)
    batch = upload_import(file=file, by=company.viewer("director"), at=at)
    with pytest.raises(NotAllowed):
        start_import(batch=batch, mapping={"name": 0}, mode="create", by=company.viewer("operations"), at=at)
    assert list(ImportBatch.objects.visible_to(company.viewer("supervisor"))) == []
    assert list(ImportBatch.objects.visible_to(company.viewer("operations"))) == [batch]


def test_bank_details_cannot_be_mapped_without_the_right(company: Company) -> None:
    assert "bank_account" in {field.name for field in import_fields(company.viewer("director"))}
    assert "bank_account" not in {field.name for field in import_fields(company.viewer("general_manager"))}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("客户.xlsx", "名称\n恒达机械\n", "这不是可以读取的表格"),
        ("客户.pdf", "名称\n恒达机械\n", "这不是可以读取的表格"),
        ("客户.csv", "名称,电话\n", "没有数据"),
    ],
)
def test_what_only_looks_like_a_table_is_refused_at_once(
    company: Company, at: dt.datetime, name: str, content: str, told: str
) -> None:
    with translation.override("zh-hans"), pytest.raises(CannotReadFile, match=told):
        upload_import(file=ContentFile(content.encode(), name=name), by=company.viewer("director"), at=at)
    assert not ImportBatch.objects.exists()
