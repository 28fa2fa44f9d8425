"""Diagrams, definitions, figures and the queue: managers of processes, and who has to do with a request."""

from panshi.workflow.services import save_draft
from tests.factories.organisation import AT, SYSTEM
from tests.web.scope.page import Page
from tests.web.scope_world import World
from tests.workflow.processes import make_process, open_task, start, step

SEES_REQUEST = frozenset({"owner", "supervisor", "director", "operations", "general_manager", "compliance"})
"""Its applicant, the superior who has it, and those who may look on at requests of the unit or of all."""
MANAGE = ("processes.manage",)


def asked_for(world: World) -> tuple[object, ...]:
    return (world.more["leave"].pk,)


def process(world: World) -> tuple[object, ...]:
    return (world.more["leave"].process_id,)


def orphan(world: World) -> tuple[object, ...]:
    return (world.more["orphan"].pk,)


def orphan_task(world: World) -> tuple[object, ...]:
    return (open_task(world.more["orphan"]).pk,)


def of_process(name: str, *answers: int, extra: tuple[object, ...] = (), query: str = "") -> Page:
    """A page about the one process there is."""
    return Page(name, process, MANAGE, query=query, extra=extra, answers=frozenset(answers or {200}))


PAGES = (
    Page("workflow:diagram", asked_for, seen_by=SEES_REQUEST),
    Page("workflow:definitions", needs=MANAGE),
    Page("workflow:definition_create", needs=MANAGE),
    Page("workflow:definition_take_in", needs=MANAGE),
    of_process("workflow:definition"),
    of_process("workflow:definition_change"),
    of_process("workflow:definition_edit"),
    of_process("workflow:definition_publish"),
    of_process("workflow:definition_discard"),
    of_process("workflow:definition_import"),
    of_process("workflow:definition_version", extra=(1,)),
    of_process("workflow:definition_version", extra=(2,), query="against=1"),
    of_process("workflow:definition_retire", extra=(1,)),
    of_process("workflow:definition_export", extra=(1, "bpmn")),
    of_process("workflow:definition_export", extra=(1, "json")),
    Page("workflow:statistics", needs=("processes.view",)),
    Page("workflow:queue", needs=MANAGE),
    Page("workflow:queue_assign", orphan_task, MANAGE),
    Page("workflow:queue_repeat", orphan_task, MANAGE),
    Page("workflow:queue_give_up", orphan_task, MANAGE),
    Page("workflow:queue_retry", orphan, MANAGE),
    Page("workflow:queue_choose", orphan, MANAGE, answers=frozenset({404})),
    Page("workflow:queue_cancel", orphan, MANAGE),
    Page("workflow:queue_move", orphan, MANAGE),
)
POSTS: tuple[Page, ...] = (
    of_process("workflow:definition_check", 422),
    of_process("workflow:definition_save", 422),
)


def build(world: World) -> None:
    """A process with a draft, the owner's request that waits for the superior, and one that nobody can do."""
    steps = [step("first", "applicant.superior"), step("second", "role:general_manager")]
    version = make_process("leave", steps)
    save_draft(process=version.process, steps={"settings": {}, "steps": steps[:1]}, by=SYSTEM, at=AT)
    world.more["leave"] = start("leave", world.company.owner, at=AT)
    make_process("orphan", [step("first", "role:finance")])
    world.more["orphan"] = start("orphan", world.company.owner, at=AT)
