"""Definitions: drafts may be wrong, what is published is not and never changes; shipped files never override people."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from panshi.ground.base.refusals import NotAllowed, Stale
from panshi.workflow import services
from panshi.workflow.models import Process, ProcessVersion, Request
from panshi.workflow.services.shipped import FOLDER
from tests.factories.organisation import AT, SYSTEM, Company
from tests.workflow.processes import agree, make_process, nodes_open, start, step, viewer

pytestmark = pytest.mark.django_db


def draft(steps: list[object], **more: object) -> ProcessVersion:
    process = services.create_process(key="trial", name="试行", by=SYSTEM, at=AT)
    settings = more.pop("settings", {})
    return services.save_draft(
        process=process,
        steps={"settings": settings, "steps": steps},
        form=more.pop("form", []),  # type: ignore[arg-type]
        by=SYSTEM,
        at=AT,
    )


WRONG = {
    "no steps": ([], "至少要有一个步骤"),
    "unknown role": ([step("one", "unit:wizard")], "unit:wizard"),
    "unknown person": ([step("one", "person:nobody")], "person:nobody"),
    "unknown field": ([step("one", "field:boss")], "field:boss"),
    "nobody": ([step("one", "")], "什么角色处理"),
    "unknown name": ([step("one", "owner"), step("two", "owner", condition="amonut > 5")], "amonut"),
    "broken condition": ([step("one", "owner", condition="amount >")], "条件"),
    "unknown action": ([step("one", "owner"), step("two", "", kind="action", action="launch")], "launch"),
    "form field of a step": ([step("one", "owner", fields="colour:edit")], "colour"),
    "mode": ([step("one", "owner", fields="amount:paint")], "paint"),
    "required file": ([step("one", "owner", fields="papers:require")], "附件字段"),
    "sign rule": ([step("one", "owner", sign="most")], "most"),
    "word": ([step("one", "owner", own="maybe")], "maybe"),
    "whole number": ([step("one", "owner", remind="soon")], "整数"),
    "twice": ([step("one", "owner"), step("one", "owner")], "重复"),
}
FORM = [
    {"name": "amount", "label": "金额", "kind": "money"},
    {"name": "papers", "label": "附件", "kind": "file"},
]


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_words_and_not_published(case: str) -> None:
    steps, words = WRONG[case]
    version = draft(list(steps), form=FORM)
    with pytest.raises(services.CannotPublish) as refusal:
        services.publish(version=version, note="试", by=SYSTEM, at=AT)
    assert words in refusal.value.message
    version.refresh_from_db()
    assert (version.state, version.compiled) == ("draft", "")


FORMS = {
    "reserved": [{"name": "outcome", "label": "x", "kind": "text"}],
    "no label": [{"name": "a", "label": " ", "kind": "text"}],
    "no kind": [{"name": "a", "label": "x", "kind": "wish"}],
    "no choices": [{"name": "a", "label": "x", "kind": "choice"}],
    "required file": [{"name": "a", "label": "x", "kind": "file", "required": True}],
    "twice": [{"name": "a", "label": "x", "kind": "text"}] * 2,
    "odd": [{"name": "a", "label": "x", "kind": "text", "colour": "red"}],
}


@pytest.mark.parametrize("case", FORMS)
def test_wrong_forms_are_refused(case: str) -> None:
    version = draft([step("one", "applicant.superior")], form=FORMS[case])
    with pytest.raises(services.CannotPublish):
        services.publish(version=version, note="试", by=SYSTEM, at=AT)


def test_publishing_wants_a_note_a_draft_and_the_right(company: Company) -> None:
    version = draft([step("one", "applicant.superior")])
    with pytest.raises(services.CannotPublish, match="改了什么"):
        services.publish(version=version, note=" ", by=SYSTEM, at=AT)
    with pytest.raises(NotAllowed):
        services.publish(version=version, note="试", by=company.viewer("director"), at=AT)
    with pytest.raises(Stale):
        services.publish(version=version, note="试", expected_version=7, by=SYSTEM, at=AT)
    published = services.publish(version=version, note="试", by=company.viewer("administrator"), at=AT)
    assert (published.state, published.published_by_id) == ("published", company.administrator.pk)
    with pytest.raises(services.CannotPublish, match="已经发布"):
        services.publish(version=published, note="再试", by=SYSTEM, at=AT)


def test_running_requests_finish_on_their_version(company: Company) -> None:
    first = make_process("trial", [step("one", "applicant.superior"), step("two", "role:general_manager")])
    old = start("trial", company.owner)
    second = make_process("trial", [step("one", "applicant.superior")])
    new = start("trial", company.owner)
    assert (first.number, second.number) == (1, 2)
    for request in (old, new):
        agree(request, company.supervisor)
        request.refresh_from_db()
    assert (old.state, nodes_open(old), new.state) == ("running", ["two"], "approved")
    first.refresh_from_db()
    assert first.state == "retired"


def test_a_request_is_moved_on_purpose_and_keeps_its_opinions(company: Company) -> None:
    make_process("trial", [step("one", "applicant.superior"), step("two", "role:general_manager")])
    request = start("trial", company.owner)
    agree(request, company.supervisor)
    with pytest.raises(services.CannotMove):
        services.move_request(request=request, remark="", by=SYSTEM, at=AT)
    make_process(
        "trial",
        [
            step("one", "applicant.superior"),
            step("legal", "role:compliance"),
            step("two", "role:general_manager"),
        ],
    )
    services.move_request(request=request, remark="新制度", by=company.viewer("administrator"), at=AT)
    assert nodes_open(request) == ["legal"]
    agree(request, company.compliance)
    agree(request, company.general_manager)
    request.refresh_from_db()
    assert (request.state, request.definition.number) == ("approved", 2)


def test_retired_nobody_starts_it_any_more(company: Company) -> None:
    version = make_process("trial", [step("one", "applicant.superior")])
    services.retire(version=version, by=SYSTEM, at=AT)
    with pytest.raises(services.CannotRetire):
        services.retire(version=version, by=SYSTEM, at=AT)
    with pytest.raises(services.CannotStartRequest, match="没有启用"):
        start("trial", company.owner)
    with pytest.raises(services.CannotStartRequest, match="没有这个流程"):
        start("nothing", company.owner)


BPMN = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:p="urn:panshi:bpmn:1" id="d">
<process id="drawn" name="Drawn" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="%s"/>
<userTask id="a" name="A" p:role="applicant.superior"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
<endEvent id="e"/></process></definitions>"""


def test_a_drawing_is_imported_and_a_broken_one_leaves_nothing(company: Company) -> None:
    with pytest.raises(services.CannotImportDrawing) as refusal:
        services.import_bpmn(xml=BPMN % b"nowhere", by=SYSTEM, at=AT)
    assert refusal.value.problems
    assert "f1" in {problem.element for problem in refusal.value.problems}
    for rubbish in (b"", b"<a/>", b"not xml at all"):
        with pytest.raises(services.CannotImportDrawing):
            services.import_bpmn(xml=rubbish, by=SYSTEM, at=AT)
    assert not Process.objects.exists()
    version = services.import_bpmn(xml=BPMN % b"a", by=SYSTEM, at=AT)
    services.publish(version=version, note="首版", by=SYSTEM, at=AT)
    request = start("drawn", company.owner)
    agree(request, company.supervisor)
    assert Request.objects.get().state == "approved"


def test_shipped_processes_load_once_and_follow_their_file(company: Company, tmp_path: Path) -> None:
    shipped = sorted(path.stem for path in FOLDER.iterdir() if path.suffix in {".json", ".bpmn"})
    assert sorted(services.load_shipped(by=SYSTEM, at=AT)) == shipped
    assert "general_approval" in shipped
    assert services.load_shipped(by=SYSTEM, at=AT) == []
    path = tmp_path / "general_approval.json"
    shutil.copy(FOLDER / path.name, path)
    _change(path, name="上级意见")
    assert services.load_shipped(by=SYSTEM, at=AT, folder=tmp_path) == ["general_approval"]
    process = Process.objects.get(key="general_approval")
    states = list(process.versions.order_by("number").values_list("number", "state", "shipped"))
    assert states == [(1, "retired", True), (2, "published", True)]
    steps = json.loads(process.versions.get(number=2).steps)
    services.publish(
        version=services.save_draft(process=process, steps=steps, by=SYSTEM, at=AT),
        note="本公司的改动",
        by=SYSTEM,
        at=AT,
    )
    _change(path, name="再改")
    assert services.load_shipped(by=SYSTEM, at=AT, folder=tmp_path) == ["general_approval"]
    states = list(process.versions.order_by("number").values_list("number", "state", "shipped"))
    assert states[2:] == [(3, "published", False), (4, "draft", True)]


def _change(path: Path, *, name: str) -> None:
    given = json.loads(path.read_text(encoding="utf-8"))
    given["steps"][0]["name"] = name
    path.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")


def test_general_approval_goes_to_the_superior_and_to_a_second_person_if_named(
    company: Company, at: dt.datetime
) -> None:
    services.load_shipped(by=SYSTEM, at=at)
    with pytest.raises(services.CannotStartRequest) as refusal:
        start("general_approval", company.owner, title="采购样车")
    assert list(refusal.value.errors) == ["text"]
    alone = start("general_approval", company.owner, title="采购样车", text="两台")
    agree(alone, company.supervisor)
    alone.refresh_from_db()
    assert (alone.title, alone.state) == ("采购样车", "approved")
    pair = start("general_approval", company.owner, title="展会", text="三天", second=company.director.pk)
    agree(pair, company.supervisor)
    assert nodes_open(pair) == ["second_step"]
    services.approve(task=pair.tasks.get(state="open"), by=viewer(company.director), at=at)
    pair.refresh_from_db()
    assert pair.state == "approved"
