"""A request while something happens to it: locked, with its run, its definition and its people at hand.

Everything a service does to one request goes through one `Course`: what it writes is one transaction.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.calc.working_time import WorkCalendar
from panshi.engines.process import Drawing, Plain, Run
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft
from panshi.ground.base.batch import Batch
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.kinds import NoticeKind
from panshi.ground.notices.services import Value, draft_notices
from panshi.workflow.bindings import Binding, binding_of
from panshi.workflow.clock import minutes_used, working_calendar
from panshi.workflow.forms import Field, engine_values, load_form
from panshi.workflow.models import (
    Absence,
    Act,
    Party,
    Request,
    Return,
    RunState,
    Seat,
    SeatState,
    Task,
    TaskState,
    Timer,
)
from panshi.workflow.models.acts import HANDLED
from panshi.workflow.models.requests import NOT_ENDED
from panshi.workflow.models.tasks import Outcome
from panshi.workflow.outline import load_drawing
from panshi.workflow.roles import Staffing

RECORD_KIND = "request"


class CannotFindRequest(NotAllowed):
    """No such request, or none this person may see."""


class CannotChangeEnded(Refused):
    """The request has ended; what ended stays."""


class Course:
    """One locked request on its way. `by` acts at `at`; nothing is saved of the run until `save`. A `new` one was just
    inserted by the caller and has no run yet."""

    def __init__(self, request: Request, *, by: Viewer, at: dt.datetime, new: bool = False) -> None:
        self.request, self.by, self.at, self._new = request, by, at, new
        self.checkpoint = ""
        self._run: Run | None = None
        self._batch = Batch()
        self._gathering = False

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """A stretch in which what is only written — story, events, notices, seats, timers, the run itself — is gathered
        and sent together. Whoever reads any of it within the stretch calls `send` first."""
        self._gathering = True
        yield
        self._gathering = False
        self.send()

    def send(self) -> None:
        """Write what was gathered."""
        self._batch.send()

    def write(self, rows: Iterable[Model], *, once: bool = False) -> None:
        """Insert rows whose keys nobody asks for, now or with what else is gathered."""
        self._batch.insert(rows, once=once)
        if not self._gathering:
            self.send()

    def change(self, row: Model, *names: str) -> None:
        """Write fields of a stored row, now or with what else is gathered."""
        self._batch.update(row, *names)
        if not self._gathering:
            self.send()

    @classmethod
    def locked(cls, request_id: int, *, by: Viewer, at: dt.datetime, ended: bool = False) -> "Course":
        """Lock a request; refuses one that has ended unless `ended` says that is no matter."""
        found: Request | None = (
            Request.objects.select_for_update(of=("self",))
            .select_related("definition", "process")
            .defer("definition__steps", "definition__drawing")
            .order_by("pk")
            .filter(pk=request_id)
            .first()
        )
        if found is None:
            raise CannotFindRequest(_("没有这份申请。"))
        if not found.is_open and not ended:
            raise CannotChangeEnded(_("申请已经结束（%(state)s）。") % {"state": found.get_state_display()})
        return cls(found, by=by, at=at)

    @property
    def person_id(self) -> int | None:
        """Who acts; nobody when the clock does."""
        return self.by.person_id

    @property
    def on(self) -> dt.date:
        """The local day."""
        return timezone.localdate(self.at)

    @property
    def drawing(self) -> Drawing:
        """The drawing of the version it runs on."""
        return load_drawing(self.request.definition.outline)

    @property
    def form(self) -> tuple[Field, ...]:
        """The form of the version it runs on."""
        return load_form(self.request.definition.form)

    @property
    def binding(self) -> Binding:
        """The business behind its process."""
        return binding_of(self.request.process.key)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Working time as known now."""
        return working_calendar()

    @property
    def values(self) -> dict[str, Plain]:
        """The form as stored."""
        found: dict[str, Plain] = json.loads(self.request.values)
        return found

    @property
    def names(self) -> dict[str, Plain]:
        """Everything conditions may ask about: what the subjects said, then the form."""
        facts: dict[str, Plain] = json.loads(self.request.facts)
        found = facts | engine_values(self.form, self.values)
        return as_numbers(found, {fact.name: fact.kind for fact in self.binding.facts})

    @cached_property
    def staffing(self) -> Staffing:
        """Who works where, seen from this request; owner and unit of the subjects are those of now."""
        request = self.request
        owner_id, place_id = request.owner_id, request.place_id
        if self.binding.locate is not None:
            owner_id, place_id = self.binding.locate(self.refs)
        return Staffing(
            on=self.on,
            applicant_id=request.applicant_id,
            applicant_unit_id=request.unit_id,
            owner_id=owner_id,
            place_id=place_id or request.unit_id,
            values=self.values,
        )

    @cached_property
    def refs(self) -> tuple[RecordRef, ...]:
        """What the request is about."""
        rows = self.request.subjects.order_by("pk").values_list("kind", "record_id")
        return tuple(RecordRef(kind, key) for kind, key in rows)

    @cached_property
    def returns(self) -> list[Return]:
        """Senders it goes straight back to, the latest last."""
        if self.request.cycle == 1:
            return []
        return list(self.request.returns.filter(open=True).order_by("pk"))

    @property
    def run(self) -> Run:
        """The engine's run, loaded when first asked for."""
        if self._run is None:
            self.checkpoint = self.checkpoint or self._stored()
            self._run = Run.load(self.request.definition.compiled, self.checkpoint)
        return self._run

    def _stored(self) -> str:
        state: str = RunState.objects.values_list("state", flat=True).get(request_id=self.request.pk)
        return state

    def begin(self) -> None:
        """Start the run (again) from the beginning of the drawing."""
        self._run = Run.start(self.request.definition.compiled, self.names)
        self.checkpoint = self._run.save()

    def back_to_checkpoint(self) -> Run:
        """Forget what the run did since it was last whole."""
        self._run = Run.load(self.request.definition.compiled, self.checkpoint)
        return self._run

    def mark(self) -> None:
        """The run is whole here: what follows may be forgotten back to this point."""
        self.checkpoint = self.run.save()

    def save(self, *fields: str) -> None:
        """Write the run and the request."""
        request = self.request
        if self._run is not None:
            state = self._run.save()
            if self._new:
                self.write([RunState(request=request, state=state)])
            else:
                self.change(RunState(request=request, state=state), "state")
            self._new = False
        request.step(at=self.at)
        request.moved_at = self.at
        moving = ("state", "outcome", "ended_at", "remark", "cycle", "run_cycle", "moved_at", "version")
        self.change(request, *moving, *fields)

    def act(self, kind: str, *, task: Task | None = None, **more: Any) -> None:
        """Write one line of the story; `person_id` is whoever acts unless given."""
        self.write([self._line(kind, task=task, **more)])

    def numbered_act(self, kind: str, *, task: Task | None = None, **more: Any) -> Act:
        """Write one line of the story that other rows are to refer to."""
        self.send()
        act = self._line(kind, task=task, **more)
        act.save(force_insert=True)
        return act

    def _line(self, kind: str, *, task: Task | None, **more: Any) -> Act:
        more.setdefault("person_id", self.person_id)
        if task is not None:
            more = {"node": task.node, "node_name": task.name} | more
        return Act(
            request=self.request,
            task=task,
            kind=kind,
            handled=kind in HANDLED and more["person_id"] is not None,
            cycle=self.request.cycle,
            at=self.at,
            **more,
        )

    def record(self, kind: EventKind, **payload: Any) -> None:
        """Record the event of what happened."""
        event: Event = draft(
            kind,
            at=self.at,
            by_id=self.person_id,
            account_id=self.request.account_id,
            subject_id=self.request.pk,
            **payload,
        )
        self.write([event])

    def tell(self, kind: NoticeKind, to: Iterable[int | None], **values: Value) -> None:
        """Tell people about this request."""
        people = {key for key in to if key}
        if people:
            self.write(
                draft_notices(
                    kind,
                    to=people,
                    at=self.at,
                    by_id=self.person_id,
                    account_id=self.request.account_id,
                    record=RecordRef(RECORD_KIND, self.request.pk),
                    number=self.request.number,
                    title=self.request.title,
                    **values,
                )
            )

    def admit(self, keys: Iterable[str]) -> None:
        """Let parties see the request from now on."""
        self.write([Party(request=self.request, key=key) for key in sorted(set(keys))], once=True)

    def substitutes(self, people: Iterable[int]) -> dict[int, int]:
        """Substitute → whom they stand in for today, of these people, in this process."""
        rows = Absence.objects.on(self.on).filter(person_id__in=set(people))
        return {
            row.substitute_id: row.person_id
            for row in rows
            if not row.process_keys or self.request.process.key in row.process_keys
        }

    def close_task(
        self, task: Task, outcome: str, *, state: str = TaskState.DONE, seats: Iterable[Seat] | None = None
    ) -> None:
        """Close a task with its seats (all of them, if the caller has read them) and timers; its working time is
        counted."""
        task.state, task.outcome, task.closed_at = state, outcome, self.at
        task.minutes = minutes_used(task.opened_at, self.at, calendar=self.calendar)
        self._batch.update(task, "state", "outcome", "closed_at", "minutes")
        if task.due_at != NOT_ENDED:
            self._batch.update_where(Timer, {"open": False}, {"task": task.pk, "open": True})
        self.send()
        unheard = (SeatState.OPEN, SeatState.HELD)
        if seats is None or any(seat.state in unheard for seat in seats):
            Seat.objects.filter(task=task, state__in=unheard).update(
                state=SeatState.MOOT, outcome=Outcome.MOOT
            )

    def drop_tasks(self, *, waiting: Iterable[str] | None = None, keep: Task | None = None) -> None:
        """Close what nobody has to do any more: the tasks of these engine places, or all."""
        self.send()
        tasks = Task.objects.filter(request=self.request, state__in=[TaskState.OPEN, TaskState.PAUSED])
        places = None if waiting is None else list(waiting)
        if places is not None:
            tasks = tasks.filter(waiting__in=places)
        for task in tasks.order_by("pk"):
            if keep is None or task.pk != keep.pk:
                self.close_task(task, Outcome.MOOT, state=TaskState.DROPPED)
        running = {"request": self.request.pk, "open": True}
        for narrowed in [{}] if places is None else [{"waiting": place} for place in places]:
            self._batch.update_where(Timer, {"open": False}, running | narrowed)
        if not self._gathering:
            self.send()


def as_numbers(values: Mapping[str, Plain], kinds: Mapping[str, str]) -> dict[str, Plain]:
    """Facts as conditions compare them: amounts and numbers, kept as text, become numbers."""
    found = dict(values)
    for name, kind in kinds.items():
        value = found.get(name)
        if kind in ("number", "money") and isinstance(value, str):
            number = float(value)
            found[name] = int(number) if number.is_integer() else number
    return found
