"""What can be applied for, and the form to apply with."""

from collections.abc import Mapping
from dataclasses import dataclass

from panshi.engines.process import Plain
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.workflow.bindings import Resolved, binding_of
from panshi.workflow.forms import Field, load_form
from panshi.workflow.models import Process, ProcessVersion, Request, Subject, VersionState
from panshi.workflow.reports.story import start_modes


def startable(*, viewer: Viewer, subject_kind: str | None = None) -> list[Process]:
    """Processes a viewer can start: those about nothing, or those about one kind of record; by category and name."""
    rows = Process.objects.visible_to(viewer).filter(
        enabled=True, versions__state=VersionState.PUBLISHED, subject_kind=subject_kind or ""
    )
    return [
        process
        for process in rows.order_by("category", "name", "pk")
        if not binding_of(process.key).permission or viewer.may(binding_of(process.key).permission)
    ]


@dataclass(frozen=True, slots=True)
class StartForm:
    """The form of a process before it is handed in: what the subjects say, what may be filled in, the defaults."""

    process: Process
    version: ProcessVersion
    fields: tuple[Field, ...]
    modes: Mapping[str, str]
    resolved: Resolved
    values: Mapping[str, Plain]


def start_form(*, process: str, subjects: tuple[RecordRef, ...], viewer: Viewer) -> StartForm | None:
    """The form to start a process with; None when it cannot be started. Raises the binding's refusal."""
    version = (
        ProcessVersion.objects.visible_to(viewer)
        .select_related("process")
        .filter(process__key=process, process__enabled=True, state=VersionState.PUBLISHED)
        .first()
    )
    if version is None:
        return None
    binding, form = binding_of(process), load_form(version.form)
    resolved = binding.resolve(subjects, viewer) if binding.resolve is not None else Resolved()
    values: dict[str, Plain] = {
        field.name: resolved.facts.get(field.name) if field.source == "subject" else field.default or None
        for field in form
        if field.kind != "note"
    }
    return StartForm(version.process, version, form, start_modes(version), resolved, values)


def running_about(account_id: int, *, viewer: Viewer, most: int = 5) -> list[Request]:
    """Running requests about an account, or about something of it, that a viewer may see; one query."""
    about = Subject.objects.filter(account_id=account_id).values("request_id")
    rows = Request.objects.visible_to(viewer).open().filter(pk__in=about)
    return list(rows.order_by("-pk").only("number", "title")[:most])


def requests_about(*, ref: RecordRef, viewer: Viewer, most: int = 20) -> list[Request]:
    """The newest requests about a record that a viewer may see, with applicant and process."""
    return list(
        Request.objects.visible_to(viewer)
        .filter(subjects__kind=ref.kind, subjects__record_id=ref.id)
        .select_related("process", "applicant")
        .order_by("-pk")[:most]
    )
