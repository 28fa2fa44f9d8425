"""Writes of definitions: save a draft, import a drawing, publish, retire. What was published never changes."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.engines.process import BadDrawing, compile_drawing, read_drawing
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.workflow import events
from panshi.workflow.bindings import binding_of
from panshi.workflow.defining import Definition, define
from panshi.workflow.forms import NAME
from panshi.workflow.models import Process, ProcessVersion, Source, VersionState
from panshi.workflow.outline import dump_drawing
from panshi.workflow.wording import DefinitionProblem, drawing_words

MANAGE: Final = "processes.manage"
LARGEST_DRAWING: Final = 2_000_000


class CannotSaveProcess(Refused):
    """The process itself is wrong: its key, its name, or another has the key already."""


@transaction.atomic
def create_process(
    *,
    key: str,
    name: str,
    category: str = "",
    description: str = "",
    by: Viewer,
    at: dt.datetime,
) -> Process:
    """A process without a version: save a draft and publish it before anybody can apply."""
    by.require(MANAGE)
    if not NAME.fullmatch(key):
        raise CannotSaveProcess(_("代码须以小写字母开头，只含小写字母、数字和下划线。"), field="key")
    if not name.strip():
        raise CannotSaveProcess(_("请填写名称。"), field="name")
    if Process.objects.filter(key=key).exists():
        raise CannotSaveProcess(_("已有代码为 %(key)s 的流程。") % {"key": key}, field="key")
    kinds = binding_of(key).subject_kinds
    return Process.objects.create(
        key=key,
        name=name.strip()[:80],
        category=category.strip()[:40],
        description=description.strip(),
        subject_kind=kinds[0] if kinds else "",
        created_at=at,
        created_by_id=by.person_id,
        updated_at=at,
    )


@transaction.atomic
def change_process(
    *,
    process: Process,
    name: str,
    category: str,
    description: str,
    enabled: bool,
    expected_version: int,
    by: Viewer,
    at: dt.datetime,
) -> Process:
    """Name, category and description of a process, and whether it can be started. Running requests go on."""
    by.require(MANAGE)
    row: Process = Process.objects.select_for_update().get(pk=process.pk)
    row.expect(expected_version)
    if not name.strip():
        raise CannotSaveProcess(_("请填写名称。"), field="name")
    row.name, row.category = name.strip()[:80], category.strip()[:40]
    row.description, row.enabled = description.strip(), enabled
    row.step(at=at)
    row.save()
    return row


class CannotSaveDraft(Refused):
    """What was handed in is no draft: no JSON, no drawing."""


@transaction.atomic
def save_draft(
    *,
    process: Process,
    steps: Mapping[str, Any] | None = None,
    drawing: str = "",
    form: Sequence[Mapping[str, Any]] | None = None,
    expected_version: int | None = None,
    shipped: bool = False,
    by: Viewer,
    at: dt.datetime,
) -> ProcessVersion:
    """Keep a draft as it is, right or not: a step table, or a drawing. There is one draft of a process at a time.

    A form that is not given stays that of the draft, or of the published version.
    """
    by.require(MANAGE)
    Process.objects.select_for_update().get(pk=process.pk)
    if (steps is None) == (not drawing):
        raise CannotSaveDraft(_("请给出步骤表或者流程图，二者之一。"))
    if len(drawing) > LARGEST_DRAWING:
        raise CannotSaveDraft(_("文件太大。"), field="drawing")
    draft = ProcessVersion.objects.filter(process=process, state=VersionState.DRAFT).first()
    if draft is None:
        draft = _new_draft(process, by=by, at=at)
    elif expected_version is not None:
        draft.expect(expected_version)
        draft.step(at=at)
    else:
        draft.step(at=at)
    draft.source = Source.STEPS if steps is not None else Source.BPMN
    draft.steps = json.dumps(steps, ensure_ascii=False) if steps is not None else ""
    draft.drawing, draft.shipped = drawing, shipped
    if form is not None:
        draft.form = json.dumps(list(form), ensure_ascii=False)
    draft.save()
    record(
        events.DRAFT_SAVED,
        at=at,
        by_id=by.person_id,
        subject_id=process.pk,
        process=process.key,
        number=draft.number,
    )
    return draft


def _new_draft(process: Process, *, by: Viewer, at: dt.datetime) -> ProcessVersion:
    """An unsaved draft that goes on from the newest version."""
    newest = ProcessVersion.objects.filter(process=process).order_by("-number").first()
    return ProcessVersion(
        process=process,
        number=newest.number + 1 if newest else 1,
        source=Source.STEPS,
        form=newest.form if newest else "[]",
        created_at=at,
        created_by_id=by.person_id,
        updated_at=at,
    )


@transaction.atomic
def discard_draft(*, process: Process, expected_version: int, by: Viewer, at: dt.datetime) -> bool:
    """Throw the draft of a process away; the published version stays. False when there is none (any more)."""
    by.require(MANAGE)
    Process.objects.select_for_update().get(pk=process.pk)
    draft = ProcessVersion.objects.filter(process=process, state=VersionState.DRAFT).first()
    if draft is None:
        return False
    draft.expect(expected_version)
    number = draft.number
    draft.delete()
    record(
        events.DRAFT_DISCARDED,
        at=at,
        by_id=by.person_id,
        subject_id=process.pk,
        process=process.key,
        number=number,
    )
    return True


class CannotPublish(Refused):
    """The draft is not right yet; `problems` say everything, with the element."""

    def __init__(self, problems: Iterable[DefinitionProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(str(each) for each in self.problems),
            errors={each.element: each.message for each in reversed(self.problems)},
        )


@transaction.atomic
def publish(
    *, version: ProcessVersion, note: str, expected_version: int | None = None, by: Viewer, at: dt.datetime
) -> ProcessVersion:
    """Let new requests run on a draft, with a note that says what is new. Running ones finish on their version."""
    by.require(MANAGE)
    Process.objects.select_for_update().get(pk=version.process_id)
    draft = ProcessVersion.objects.select_related("process").get(pk=version.pk)
    if draft.state != VersionState.DRAFT:
        raise CannotPublish([DefinitionProblem("", "", _("这个版本已经发布过。"))])
    if expected_version is not None:
        draft.expect(expected_version)
    if not note.strip():
        raise CannotPublish([DefinitionProblem("note", _("发布说明"), _("请写明这一版改了什么。"))])
    read = read_definition(draft)
    if read.drawing is None or read.problems:
        raise CannotPublish(read.problems)
    ProcessVersion.objects.filter(process=draft.process, state=VersionState.PUBLISHED).update(
        state=VersionState.RETIRED
    )
    draft.drawing, draft.outline = read.xml, dump_drawing(read.drawing)
    draft.compiled = compile_drawing(read.drawing)
    draft.state, draft.note = VersionState.PUBLISHED, note.strip()[:400]
    draft.published_at, draft.published_by_id = at, by.person_id
    draft.step(at=at)
    draft.save()
    record(
        events.PUBLISHED,
        at=at,
        by_id=by.person_id,
        subject_id=draft.process_id,
        process=draft.process.key,
        number=draft.number,
        shipped=draft.shipped,
    )
    return draft


def read_definition(version: ProcessVersion) -> Definition:
    """A version as it stands, read and checked."""
    return define(
        process=version.process.key,
        name=version.process.name,
        source=version.source,
        steps=version.steps,
        drawing=version.drawing,
        form=version.form,
    )


class CannotImportDrawing(Refused):
    """The file is no process we can run; nothing was saved. `problems` name every element."""

    def __init__(self, problems: Iterable[DefinitionProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(each) for each in self.problems), field="file")


@transaction.atomic
def import_bpmn(*, xml: bytes, process: Process | None = None, by: Viewer, at: dt.datetime) -> ProcessVersion:
    """Take over a BPMN 2.0 file as a draft of a process, or of a new one called as the file says."""
    by.require(MANAGE)
    try:
        drawing = read_drawing(xml)
    except BadDrawing as refusal:
        raise CannotImportDrawing(
            DefinitionProblem(each.element, each.name, drawing_words(each)) for each in refusal.problems
        ) from refusal
    if process is None:
        key = drawing.key.lower()
        process = Process.objects.filter(key=key).first() or create_process(
            key=key, name=drawing.name, by=by, at=at
        )
    return save_draft(process=process, drawing=xml.decode(), by=by, at=at)


class CannotRetire(Refused):
    """Only the version in use can be retired."""


@transaction.atomic
def retire(*, version: ProcessVersion, by: Viewer, at: dt.datetime) -> ProcessVersion:
    """Let nobody start on the published version any more; what runs on it finishes."""
    by.require(MANAGE)
    row: ProcessVersion = (
        ProcessVersion.objects.select_for_update(of=("self",)).select_related("process").get(pk=version.pk)
    )
    if row.state != VersionState.PUBLISHED:
        raise CannotRetire(_("只有使用中的版本可以停用。"))
    row.state = VersionState.RETIRED
    row.step(at=at)
    row.save(update_fields=["state", "version", "updated_at"])
    record(
        events.RETIRED,
        at=at,
        by_id=by.person_id,
        subject_id=row.process_id,
        process=row.process.key,
        number=row.number,
    )
    return row
