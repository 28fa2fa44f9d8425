"""For those who manage processes: definitions with their versions, tasks nobody has, requests that are stuck."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from panshi.ground.base.viewer import Viewer
from panshi.workflow.bindings import ALWAYS_KNOWN, Action, Fact, actions, binding_of
from panshi.workflow.forms import Field, load_form
from panshi.workflow.models import (
    Absence,
    Process,
    ProcessVersion,
    QuickOpinion,
    Request,
    Task,
    TaskKind,
    VersionState,
)
from panshi.workflow.services.definitions import read_definition
from panshi.workflow.wording import DefinitionProblem

MANAGE: Final = "processes.manage"


def processes(*, viewer: Viewer) -> QuerySet[Process]:
    """Every process, each with `running` requests, `published` number and `draft` number (0: none)."""
    viewer.require(MANAGE)
    rows: QuerySet[Process] = Process.objects.visible_to(viewer).annotate(
        running=Count("requests", filter=Q(requests__state__in=["running", "returned", "stuck"]))
    )
    return rows


@dataclass(frozen=True, slots=True)
class ProcessPage:
    """One process with its versions, newest first, and what its conditions and actions may name."""

    process: Process
    versions: tuple[ProcessVersion, ...]
    published: ProcessVersion | None
    draft: ProcessVersion | None
    facts: tuple[Fact, ...]
    actions: tuple[Action, ...]
    running: int


def process_page(*, process_id: int, viewer: Viewer) -> ProcessPage | None:
    """One process as its managers see it; None when there is none."""
    viewer.require(MANAGE)
    process = Process.objects.visible_to(viewer).filter(pk=process_id).first()
    if process is None:
        return None
    versions = tuple(process.versions.defer("compiled", "outline").order_by("-number"))
    by_state = {version.state: version for version in versions}
    return ProcessPage(
        process=process,
        versions=versions,
        published=by_state.get(VersionState.PUBLISHED),
        draft=by_state.get(VersionState.DRAFT),
        facts=(*binding_of(process.key).facts, *ALWAYS_KNOWN),
        actions=tuple(actions().values()),
        running=Request.objects.open().filter(process=process).count(),
    )


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """A version read and checked: everything wrong with it, its diagram if it can be drawn, its form."""

    version: ProcessVersion
    problems: tuple[DefinitionProblem, ...]
    drawing: str
    form: tuple[Field, ...]


def check_draft(*, version: ProcessVersion, viewer: Viewer) -> CheckedDraft:
    """What stands in the way of publishing a version, element by element."""
    viewer.require(MANAGE)
    read = read_definition(version)
    broken = any(problem.name == problem.element for problem in read.problems) and read.drawing is None
    return CheckedDraft(version, read.problems, read.xml, () if broken else load_form(version.form))


def queue(*, viewer: Viewer) -> QuerySet[Task]:
    """Open tasks nobody can do: they wait for those who manage processes. A request that stopped stands among `stuck`
    with the task that mends it, and not here as well."""
    viewer.require(MANAGE)
    rows: QuerySet[Task] = (
        Task.objects.open().filter(queued=True).exclude(kind__in=[TaskKind.STUCK, TaskKind.REFUSED])
    )
    return rows


def stuck(*, viewer: Viewer) -> QuerySet[Request]:
    """Requests that cannot go on by themselves."""
    viewer.require(MANAGE)
    rows: QuerySet[Request] = Request.objects.filter(state="stuck")
    return rows


def absences(*, viewer: Viewer) -> QuerySet[Absence]:
    """Absences a viewer may see: their own, or everybody's with the right to manage people."""
    rows: QuerySet[Absence] = Absence.objects.visible_to(viewer).filter(ended_at=None)
    return rows


def quick_opinions(*, viewer: Viewer) -> list[str]:
    """A viewer's own sentences, in their order."""
    rows = (
        QuickOpinion.objects.visible_to(viewer)
        .filter(person_id=viewer.person_id or 0)
        .order_by("position", "pk")
    )
    return list(rows.values_list("text", flat=True))
