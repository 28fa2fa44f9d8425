"""Writes: every service is atomic, called by keyword, knows who and when, and refuses with an exception of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

from panshi.ground.identity.permissions import BY_CODE, PERMISSIONS
from panshi.ground.identity.roles import ROLES
from tests.house.sources import dotted, module, name, product, tree


def service_modules() -> Iterator[Path]:
    """Modules of the rooms `services` and `decisions`; the audit room is the pen they all write with."""
    for path in product():
        rooms = path.relative_to(path.parents[len(path.parts) - 2]).parts
        if {"services", "services.py", "decisions", "decisions.py"} & set(rooms) and "audit" not in rooms:
            yield path


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    """The services of a module; in a package, those that its `__init__` offers to the world."""
    room = next(
        parent for parent in path.parents if parent.name in {"services", "decisions", "domains", "ground"}
    )
    package = room.name in {"services", "decisions"}
    offered = {
        alias.asname or alias.name
        for init in (room.rglob("__init__.py") if package else ())
        for node in ast.walk(tree(init))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in tree(path).body:
        if (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and (not package or node.name in offered)
        ):
            yield node


def calls(node: ast.AST) -> set[str]:
    return {dotted(inner.func) for inner in ast.walk(node) if isinstance(inner, ast.Call)}


def decorators(node: ast.FunctionDef) -> set[str]:
    return {dotted(decorator) for decorator in node.decorator_list}


WRITES = (
    *(".save", ".create", ".update", ".delete", ".bulk_create", ".bulk_update"),
    *(".get_or_create", ".update_or_create"),
)


def writes(node: ast.AST) -> bool:
    """Whether a function records an event or writes rows: `x.save()`, `Model.objects…update()`."""
    return any(
        call == "record"
        or call.endswith((".save", ".objects.bulk_create"))
        or (".objects." in call and call.endswith(WRITES))
        for call in calls(node)
    )


def test_there_are_services() -> None:
    assert len(list(service_modules())) >= 5


def test_services_are_called_by_keyword() -> None:
    found = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in service_modules()
        for node in public_functions(path)
        if writes(node) or {"by", "at"} & {argument.arg for argument in node.args.args}
        if node.args.args or node.args.posonlyargs or node.args.vararg
    ]
    assert not found


def test_services_are_atomic() -> None:
    found = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in service_modules()
        for node in public_functions(path)
        if writes(node) and not {"transaction.atomic", "atomic"} & decorators(node)
    ]
    assert not found


def test_services_know_who_and_when() -> None:
    """Whoever records an event or asks for a permission takes `by`; whoever records one takes `at` as well."""
    found = []
    for path in service_modules():
        for node in public_functions(path):
            arguments = {argument.arg for argument in node.args.kwonlyargs}
            made = calls(node)
            if ("record" in made or "by.require" in made) and "by" not in arguments:
                found.append(f"{name(path)}:{node.lineno} {node.name} lacks by")
            if "record" in made and "at" not in arguments:
                found.append(f"{name(path)}:{node.lineno} {node.name} lacks at")
    assert not found


RUNS_WHILE_TIME_PASSES = {
    "panshi.ground.work.running": "a lease is renewed and a job ended at a moment nobody knew when it began",
    "panshi.ground.work.progress": "the same",
    "panshi.ground.work.process": "it is the clock of everything that nobody waits for",
    "panshi.engines.analytics.delta": "the table's format wants the time of the commit; nothing reads it",
}


def test_the_clock_is_passed_in() -> None:
    """Below the faces nobody asks what time it is."""
    moments = ("timezone.now", "dt.datetime.now", "datetime.now", "time.time", "timezone.localdate")
    clocks = {*moments, "dt.date.today", "date.today"}
    found = []
    for path in product():
        if (
            not {"calc", "engines", "ground", "domains"} & set(path.parts)
            or module(path) in RUNS_WHILE_TIME_PASSES
        ):
            continue
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and dotted(node.func) in clocks
                and not node.args
                and not node.keywords
            ):
                found.append(f"{name(path)}:{node.lineno} {dotted(node.func)}")
    assert not found


def test_refusals_stand_above_the_service_that_raises_them() -> None:
    found = []
    for path in service_modules():
        declared = {node.name: node for node in tree(path).body if isinstance(node, ast.ClassDef)}
        for refusal in (node for node in declared.values() if node.name.startswith("Cannot")):
            raised = [
                node.lineno
                for node in ast.walk(tree(path))
                if isinstance(node, ast.Raise) and node.exc and dotted(node.exc) == refusal.name
            ]
            if not raised or min(raised) < refusal.lineno:
                found.append(
                    f"{name(path)}:{refusal.lineno} {refusal.name} is not raised below in its module"
                )
            if not any(
                dotted(base) in {"Refused", "NotAllowed", "Stale", *declared} for base in refusal.bases
            ):
                found.append(f"{name(path)}:{refusal.lineno} {refusal.name} is no refusal")
    assert not found


def test_only_jobs_and_the_command_line_act_as_the_system() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in product()
        if not {"jobs", "cli"} & set(path.parts)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and dotted(node.func) == "Viewer.system"
    ]
    assert not found


UNGATED = {
    "UserSession.objects": "a table of allauth, read for the signed-in person only",
    "asked.page.model._base_manager": "the second half of a deferred join: its keys come from gated rows",
}


def test_faces_read_rows_through_the_gate_only() -> None:
    """In web and api `.objects` is followed by `.visible_to(` (or `.none()`) and nothing else."""
    found = []
    for path in product():
        if not {"web", "api"} & set(path.parts):
            continue
        attributes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
        gated = {
            id(node.value) for node in attributes if node.attr in {"visible_to", "visible_in_parts", "none"}
        }
        found += [
            f"{name(path)}:{node.lineno} {dotted(node)}"
            for node in attributes
            if node.attr in {"objects", "_base_manager", "_default_manager"}
            and id(node) not in gated
            and dotted(node) not in UNGATED
        ]
    assert not found


def named_permissions() -> Iterator[tuple[str, str]]:
    """Every permission a module names in a call that asks for one."""
    askers = ("require", "may", "span", "sees_all", "visible_to", "may_any")
    for path in product():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in askers:
                for inner in (*node.args, *(keyword.value for keyword in node.keywords)):
                    for constant in ast.walk(inner):
                        if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                            yield f"{name(path)}:{node.lineno}", constant.value
            if (
                isinstance(node, ast.keyword)
                and node.arg == "permission"
                and isinstance(node.value, ast.Constant)
            ):
                yield f"{name(path)}:{node.value.lineno}", str(node.value.value)


def test_permissions_in_code_stand_in_the_catalogue() -> None:
    """A code made from parts (`accounts.` and what may be done) must at least begin like one."""
    begun = {code.partition(".")[0] + "." for code in BY_CODE}
    assert not [
        (where, code)
        for where, code in named_permissions()
        if code and code not in BY_CODE and code not in begun
    ]


def test_every_permission_is_granted_to_somebody_and_exists() -> None:
    granted = {code for role in ROLES for code in role.grants}
    assert granted == set(BY_CODE), granted ^ set(BY_CODE)
    assert len(BY_CODE) == len(PERMISSIONS)


def test_compliance_reads_all_and_changes_nothing() -> None:
    """Spec 00: reads all, changes nothing else."""
    grants = next(role for role in ROLES if role.code == "compliance").grants
    assert {code.split(".")[1] for code in grants} <= {"view", "money", "company"}
