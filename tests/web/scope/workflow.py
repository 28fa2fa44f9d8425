"""Addresses of requests: everybody's own inbox, one request by its parties and by those who oversee, its tasks."""

from django.utils import timezone

from panshi.ground.work.bulk import draft
from panshi.web.generic.bulk import RUNNER
from panshi.workflow import services
from panshi.workflow.models import Act, Task
from tests.factories.organisation import AT, SYSTEM
from tests.web.scope.page import Page
from tests.web.scope_world import World
from tests.workflow.processes import make_process, start, step

PARTIES = frozenset({"owner", "supervisor", "director", "operations", "general_manager", "compliance"})
"""The applicant, who has the task, and those who oversee requests of the applicant's unit."""
SUPERVISOR = frozenset({"supervisor"})
OWNER = frozenset({"owner"})
TOLD = frozenset({200, 422})
"""The form, or for those who see the request and have no seat at the task the reason why not."""


def _keyed(name: str, key: str, *extra: object, seen_by: frozenset[str] = PARTIES, **more: object) -> Page:
    return Page(name, lambda world: (world.more[key].pk,), extra=extra, seen_by=seen_by, **more)  # type: ignore[arg-type]


def _task(verb: str) -> Page:
    return _keyed("workflow:act", "task", verb, answers=TOLD)


def _around(verb: str, *, seen_by: frozenset[str] = PARTIES, **more: object) -> Page:
    return _keyed("workflow:around", "request", verb, seen_by=seen_by, **more)


def _process(name: str, **more: object) -> Page:
    return Page(name, lambda world: ("matrix",), **more)  # type: ignore[arg-type]


LED = frozenset({302})
PAGES = (
    *(Page(f"workflow:{name}") for name in ("inbox", "done", "mine", "copied", "tabs", "bench", "start")),
    Page("workflow:inbox", query="overdue=yes&applicant=me"),
    Page("workflow:inbox", query="part=filters"),
    Page("workflow:mine", query="q=SQ"),
    *(Page(f"workflow:{name}_export", query="format=csv") for name in ("inbox", "done", "mine", "copied")),
    Page("workflow:overseen", needs=("processes.view",)),
    Page("workflow:overseen_export", needs=("processes.view",), query="format=csv"),
    _keyed("workflow:handled", "act", answers=LED),
    _keyed("workflow:copied_one", "copy", seen_by=frozenset({"director"}), answers=LED),
    _keyed("workflow:inbox_bulk_act", "request_bulk", seen_by=SUPERVISOR),
    _keyed("workflow:detail", "request"),
    _keyed("workflow:detail", "request", "files"),
    _keyed("workflow:detail", "request", "changes"),
    _keyed("workflow:task", "task", answers=LED),
    *(_task(verb) for verb in ("approve", "reject", "send_back", "delegate", "add_signer", "resubmit")),
    _around("comment"),
    _around("copy"),
    _around("urge"),
    _around("withdraw", answers=frozenset({200, 403})),
    _around("cancel_request", answers=frozenset({200, 403})),
    _process("workflow:start_form"),
    Page("workflow:substitutes"),
    Page("workflow:substitute_create"),
    _keyed("workflow:substitute_end", "absence", seen_by=frozenset({"supervisor", "administrator"})),
    Page("workflow:opinions"),
)
POSTS = (
    Page("workflow:inbox_bulk"),
    _keyed("workflow:inbox_bulk_undo", "request_bulk", seen_by=SUPERVISOR),
    _process("workflow:start_draft"),
)


def build(world: World) -> None:
    """A request of the owner that waits for the supervisor, a copy of it for the director, an absence."""
    company = world.company
    make_process("matrix", [step("leader", "unit:key_account_supervisor")])
    request = start("matrix", company.owner)
    services.copy(request=request, to=[company.director], by=company.viewer("owner"), at=AT)
    world.more["request"] = request
    world.more["task"] = Task.objects.get(request=request)
    world.more["act"] = Act.objects.filter(request=request).order_by("pk").first()
    world.more["copy"] = request.copies.get()
    today = timezone.localdate()
    world.more["absence"] = services.set_absence(
        person=company.supervisor,
        substitute=company.general_manager,
        since_on=today,
        until_on=today.replace(year=today.year + 1, day=1),
        by=SYSTEM,
        at=timezone.now(),
    )
    world.more["request_bulk"] = draft(
        runner=RUNNER,
        listed="inbox",
        act="approve",
        keys=[world.more["task"].pk],
        back="/",
        by=company.viewer("supervisor"),
        at=AT,
    )
