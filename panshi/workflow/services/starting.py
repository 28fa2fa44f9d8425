"""Starting a request: the process, what it is about, the form, the first tasks; one transaction."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.engines.process import Plain
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer, person_key
from panshi.ground.identity.models import Person
from panshi.ground.settings.services import draw_numbers
from panshi.workflow import events
from panshi.workflow.bindings import Binding, Resolved, binding_of
from panshi.workflow.forms import clean_values, load_form, missing, modes
from panshi.workflow.models import ActKind, Party, Process, ProcessVersion, Request, RequestState, Subject
from panshi.workflow.outline import load_drawing, read_modes
from panshi.workflow.references import naming_problems
from panshi.workflow.roles import unit_of
from panshi.workflow.services.carrying import carry_on
from panshi.workflow.services.course import Course

SERIES: Final = "requests"
PREFIX: Final = "SQ"


class CannotStartRequest(Refused):
    """This cannot be applied for: no such process, not about this, or the form is not complete."""


@transaction.atomic
def start_request(
    *,
    process: str,
    subjects: tuple[RecordRef, ...] = (),
    values: Mapping[str, Any] | None = None,
    title: str = "",
    by: Viewer,
    at: dt.datetime,
) -> Request:
    """Apply for something: fill in the form of a process about some records and hand it in.

    The subjects are read through the applicant's own gate; what they say is kept with the request, so that approvers
    decide on what was applied for.
    """
    version = _published(process)
    person = Person.objects.active().filter(pk=by.person_id).first()
    if person is None:
        raise CannotStartRequest(_("只有在职人员可以提交申请。"))
    binding = binding_of(process)
    resolved = _resolve(binding, subjects, by)
    filled = _fill(version, values or {}, resolved, person.pk, by)
    if binding.check_start is not None:
        binding.check_start(resolved, filled, by, at)
    unit_id = unit_of(person.pk, on=timezone.localdate(at))
    (number,) = draw_numbers(series=SERIES, prefix=PREFIX)
    request = Request(
        number=number,
        process=version.process,
        definition=version,
        title=(title.strip() or resolved.title or _title(version, filled, person))[:200],
        account_id=resolved.account_id,
        applicant=person,
        unit_id=unit_id,
        place_id=resolved.unit_id or unit_id,
        owner_id=resolved.owner_id,
        state=RequestState.RUNNING,
        values=json.dumps(filled, ensure_ascii=False),
        facts=json.dumps(dict(resolved.facts), ensure_ascii=False),
        started_at=at,
        moved_at=at,
    )
    request.save(force_insert=True)
    _keep_subjects(request, resolved)
    Party.objects.create(request=request, key=person_key(person.pk))
    if binding.started is not None:
        binding.started(request, at)
    course = Course(request, by=by, at=at, new=True)
    with course.gathering():
        course.act(ActKind.STARTED)
        course.record(
            events.STARTED, process=process, number=number, version=version.number, subjects=len(subjects)
        )
        course.begin()
        carry_on(course)
    return request


def _keep_subjects(request: Request, resolved: Resolved) -> None:
    """What the request is about, as it is called now."""
    Subject.objects.bulk_create(
        [
            Subject(
                request=request,
                kind=each.ref.kind,
                record_id=each.ref.id,
                label=each.label[:200],
                account_id=each.account_id,
            )
            for each in resolved.about
        ]
    )


def _published(key: str) -> ProcessVersion:
    process = Process.objects.filter(key=key).first()
    if process is None:
        raise CannotStartRequest(_("没有这个流程：%(key)s。") % {"key": key})
    found: ProcessVersion | None = (
        process.versions.select_related("process").defer("steps", "drawing").filter(state="published").first()
    )
    if found is None or not process.enabled:
        raise CannotStartRequest(_("流程“%(name)s”没有启用。") % {"name": process.name})
    return found


def _resolve(binding: Binding, subjects: tuple[RecordRef, ...], by: Viewer) -> Resolved:
    """What the subjects say, after the binding agreed that they may be applied for."""
    if len(set(subjects)) != len(subjects):
        raise CannotStartRequest(_("同一条记录列了两次。"), field="subjects")
    if {ref.kind for ref in subjects} - set(binding.subject_kinds):
        raise CannotStartRequest(_("此流程不能用于这种记录。"), field="subjects")
    if binding.resolve is None:
        return Resolved()
    if not subjects:
        raise CannotStartRequest(_("请选择申请针对的记录。"), field="subjects")
    if len(subjects) > binding.most:
        raise CannotStartRequest(
            _("一份申请最多 %(most)d 条记录。") % {"most": binding.most}, field="subjects"
        )
    if binding.permission:
        by.require(binding.permission)
    return binding.resolve(subjects, by)


def _fill(
    version: ProcessVersion, given: Mapping[str, Any], resolved: Resolved, applicant_id: int, by: Viewer
) -> dict[str, Plain]:
    """The form as handed in, with what the subjects say in its own fields of that kind."""
    form, drawing = load_form(version.form), load_drawing(version.outline)
    start = next(node for node in drawing.nodes if node.kind == "start")
    allowed = modes(form, read_modes(start.settings.get("fields", "")), first=True)
    shown = {field.name: resolved.facts.get(field.name) for field in form if field.source == "subject"}
    values, errors = clean_values(form, given, allowed=allowed)
    errors |= naming_problems(form, values, drawing=drawing, applicant_id=applicant_id, by=by)
    empty = missing(form, values, allowed=allowed)
    errors = errors | {name: words for name, words in empty.items() if name not in errors}
    if errors:
        raise CannotStartRequest(next(iter(errors.values())), errors=errors)
    return shown | values


def _title(version: ProcessVersion, values: Mapping[str, Plain], person: Person) -> str:
    """What a request is called when nobody says: its own title field, otherwise process and applicant."""
    own = values.get("title")
    return own if isinstance(own, str) and own else f"{version.process.name} · {person.name}"
