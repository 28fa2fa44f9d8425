"""How a story is told: a request is forgotten and read again before every step, as after a restart."""

from collections.abc import Mapping
from typing import Any

from panshi.engines.process import Run
from panshi.ground.base.refs import RecordRef
from panshi.ground.rules.services import load_shipped as load_tables
from panshi.workflow import services
from panshi.workflow.forms import load_form
from panshi.workflow.models import Process, Request, RunState, Task
from panshi.workflow.outline import load_drawing
from panshi.workflow.services import load_shipped
from tests.factories.organisation import AT, SYSTEM, Company


def ship() -> None:
    """Tables and processes as a new installation has them."""
    load_tables(by=SYSTEM, at=AT)
    load_shipped(by=SYSTEM, at=AT)


class Story:
    """One request and the people of the company who act on it, by their names there."""

    def __init__(self, company: Company, request: Request) -> None:
        self.company, self.key = company, request.pk

    @classmethod
    def begin(
        cls,
        company: Company,
        process: str,
        refs: tuple[RecordRef, ...],
        values: Mapping[str, Any],
        *,
        who: str = "owner",
    ) -> "Story":
        """Somebody applies."""
        assert Process.objects.get(key=process).enabled
        request = services.start_request(
            process=process, subjects=refs, values=values, by=company.viewer(who), at=AT
        )
        return cls(company, request)

    @property
    def request(self) -> Request:
        """The request read anew; the engine's state survives being read and written."""
        load_drawing.cache_clear()
        load_form.cache_clear()
        found: Request = Request.objects.select_related("definition").get(pk=self.key)
        stored = RunState.objects.get(request=found).state
        assert Run.load(found.definition.compiled, stored).save() == stored
        return found

    def task(self, node: str = "") -> Task:
        """What waits for somebody."""
        tasks = Task.objects.open().filter(request=self.request)
        found: Task = (tasks.filter(node=node) if node else tasks).get()
        return found

    def waits(self) -> list[tuple[str, str]]:
        """What waits, as (node, kind)."""
        rows = Task.objects.open().filter(request=self.request).order_by("node")
        return list(rows.values_list("node", "kind"))

    def agree(self, *people: str) -> None:
        """One after the other agrees."""
        for name in people:
            services.approve(task=self.task(), by=self.company.viewer(name), at=AT)

    def reject(self, name: str) -> None:
        """Somebody turns it down."""
        services.reject(task=self.task(), remark="不同意", by=self.company.viewer(name), at=AT)

    def send_back(self, name: str) -> None:
        """Somebody sends it back to the applicant."""
        services.send_back(task=self.task(), remark="请补充", by=self.company.viewer(name), at=AT)

    def resubmit(self, name: str = "owner", **values: Any) -> None:
        """The applicant hands it in again."""
        services.resubmit(task=self.task(), values=values, by=self.company.viewer(name), at=AT)

    def repeat(self, name: str = "owner") -> None:
        """The refused decision is run again."""
        services.repeat_decision(task=self.task(), by=self.company.viewer(name), at=AT)

    def withdraw(self, name: str = "owner") -> None:
        """The applicant takes it back."""
        services.withdraw(request=self.request, by=self.company.viewer(name), at=AT)

    @property
    def state(self) -> str:
        """Where it stands."""
        return str(self.request.state)


def accounts(*keys: int) -> tuple[RecordRef, ...]:
    """Accounts as subjects."""
    return tuple(RecordRef("account", key) for key in keys)
