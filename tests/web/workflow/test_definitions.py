"""Definitions: written as a table, told at the cell, tried out, published, compared, out and in as files."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from panshi.engines.process import read_drawing
from panshi.ground.base.refusals import NotAllowed, Stale
from panshi.ground.identity.models import Person
from panshi.workflow import services
from panshi.workflow.models import Process, ProcessVersion, VersionState
from tests.factories.organisation import AT, SYSTEM, Company
from tests.workflow.processes import make_process, start, step

pytestmark = pytest.mark.django_db
FORM = [
    {"name": "amount", "label": "金额", "kind": "money", "required": True},
    {"name": "second", "label": "第二审批人", "kind": "person"},
]
STEPS = [
    {
        "id": "boss",
        "name": "上级审批",
        "who": "applicant.superior",
        "kind": "approve",
        "days": 2,
        "overdue": "remind",
    },
    {
        "id": "head",
        "name": "总经理审批",
        "who": "role:general_manager",
        "kind": "approve",
        "condition": "amount > 5000",
    },
]


@pytest.fixture
def browser(company: Company, signed_in: Callable[[Person], Client]) -> Client:
    return signed_in(company.administrator)


@pytest.fixture
def process(company: Company) -> Process:
    return services.create_process(key="travel", name="出差申请", by=SYSTEM, at=AT)


def content(*steps: dict[str, Any], form: Any = None) -> dict[str, Any]:
    return {"steps": {"settings": {}, "steps": list(steps or STEPS)}, "form": FORM if form is None else form}


def send(browser: Client, name: str, process: Process, body: object) -> Any:
    return browser.post(
        reverse(f"workflow:definition_{name}", args=[process.pk]),
        json.dumps(body),
        content_type="application/json",
    )


def at(name: str, *keys: object) -> str:
    return reverse(f"workflow:{name}", args=keys)


def test_from_a_new_process_to_a_published_version(browser: Client, company: Company) -> None:
    answer = browser.post(at("definition_create"), {"name": "出差申请", "key": "travel", "category": "行政"})
    process = Process.objects.get(key="travel")
    assert answer["Location"] == at("definition_edit", process.pk)
    assert browser.get(answer["Location"]).status_code == 200
    saved = send(browser, "save", process, {"content": content(), "version": 0})
    assert saved.status_code == 200
    draft = ProcessVersion.objects.get(process=process)
    told = {"expected_version": saved.json()["version"], "note": ""}
    assert browser.post(at("definition_publish", process.pk), told).status_code == 422
    assert browser.post(at("definition_publish", process.pk), told | {"note": "第一版"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.note) == (VersionState.PUBLISHED, "第一版")
    for name in ("definitions", "definition"):
        keys = () if name == "definitions" else (process.pk,)
        assert browser.get(at(name, *keys)).status_code == 200


def test_problems_stand_at_their_cells(browser: Client, process: Process) -> None:
    first, second = dict(STEPS[0]), dict(STEPS[1])
    answer = send(
        browser,
        "check",
        process,
        {
            "content": content(
                first | {"who": "someone"},
                second | {"condition": "price > 1", "sign": "percent", "percent": 0},
            )
        },
    ).json()
    places = {(one["grid"], one["row"], one["column"]) for one in answer["problems"]}
    assert ("steps", 1, "condition") in places
    assert ("steps", 1, "percent") in places
    answer = send(browser, "check", process, {"content": content(first | {"who": "someone"}, second)}).json()
    assert [(one["grid"], one["row"], one["column"]) for one in answer["problems"]] == [("steps", 0, "who")]
    broken = [FORM[0] | {"label": ""}, FORM[1]]
    answer = send(browser, "check", process, {"content": content(form=broken)}).json()
    assert ("form", 0) in {(one["grid"], one["row"]) for one in answer["problems"]}


def test_the_check_draws_what_the_table_means(browser: Client, process: Process) -> None:
    drawing = send(browser, "check", process, {"content": content()}).json()["drawing"]
    assert {"boss", "head"} <= {node["id"] for node in drawing["nodes"]}
    read = read_drawing(drawing["xml"].encode())
    assert [lane.name for lane in read.lanes] == ["申请人的上级", "全公司的总经理"]


def test_a_dry_run_says_steps_and_people(browser: Client, process: Process, company: Company) -> None:
    def tried(amount: str) -> dict[str, Any]:
        body = {
            "content": content(),
            "try": {"values": {"amount": amount}, "applicant": str(company.owner.pk)},
        }
        found: dict[str, Any] = send(browser, "check", process, body).json()["tried"]
        return found

    small, large, wrong = tried("800"), tried("8,000"), tried("viel")
    assert [step["node"] for step in small["steps"]] == ["boss"]
    assert small["skipped"] == ["总经理审批"]
    assert [step["people"] for step in large["steps"]] == [
        company.supervisor.name,
        company.general_manager.name,
    ]
    assert (large["outcome"], large["stopped"]) == ("approved", "")
    assert list(wrong["errors"]) == ["amount"]
    assert not ProcessVersion.objects.filter(process=process).exists()


def test_a_dry_run_shows_a_step_nobody_holds(browser: Client, process: Process, company: Company) -> None:
    body = {
        "content": content(STEPS[0], STEPS[1] | {"who": "field:second", "condition": ""}),
        "try": {"values": {"amount": "1"}, "applicant": str(company.owner.pk)},
    }
    steps = send(browser, "check", process, body).json()["tried"]["steps"]
    assert [step["nobody"] for step in steps] == [False, True]


@pytest.mark.parametrize(
    "body", [None, [], {}, {"content": 5}, {"content": {"steps": {"steps": "x"}, "form": []}}]
)
def test_what_is_no_table_is_refused_in_words(browser: Client, process: Process, body: object) -> None:
    for name in ("check", "save"):
        answer = send(browser, name, process, body)
        assert (answer.status_code, answer.json()["message"]) == (422, "内容不是一张步骤表。")


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"a":' * 100_000, '{"content": ' + "[" * 500 + "]" * 500 + "}"]
)
def test_brackets_without_end_are_refused_in_words(browser: Client, process: Process, body: str) -> None:
    for name in ("check", "save"):
        address = at(f"definition_{name}", process.pk)
        answer = browser.post(address, body, content_type="application/json")
        assert (answer.status_code, answer.json()["message"]) == (422, "内容不是一张步骤表。")


@pytest.mark.parametrize("strange", ["\ud800", "a\udfffb", "\x00"])
def test_text_no_database_keeps_is_refused_in_words(browser: Client, process: Process, strange: str) -> None:
    named = {"content": content(STEPS[0] | {"name": strange}), "version": 0}
    keyed = {"content": content(STEPS[0] | {strange: "x"}), "version": 0}
    for body in (named, keyed):
        for name in ("check", "save"):
            answer = send(browser, name, process, body)
            assert (answer.status_code, answer.json()["message"]) == (
                422,
                "内容含有无法保存的字符，请删去后再试。",
            )
    assert not ProcessVersion.objects.filter(process=process).exists()
    whole = send(browser, "save", process, {"content": content(STEPS[0] | {"name": "审批😀"}), "version": 0})
    assert whole.status_code == 200


@pytest.mark.parametrize("condition", ["true or " * 3000 + "true", "(" * 5000 + "true" + ")" * 5000])
def test_a_condition_beyond_measure_is_told_at_its_cell(
    browser: Client, process: Process, condition: str
) -> None:
    body = {"content": content(STEPS[0], STEPS[1] | {"condition": condition}), "version": 0}
    answer = send(browser, "check", process, body)
    assert answer.status_code == 200
    told = [
        one["message"]
        for one in answer.json()["problems"]
        if (one["grid"], one["row"], one["column"]) == ("steps", 1, "condition")
    ]
    assert told == ["条件有误：公式太长，最多 2000 个字。"]
    assert send(browser, "save", process, body).status_code == 200
    assert browser.get(at("definition_edit", process.pk)).status_code == 200


def test_two_editors_do_not_overwrite_each_other(browser: Client, process: Process) -> None:
    first = send(browser, "save", process, {"content": content(), "version": 0})
    second = send(browser, "save", process, {"content": content(STEPS[0]), "version": 0})
    assert (first.status_code, second.status_code) == (200, 409)
    assert len(json.loads(ProcessVersion.objects.get(process=process).steps)["steps"]) == 2


def test_a_draft_with_mistakes_is_kept_but_not_published(browser: Client, process: Process) -> None:
    body = {"content": content(STEPS[0] | {"who": "someone"}), "version": 0}
    version = send(browser, "save", process, body).json()["version"]
    sent = {"expected_version": version, "note": "x"}
    answer = browser.post(at("definition_publish", process.pk), sent)
    assert answer.status_code == 422
    assert "不认识的处理人“someone”" in answer.content.decode()
    assert ProcessVersion.objects.get(process=process).state == VersionState.DRAFT


def test_a_draft_is_thrown_away_after_asking(browser: Client, company: Company) -> None:
    process = make_process("leave", [step("first", "applicant.superior")]).process
    saved = send(browser, "save", process, {"content": content(), "version": 0})
    assert saved.status_code == 200
    address = at("definition_discard", process.pk)
    assert address in browser.get(at("definition", process.pk)).content.decode()
    assert "放弃草稿" in browser.get(address).content.decode()
    assert process.versions.count() == 2
    assert browser.post(address)["Location"] == at("definition", process.pk)
    assert [each.state for each in process.versions.all()] == [VersionState.PUBLISHED]
    assert address not in browser.get(at("definition", process.pk)).content.decode()
    assert browser.post(address).status_code == 302  # nothing left to throw away
    assert send(browser, "save", process, {"content": content(), "version": 0}).status_code == 200


def test_a_draft_changed_meanwhile_is_not_thrown_away(browser: Client, company: Company) -> None:
    process = make_process("leave", [step("first", "applicant.superior")]).process
    draft = services.save_draft(process=process, steps={"steps": STEPS}, by=SYSTEM, at=AT)
    services.save_draft(process=process, steps={"steps": STEPS[:1]}, by=SYSTEM, at=AT)
    with pytest.raises(Stale):
        services.discard_draft(process=process, expected_version=draft.version, by=SYSTEM, at=AT)
    assert ProcessVersion.objects.filter(process=process, state=VersionState.DRAFT).exists()
    with pytest.raises(NotAllowed):
        services.discard_draft(
            process=process, expected_version=draft.version, by=company.viewer("owner"), at=AT
        )


def test_a_version_says_what_it_changed(browser: Client, company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior"), step("old", "role:compliance")])
    made = make_process(
        "leave",
        [step("first", "applicant.superior", days=3), step("second", "role:general_manager")],
        form=[FORM[0]],
    )
    page = browser.get(at("definition_version", made.process_id, 2)).content.decode()
    text = page.partition("<pre")[2].partition(">")[2].partition("</pre>")[0].strip().splitlines()
    assert [line.split("（")[0] for line in text] == [
        "修改 步骤“FIRST”",
        "新增 步骤“SECOND”",
        "删除 步骤“OLD”",
        "新增 字段“金额”",
    ]
    assert "工作日：– → 3" in text[0]


def test_retiring_says_what_runs_and_asks(browser: Client, company: Company) -> None:
    made = make_process("leave", [step("first", "applicant.superior")])
    start("leave", company.owner)
    address = at("definition_retire", made.process_id, 1)
    assert "1 份申请" in browser.get(address).content.decode()
    made.refresh_from_db()
    assert made.state == VersionState.PUBLISHED
    assert browser.post(address).status_code == 302
    made.refresh_from_db()
    assert made.state == VersionState.RETIRED
    assert browser.post(address).status_code in (409, 422)


def test_out_as_bpmn_and_in_again(browser: Client, company: Company) -> None:
    made = make_process("leave", [step("first", "applicant.superior"), step("second", "role:compliance")])
    xml = browser.get(at("definition_export", made.process_id, 1, "bpmn")).content
    assert read_drawing(xml).key == "leave"
    plain = json.loads(browser.get(at("definition_export", made.process_id, 1, "json")).content)
    assert [row["id"] for row in plain["steps"]] == ["first", "second"]
    file = SimpleUploadedFile("leave.bpmn", xml)
    answer = browser.post(at("definition_import", made.process_id), {"file": file})
    draft = ProcessVersion.objects.get(process=made.process, state=VersionState.DRAFT)
    assert answer["Location"] == at("definition_edit", made.process_id)
    assert (draft.source, draft.drawing) == ("bpmn", xml.decode())
    assert browser.get(answer["Location"]).status_code == 200
    kept = send(
        browser, "save", made.process, {"content": {"steps": None, "form": FORM}, "version": draft.version}
    )
    draft.refresh_from_db()
    assert (kept.status_code, draft.drawing, len(json.loads(draft.form))) == (200, xml.decode(), 2)
    file = SimpleUploadedFile(
        "new.bpmn", xml.replace(b'id="leave"', b'id="other"').replace(b'"leave"', b'"other"')
    )
    assert browser.post(at("definition_take_in"), {"file": file}).status_code == 302
    assert Process.objects.filter(key="other").exists()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<x/>", "BPMN 2.0"),
        (b"\xff\xfe", "UTF-8"),
        (b"not xml", "XML"),
    ],
)
def test_a_file_that_is_no_process_changes_nothing(
    browser: Client, company: Company, body: bytes, told: str
) -> None:
    answer = browser.post(at("definition_take_in"), {"file": SimpleUploadedFile("x.bpmn", body)})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Process.objects.exists()


def test_problems_of_a_file_are_listed_by_element(browser: Client, company: Company) -> None:
    made = make_process("leave", [step("first", "applicant.superior")])
    xml = browser.get(at("definition_export", made.process_id, 1, "bpmn")).content.decode()
    bad = xml.replace("<bpmn:userTask", "<bpmn:callActivity").replace(
        "</bpmn:userTask", "</bpmn:callActivity"
    )
    file = SimpleUploadedFile("x.bpmn", bad.encode())
    answer = browser.post(at("definition_import", made.process_id), {"file": file})
    assert answer.status_code == 422
    assert "<b>FIRST</b> <code>first</code>" in answer.content.decode()
    assert ProcessVersion.objects.filter(process=made.process).count() == 1


def test_changing_a_process_keeps_its_versions(browser: Client, company: Company) -> None:
    made = make_process("leave", [step("first", "applicant.superior")])
    sent = {"name": "请假", "category": "", "description": "", "expected_version": made.process.version}
    assert browser.post(at("definition_change", made.process_id), sent).status_code == 302
    process = Process.objects.get(pk=made.process_id)
    assert (process.name, process.enabled) == ("请假", False)
    assert browser.post(at("definition_change", made.process_id), sent | {"name": ""}).status_code == 422


def test_only_managers_of_processes_come_here(
    company: Company, signed_in: Callable[[Person], Client]
) -> None:
    made = make_process("leave", [step("first", "applicant.superior")])
    for person in (company.owner, company.director, company.compliance):
        one = signed_in(person)
        for address in (
            at("definitions"),
            at("definition", made.process_id),
            at("definition_edit", made.process_id),
        ):
            assert one.get(address).status_code == 403
        assert send(one, "save", made.process, {"content": content(), "version": 0}).status_code == 403
    assert not ProcessVersion.objects.filter(state=VersionState.DRAFT).exists()


def test_pages_make_as_many_queries_for_many_versions_as_for_one(
    browser: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    def counted(address: str) -> int:
        browser.get(address)
        with django_assert_max_num_queries(40) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    made = make_process("leave", [step("first", "applicant.superior")])
    addresses = [
        at("definitions"),
        at("definition", made.process_id),
        at("definition_version", made.process_id, 1),
        at("definition_edit", made.process_id),
    ]
    few = [counted(address) for address in addresses]
    for number in range(6):
        make_process("leave", [step(f"s{each}", "applicant.superior") for each in range(number + 2)])
        make_process(f"other{number}", [step("first", "applicant.superior")])
        start("leave", company.owner)
    assert [counted(address) for address in addresses] == few
