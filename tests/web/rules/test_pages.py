"""Pages of decision tables: what is typed is kept, told at its cell, published only when sound, out and in as files."""

import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from panshi.engines.expressions import to_zen
from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Person
from panshi.ground.rules.content import load_content, plain_content
from panshi.ground.rules.models import RuleTable, RuleVersion
from panshi.ground.rules.services import load_shipped
from panshi.ground.rules.sheets import from_rows, to_rows
from tests.factories.organisation import AT, SYSTEM, Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(company: Company) -> RuleTable:
    load_shipped(by=SYSTEM, at=AT)
    return RuleTable.objects.get(key="account_classes")


@pytest.fixture
def browser(company: Company, signed_in: Callable[[Person], Client]) -> Client:
    return signed_in(company.administrator)


def content(table: RuleTable) -> dict[str, Any]:
    return plain_content(load_content(table.versions.get(number=1).content))


def send(browser: Client, name: str, table: RuleTable, body: object) -> Any:
    return browser.post(
        reverse(f"rules:{name}", args=[table.pk]), json.dumps(body), content_type="application/json"
    )


def test_the_list_says_which_version_holds(browser: Client, table: RuleTable) -> None:
    page = browser.get(reverse("rules:list")).content.decode()
    assert reverse("rules:detail", args=[table.pk]) in page
    assert "生效中" in page


def test_trying_lights_the_matching_rows_and_says_why(browser: Client, table: RuleTable) -> None:
    typed = {
        "ownership_type": "民营企业",
        "monthly_tonnes": "30",
        "yearly_sales": "600万",
        "is_strategic": "true",
    }
    answer = browser.get(reverse("rules:try", args=[table.pk]), typed, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert page.count('class="lit"') == 2
    assert "第 4 行：月用量（吨） 30（&gt;= 20）；年销售额（元） 6000000（&gt;= 500万）" in page
    wrong = browser.get(reverse("rules:try", args=[table.pk]), {**typed, "monthly_tonnes": "很多"})
    assert "月用量（吨）：“很多”不是数字" in wrong.content.decode()


def test_the_check_tells_errors_at_their_cells_and_tries_unsaved_content(
    browser: Client, table: RuleTable
) -> None:
    body = content(table)
    typed = {"ownership_type": "政府机关", "is_strategic": "否"}
    answer = send(browser, "check", table, {"content": body, "try": typed}).json()
    assert (answer["errors"], answer["publishable"], answer["tried"]["rows"]) == ([], True, [1])
    body["table"]["rows"][3]["cells"][2] = ">= zwanzig"
    answer = send(browser, "check", table, {"content": body, "try": typed}).json()
    assert [(one["row"], one["column"]) for one in answer["errors"]] == [(3, 2)]
    assert "不是数字" in answer["errors"][0]["message"]
    assert not answer["publishable"]
    assert RuleTable.objects.get(pk=table.pk).draft == ""


@pytest.mark.parametrize("body", [None, [], {}, {"content": 5}, {"content": {"table": {"inputs": "x"}}}])
def test_what_is_no_table_is_refused_in_words(browser: Client, table: RuleTable, body: object) -> None:
    for name in ("check", "save"):
        answer = send(browser, name, table, body)
        assert (answer.status_code, answer.json()["message"]) == (422, "内容不是一张决策表。")
    assert (
        browser.post(
            reverse("rules:save", args=[table.pk]), b"\xff{", content_type="application/json"
        ).status_code
        == 422
    )


def test_brackets_without_end_and_half_characters_are_refused_in_words(
    browser: Client, table: RuleTable
) -> None:
    strange = content(table)
    strange["table"]["rows"][0]["note"] = "\ud800"
    bodies = {
        "[" * 100_000: "内容不是一张决策表。",
        json.dumps({"content": strange, "version": table.version}): "内容含有无法保存的字符，请删去后再试。",
        json.dumps({"content": content(table), "x\0": 1}): "内容含有无法保存的字符，请删去后再试。",
    }
    for name in ("check", "save"):
        for body, message in bodies.items():
            address = reverse(f"rules:{name}", args=[table.pk])
            answer = browser.post(address, body, content_type="application/json")
            assert (answer.status_code, answer.json()["message"]) == (422, message)
    assert RuleTable.objects.get(pk=table.pk).draft == ""


def test_a_draft_is_saved_with_its_errors_and_guarded_against_two_editors(
    browser: Client, table: RuleTable
) -> None:
    body = content(table)
    body["table"]["rows"][0]["cells"][2] = "???"
    first = send(browser, "save", table, {"content": body, "version": table.version})
    assert (first.status_code, len(first.json()["checked"]["errors"])) == (200, 1)
    second = send(browser, "save", table, {"content": content(table), "version": table.version})
    assert (second.status_code, second.json()["theirs"]) == (409, first.json()["version"])
    stored = load_content(RuleTable.objects.get(pk=table.pk).draft)
    assert stored.table.rows[0].cells[2] == "???"
    assert Event.objects.filter(kind="rules.drafted").count() == 1


def publish(browser: Client, table: RuleTable, **typed: str) -> Any:
    version = RuleTable.objects.get(pk=table.pk).version
    return browser.post(reverse("rules:publish", args=[table.pk]), {"expected_version": version, **typed})


def test_publishing_from_page_to_decision(browser: Client, table: RuleTable) -> None:
    body = content(table)
    body["table"]["rows"][3]["cells"][2] = ">= 25"
    send(browser, "save", table, {"content": body, "version": table.version})
    coming = (dt.date.today() + dt.timedelta(days=30)).isoformat()  # noqa: DTZ011
    refused = publish(browser, table, from_on=coming, note="提高门槛")
    assert refused.status_code == 422
    assert "正好达到两个门槛" in refused.content.decode()
    body["cases"] = body["cases"][:2]
    version = RuleTable.objects.get(pk=table.pk).version
    send(browser, "save", table, {"content": body, "version": version})
    unexplained = publish(browser, table, from_on=coming, note="")
    assert unexplained.status_code == 422
    assert publish(browser, table, from_on=coming, note="提高门槛").status_code == 302
    made = RuleVersion.objects.get(table=table, number=2)
    assert (made.note, made.from_on.isoformat()) == ("提高门槛", coming)
    page = browser.get(reverse("rules:version", args=[table.pk, 2])).content.decode()
    assert "<del>&gt;= 20</del> <ins>&gt;= 25</ins>" in page
    assert browser.post(reverse("rules:withdraw", args=[table.pk, 2])).status_code == 302
    made.refresh_from_db()
    assert made.is_withdrawn


def test_a_table_goes_out_as_a_workbook_and_comes_back_the_same(browser: Client, table: RuleTable) -> None:
    body = browser.get(reverse("rules:export", args=[table.pk, "xlsx"])).content
    file = SimpleUploadedFile("t.xlsx", body)
    answer = browser.post(
        reverse("rules:import", args=[table.pk]), {"file": file, "expected_version": table.version}
    )
    assert answer.status_code == 302
    assert load_content(RuleTable.objects.get(pk=table.pk).draft) == load_content(
        table.versions.get().content
    )


def test_a_wrong_cell_of_a_workbook_is_shown_in_the_grid(browser: Client, table: RuleTable) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(browser.get(reverse("rules:export", args=[table.pk, "xlsx"])).content)
    )
    sheet = book.active
    assert sheet is not None
    place = next(cell for row in sheet.iter_rows() for cell in row if cell.value == ">= 500万")
    place.value = "五百万"
    changed = io.BytesIO()
    book.save(changed)
    file = SimpleUploadedFile("t.xlsx", changed.getvalue())
    browser.post(reverse("rules:import", args=[table.pk]), {"file": file, "expected_version": table.version})
    answer = send(
        browser,
        "check",
        table,
        {"content": plain_content(load_content(RuleTable.objects.get(pk=table.pk).draft))},
    )
    assert [(one["row"], one["column"]) for one in answer.json()["errors"]] == [(3, 3)]


def test_a_table_goes_out_and_in_as_zen_json(browser: Client, table: RuleTable) -> None:
    body = browser.get(reverse("rules:export", args=[table.pk, "json"])).content
    stored = load_content(table.versions.get().content)
    assert json.loads(body) == to_zen(stored.table, name=table.name)
    file = SimpleUploadedFile("t.json", body)
    browser.post(reverse("rules:import", args=[table.pk]), {"file": file, "expected_version": table.version})
    assert load_content(RuleTable.objects.get(pk=table.pk).draft) == stored


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("t.json", b"{"),
        ("t.json", b"[" * 100_000),
        ("t.json", b'{"nodes": []}'),
        ("t.csv", "甲,乙\n1,2\n".encode()),
        ("t.xlsx", b"PK\x03\x04broken"),
        ("t.csv", "行,输入 a,输出 b\n类型,诗歌,文本\n1,x,y\n".encode()),
    ],
)
def test_files_that_hold_no_table_are_refused_at_the_file(
    browser: Client, table: RuleTable, name: str, body: bytes
) -> None:
    file = SimpleUploadedFile(name, body)
    answer = browser.post(
        reverse("rules:import", args=[table.pk]), {"file": file, "expected_version": table.version}
    )
    assert answer.status_code == 422
    assert 'id="id_file-error"' in answer.content.decode()
    assert RuleTable.objects.get(pk=table.pk).draft == ""


def test_a_new_table_begins_with_a_grid(browser: Client, company: Company) -> None:
    typed = {"name": "差旅标准", "key": "travel_limit", "purpose": "每晚限额"}
    answer = browser.post(reverse("rules:create"), typed)
    made = RuleTable.objects.get(key="travel_limit")
    assert answer["Location"] == reverse("rules:edit", args=[made.pk])
    assert browser.get(answer["Location"]).status_code == 200
    again = browser.post(reverse("rules:create"), typed)
    assert (again.status_code, RuleTable.objects.count()) == (422, 1)


def test_a_draft_is_thrown_away_after_asking(browser: Client, table: RuleTable) -> None:
    send(browser, "save", table, {"content": content(table) | {"cases": []}, "version": table.version})
    address = reverse("rules:discard", args=[table.pk])
    assert "不能恢复" in browser.get(address).content.decode()
    assert RuleTable.objects.get(pk=table.pk).draft
    browser.post(address)
    assert RuleTable.objects.get(pk=table.pk).draft == ""


def test_pages_make_as_many_queries_for_many_versions_as_for_one(
    browser: Client, table: RuleTable, django_assert_max_num_queries: Any
) -> None:
    def counted(address: str) -> int:
        browser.get(address)
        with django_assert_max_num_queries(40) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    addresses = [reverse("rules:list"), reverse("rules:detail", args=[table.pk])]
    few = [counted(address) for address in addresses]
    first = table.versions.get()
    for number in range(2, 12):
        RuleVersion.objects.create(
            table=table,
            number=number,
            from_on=first.from_on,
            content=first.content,
            digest=first.digest,
            note="x",
            published_at=AT,
        )
        RuleTable.objects.create(key=f"t{number}", name="x", created_at=AT, updated_at=AT)
    assert [counted(address) for address in addresses] == few


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_sheet_is_read_in_the_language_it_was_written_in_and_any_other(
    table: RuleTable, language: str
) -> None:
    stored = load_content(table.versions.get().content)
    with translation.override(language):
        headings, rows = to_rows(stored)
    assert from_rows(headings, list(enumerate(rows))) == stored
