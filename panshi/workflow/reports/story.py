"""One request on one page: its form, what it is about, its story, who has it, its diagram, and what may be done."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from functools import cached_property

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.engines.process import NodeState, Plain
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.workflow.forms import Field, load_form, modes
from panshi.workflow.models import (
    Act,
    ActKind,
    Copy,
    ProcessVersion,
    Request,
    Seat,
    SeatState,
    Task,
    TaskKind,
    TaskState,
)
from panshi.workflow.models.requests import NOT_ENDED
from panshi.workflow.outline import load_drawing, read_modes, rules_of
from panshi.workflow.reports.people import holder_words, unit_names, why_words
from panshi.workflow.reports.possible import possible_acts, request_acts, stored_run, why_of
from panshi.workflow.reports.shown import (
    AboutRow,
    ChangedField,
    NodeShown,
    RequestPage,
    Shown,
    StoryLine,
    Waiting,
    field_words,
    key_of,
)
from panshi.workflow.roles import holders_of


def request_page(*, request_id: int, viewer: Viewer, on: dt.date, at: dt.datetime) -> RequestPage | None:
    """One request for one viewer; None when there is none they may see. A constant number of queries."""
    request = (
        Request.objects.visible_to(viewer)
        .select_related("process", "definition", "applicant", "unit")
        .filter(pk=request_id)
        .first()
    )
    if request is None:
        return None
    tasks = list(Task.objects.filter(request=request).order_by("pk"))
    for task in tasks:
        task.request, task.process = request, request.process
    seats = list(Seat.objects.filter(request=request).order_by("pk"))
    acts = list(Act.objects.filter(request=request).prefetch_related("changes").order_by("pk"))
    reading = _Reading(request, tasks, seats, acts, viewer=viewer, on=on, at=at)
    return reading.page()


class _Reading:
    """Puts one request's rows into words; names are read once for everything."""

    def __init__(
        self,
        request: Request,
        tasks: Sequence[Task],
        seats: Sequence[Seat],
        acts: Sequence[Act],
        *,
        viewer: Viewer,
        on: dt.date,
        at: dt.datetime,
    ) -> None:
        self.request, self.tasks, self.seats, self.acts = request, tasks, seats, acts
        self.viewer, self.on, self.at = viewer, on, at
        self.form = load_form(request.definition.form)
        self.values: dict[str, Plain] = json.loads(request.values)
        self.run = stored_run(request)
        self.copied = list(
            Copy.objects.filter(request=request).order_by("pk").values_list("person_id", flat=True)
        )
        open_seats = [seat for seat in seats if seat.state == SeatState.OPEN]
        self.holders = {
            seat.pk: holders_of([(seat.person_id, seat.role, seat.unit_id)], on=on)
            if seat.person_id
            else set()
            for seat in open_seats
        }
        role_seats = [seat for seat in open_seats if not seat.person_id]
        if role_seats:
            self._fill_roles(role_seats)
        self.people = names_of(self._people())
        self.units = unit_names(
            [seat.unit_id for seat in seats] + [key_of(reason.get("unit")) for reason in self._reasons()]
        )

    def _fill_roles(self, seats: Sequence[Seat]) -> None:
        """The people behind roles: one query for each different role seat of the open tasks."""
        known: dict[tuple[str, int | None], set[int]] = {}
        for seat in seats:
            place = (seat.role, seat.unit_id)
            if place not in known:
                known[place] = holders_of([(None, *place)], on=self.on)
            self.holders[seat.pk] = known[place]

    def _reasons(self) -> list[dict[str, object]]:
        return [reason for task in self._waiting_tasks() for reason in why_of(task)]

    def _waiting_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.state in (TaskState.OPEN, TaskState.PAUSED)]

    def _people(self) -> set[int | None]:
        found: set[int | None] = {self.request.applicant_id, *self.copied}
        for seat in self.seats:
            found |= {seat.person_id, seat.voted_by_id, seat.acted_for_id}
        for act in self.acts:
            found |= {act.person_id, act.acted_for_id, act.target_id}
        for task in self.tasks:
            found.add(task.claimed_by_id)
        for behind in self.holders.values():
            found |= behind
        for reason in self._reasons():
            found |= {key_of(reason.get("person")), key_of(reason.get("detail"))}
        return found | self._keys("person")

    def _keys(self, kind: str) -> set[int]:
        """The records that fields of this kind name, now or before an act."""
        fields = {field.name for field in self.form if field.kind == kind}
        named: list[object] = [self.values.get(name) for name in fields]
        for act in self.acts:
            for change in act.changes.all():
                if change.field in fields:
                    named += [change.before, change.after]
        return {key for each in named if (key := key_of(each))}

    @cached_property
    def accounts(self) -> dict[int, str]:
        """Names of the accounts the form speaks of, those the viewer may see."""
        keys = self._keys("account")
        rows = Account.objects.visible_to(self.viewer).filter(pk__in=keys)
        return dict(rows.values_list("pk", "name")) if keys else {}

    def page(self) -> RequestPage:
        """The page."""
        request = self.request
        possible = tuple(
            found
            for task in self.tasks
            if task.state == TaskState.OPEN
            for found in [
                possible_acts(
                    task=task, seats=self._seats(task), run=self.run, viewer=self.viewer, on=self.on
                )
            ]
            if found is not None
        )
        return RequestPage(
            request=request,
            applicant=self.people.get(request.applicant_id, ""),
            unit=request.unit.name if request.unit else "",
            about=self._about(),
            fields=self._fields(),
            story=tuple(self._line(act) for act in self.acts),
            waiting=tuple(self._waiting(task) for task in self._waiting_tasks()),
            nodes=self._nodes(),
            drawing=request.definition.drawing,
            possible=possible,
            acts=request_acts(request=request, viewer=self.viewer),
            copies=tuple(self.people.get(pk, "") for pk in self.copied),
        )

    def _seats(self, task: Task) -> list[Seat]:
        return [seat for seat in self.seats if seat.task_id == task.pk]

    def _about(self) -> tuple[AboutRow, ...]:
        rows = list(self.request.subjects.order_by("pk"))
        accounts = {row.account_id for row in rows if row.account_id}
        seen = set(
            Account.objects.visible_to(self.viewer).filter(pk__in=accounts).values_list("pk", flat=True)
        )
        return tuple(
            AboutRow(
                row.kind,
                row.record_id,
                row.label,
                row.account_id if row.account_id in seen else None,
                row.account_id is None or row.account_id in seen,
            )
            for row in rows
        )

    def _fields(self) -> tuple[Shown, ...]:
        """The form without what every step of this viewer hides; the applicant sees what they filled in."""
        hidden = self._hidden
        return tuple(
            Shown(
                field,
                self.values.get(field.name),
                field_words(field, self.values.get(field.name), people=self.people, accounts=self.accounts),
            )
            for field in self.form
            if field.name not in hidden
        )

    @cached_property
    def _hidden(self) -> set[str]:
        """Internal fields, and those hidden at every step the viewer has or had; from the applicant and onlookers
        nothing else is hidden."""
        internal = {field.name for field in self.form if field.internal}
        if self.viewer.person_id == self.request.applicant_id:
            return internal
        drawing = load_drawing(self.request.definition.outline)
        keys = set(self.viewer.keys)
        nodes = {
            task.node
            for task in self.tasks
            if task.kind == TaskKind.NODE
            and any(
                seat.key in keys or seat.voted_by_id == self.viewer.person_id for seat in self._seats(task)
            )
        }
        found: set[str] | None = None
        for node in nodes:
            rules = rules_of(drawing, drawing.node(node))
            hidden = {name for name, mode in rules.fields.items() if mode == "hide"}
            found = hidden if found is None else found & hidden
        return (found or set()) | internal

    def _to(self, act: Act) -> str:
        """Where an act led: names are told as stored, what has no name of its own in the reader's language."""
        if act.kind == ActKind.ENDED:
            return str(self.request.get_state_display())
        if act.kind == ActKind.SENT_BACK and not act.to_name:
            return _("申请人")
        return str(act.to_name)

    def _line(self, act: Act) -> StoryLine:
        hidden, fields = self._hidden, {field.name: field for field in self.form}
        return StoryLine(
            act=act,
            kind=ActKind(act.kind),
            who=self.people.get(act.person_id or 0, ""),
            acted_for=self.people.get(act.acted_for_id or 0, ""),
            target=self.people.get(act.target_id or 0, ""),
            to=self._to(act),
            changes=tuple(
                ChangedField(
                    fields[change.field].label,
                    self._words(fields[change.field], change.before),
                    self._words(fields[change.field], change.after),
                )
                for change in act.changes.all()
                if change.field not in hidden and change.field in fields
            ),
        )

    def _words(self, field: Field, kept: str) -> str:
        """What a field held before or after an act, as people read it: the history keeps lists and keys as JSON."""
        value: Plain = json.loads(kept) if field.kind == "multi" and kept else kept
        return field_words(field, value, people=self.people, accounts=self.accounts)

    def _waiting(self, task: Task) -> Waiting:
        seats = self._seats(task)
        live = [seat for seat in seats if seat.state in (SeatState.OPEN, SeatState.HELD)]
        behind = {pk for seat in live for pk in self.holders.get(seat.pk, ())} - {task.barred_id or 0}
        return Waiting(
            task=task,
            seats=tuple(dict.fromkeys(self._holder(seat) for seat in live)),
            holders=tuple(self.people.get(pk, "") for pk in sorted(behind)),
            voted=tuple(
                self.people.get(seat.voted_by_id or 0, "") for seat in seats if seat.state == SeatState.VOTED
            ),
            claimed_by=self.people.get(task.claimed_by_id or 0, ""),
            why=tuple(why_words(why_of(task), people=self.people, units=self.units)),
            overdue=task.due_at < self.at,
            due_at=None if task.due_at == NOT_ENDED else task.due_at,
        )

    def _holder(self, seat: Seat) -> str:
        return holder_words(
            person_id=seat.person_id,
            role=seat.role,
            unit_id=seat.unit_id,
            people=self.people,
            units=self.units,
        )

    def _nodes(self) -> tuple[NodeShown, ...]:
        drawing = load_drawing(self.request.definition.outline)
        states: Mapping[str, NodeState] = self.run.states() if self.run else {}
        latest = {task.node: task for task in self.tasks if task.node and task.kind != TaskKind.STUCK}
        return tuple(
            self._node(node.id, node.name, node.kind, states.get(node.id, "ahead"), latest.get(node.id))
            for node in drawing.nodes
        )

    def _node(self, node: str, name: str, kind: str, state: NodeState, task: Task | None) -> NodeShown:
        if task is None or state in ("ahead", "skipped"):
            return NodeShown(node, name, kind, state, (), None, None, None, False)
        seats = self._seats(task)
        who = [
            self.people.get(seat.voted_by_id or 0, "") for seat in seats if seat.state == SeatState.VOTED
        ] or [self._holder(seat) for seat in seats if seat.state in (SeatState.OPEN, SeatState.HELD)]
        return NodeShown(
            node=node,
            name=name,
            kind=kind,
            state=state,
            who=tuple(dict.fromkeys(who)),
            since=task.opened_at,
            until=None if task.closed_at == NOT_ENDED else task.closed_at,
            due_at=None if task.due_at == NOT_ENDED else task.due_at,
            provisional=task.provisional,
        )


def start_modes(version: ProcessVersion) -> dict[str, str]:
    """What may be done with each field when a request is handed in."""
    drawing = load_drawing(version.outline)
    start = next(node for node in drawing.nodes if node.kind == "start")
    return modes(load_form(version.form), read_modes(start.settings.get("fields", "")), first=True)
