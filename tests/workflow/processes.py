"""Processes for tests: published through the services, as an administrator would."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import viewer_of
from panshi.workflow import services
from panshi.workflow.models import Process, ProcessVersion, Request, Task
from tests.factories.organisation import AT, SYSTEM

Step = Mapping[str, Any]


def step(key: str, who: str, **more: Any) -> Step:
    """A row of a step table; settings beside the table's own columns go into `settings`."""
    columns = {"kind", "condition", "sign", "percent", "days", "overdue", "action", "name"}
    own = {name: value for name, value in more.items() if name in columns}
    settings = {name: str(value) for name, value in more.items() if name not in columns}
    return {"id": key, "name": key.upper(), "who": who, **own, "settings": settings}


def make_process(
    key: str,
    steps: Sequence[Step],
    *,
    form: Sequence[Mapping[str, Any]] = (),
    at: dt.datetime = AT,
    **settings: str,
) -> ProcessVersion:
    """A published process; a second call with the same key publishes the next version."""
    process = Process.objects.filter(key=key).first() or services.create_process(
        key=key, name=key, by=SYSTEM, at=at
    )
    draft = services.save_draft(
        process=process, steps={"settings": settings, "steps": list(steps)}, form=list(form), by=SYSTEM, at=at
    )
    return services.publish(version=draft, note="测试", by=SYSTEM, at=at)


def viewer(person: Person, at: dt.datetime = AT) -> Viewer:
    """A person as they are on the day."""
    return viewer_of(person.pk, on=at.date())


def start(process: str, person: Person, *, at: dt.datetime = AT, **values: Any) -> Request:
    """A request handed in by a person."""
    return services.start_request(process=process, values=values, by=viewer(person), at=at)


def open_task(request: Request, node: str = "") -> Task:
    """The one open task of a request, or the one at a node."""
    tasks = Task.objects.open().filter(request=request)
    found: Task = (tasks.filter(node=node) if node else tasks).get()
    return found


def agree(request: Request, person: Person, *, node: str = "", at: dt.datetime = AT, **more: Any) -> Task:
    """A person agrees to what is open."""
    return services.approve(task=open_task(request, node), by=viewer(person), at=at, **more)


def nodes_open(request: Request) -> list[str]:
    """The nodes that wait for somebody."""
    return sorted(Task.objects.open().filter(request=request).values_list("node", flat=True))
