"""Opening a task: who sits at it and why, until when, who is told; or why nobody has to be asked at all.

The order of the rules: straight back to a sender, opinions kept, the applicant's own request, nobody there, agreed
before. What needs nobody is closed at once and answers what the engine is to be told.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from panshi.engines.process import Waiting
from panshi.ground.base.viewer import person_key
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import names_of
from panshi.workflow import events
from panshi.workflow.clock import aware, due_after, local
from panshi.workflow.models import (
    ActKind,
    Origin,
    Outcome,
    Return,
    Seat,
    SeatState,
    Task,
    TaskKind,
    TaskState,
    Timer,
    TimerKind,
)
from panshi.workflow.models.requests import NOT_ENDED
from panshi.workflow.outline import TaskRules, rules_of
from panshi.workflow.roles import Place
from panshi.workflow.services.course import Course
from panshi.workflow.services.queue import administrators
from panshi.workflow.votes import AGREED, EACH_ONE, verdict

Values = dict[str, Any]


def open_task(course: Course, waiting: Waiting) -> Values | None:
    """Open the task of a user node; values to complete it with at once when nobody has to be asked."""
    rules = rules_of(course.drawing, course.drawing.node(waiting.node))
    sender = next((back for back in reversed(course.returns) if back.node == rules.node), None)
    if sender is not None and _back_to_sender(course, waiting, rules, sender):
        return None
    if course.returns and course.returns[-1].to_node != rules.node and _keep(course, waiting, rules):
        return {"outcome": Outcome.APPROVED.value}
    places, barred = _allowed(course, rules, course.staffing.resolve(rules.who))
    approvers = _approvers(course) if rules.repeat == "pass" and places else {}
    task = _new_task(course, waiting, rules, places, barred)
    if not places:
        queue_task(course, task)
        return None
    seats = _seat(course, task, rules, places, approvers)
    if _agreed_before(course, task, seats):
        return {"outcome": Outcome.APPROVED.value}
    told = {pk for place in places for pk in place.holders} - set(approvers) - {barred}
    announce(course, task, told, keys={place.key for place in places})
    return None


def _allowed(course: Course, rules: TaskRules, places: Sequence[Place]) -> tuple[list[Place], int | None]:
    """The places with the applicant's own replaced by a superior's, or left to the queue, as the definition says; and
    whoever may not act although a role of theirs is asked."""
    applicant = course.request.applicant_id
    if rules.own == "allow" or rules.kind == "do":
        return _spread(rules, places, None), None
    found: dict[str, Place] = {}
    for place in places:
        others = tuple(pk for pk in place.holders if pk != applicant)
        if others:
            found.setdefault(place.key, replace(place, holders=others))
        elif rules.own == "superior":
            above = course.staffing.superior(applicant, course.staffing.unit_of(applicant), "instead")
            if above is not None:
                found.setdefault(above.key, above)
    return _spread(rules, list(found.values()), applicant), applicant


def _spread(rules: TaskRules, places: Sequence[Place], barred: int | None) -> list[Place]:
    """Where everybody is asked, a role means each of its holders."""
    if rules.sign not in EACH_ONE:
        return list(places)
    people: dict[int, Place] = {}
    for place in places:
        for pk in place.holders:
            if pk != barred:
                people.setdefault(pk, replace(place, person_id=pk, holders=(pk,)))
    return list(people.values())


def _new_task(
    course: Course, waiting: Waiting, rules: TaskRules, places: Sequence[Place], barred: int | None
) -> Task:
    """The task with its deadline and the timers that watch it."""
    task = Task(
        request=course.request,
        process=course.request.process,
        node=rules.node,
        name=rules.name,
        waiting=waiting.id,
        cycle=course.request.cycle,
        sign=rules.sign,
        percent=rules.percent,
        barred_id=barred,
        why=json.dumps([place.plain() for place in places], ensure_ascii=False),
        opened_at=course.at,
    )
    if rules.days or rules.hours:
        found = due_after(course.at, days=rules.days, hours=rules.hours, calendar=course.calendar)
        task.due_at, task.provisional = aware(found.at), found.provisional
    task.save(force_insert=True)
    if task.due_at != NOT_ENDED:
        _watch(course, task, rules)
    return task


def _watch(course: Course, task: Task, rules: TaskRules) -> None:
    """The timers of a task's deadline: the reminder ahead of it, and the deadline itself."""
    common = {"request": course.request, "task": task, "node": task.node, "provisional": task.provisional}
    timers = [Timer(kind=TimerKind.OVERDUE, due_at=task.due_at, **common)]
    if rules.remind:
        ahead = aware(course.calendar.before_days(local(task.due_at), rules.remind))
        if ahead > course.at:
            timers.append(Timer(kind=TimerKind.REMIND, due_at=ahead, **common))
    course.write(timers)


def new_seat(task: Task, place: Place, *, origin: str = Origin.DEFINED, parent: Seat | None = None) -> Seat:
    """An unsaved seat for a place."""
    return Seat(
        request_id=task.request_id,
        task=task,
        key=place.key,
        person_id=place.person_id,
        role="" if place.person_id else place.role,
        unit_id=None if place.person_id else place.unit_id,
        origin=origin,
        parent=parent,
    )


def _seat(
    course: Course, task: Task, rules: TaskRules, places: Sequence[Place], approvers: dict[int, int]
) -> list[Seat]:
    """Store the seats; of people who agreed before in this run, those that are already spoken for."""
    seats = []
    for place in places:
        seat = new_seat(task, place)
        known = next((pk for pk in place.holders if pk in approvers), None)
        if known is not None and (rules.sign not in EACH_ONE or place.person_id == known):
            seat.state, seat.outcome = SeatState.VOTED, Outcome.PASSED
            seat.voted_by_id, seat.voted_at = known, course.at
        seats.append(seat)
    if any(seat.state == SeatState.VOTED for seat in seats):
        course.send()
        return list(Seat.objects.bulk_create(seats))
    course.write(seats)
    return seats


def _approvers(course: Course) -> dict[int, int]:
    """Everybody who agreed in this run, as the definition lets them be passed over."""
    course.send()
    people = Seat.objects.filter(
        request=course.request,
        task__cycle__gte=course.request.run_cycle,
        task__outcome__in=AGREED,
        outcome__in=AGREED,
    ).values_list("voted_by_id", flat=True)
    return {pk: pk for pk in people if pk is not None}


def _agreed_before(course: Course, task: Task, seats: Sequence[Seat]) -> bool:
    """Close the task if those who agreed earlier already decide it; says so in the story."""
    if verdict(seats, sign=task.sign, percent=task.percent) != Outcome.APPROVED:
        return False
    for seat in seats:
        if seat.outcome == Outcome.PASSED:
            course.act(ActKind.REPEAT_PASSED, task=task, person_id=seat.voted_by_id)
    course.close_task(task, Outcome.PASSED)
    return True


def _keep(course: Course, waiting: Waiting, rules: TaskRules) -> bool:
    """Let an opinion given before the request was sent back stand, on its way straight back to the sender."""
    earlier = (
        Task.objects.filter(request=course.request, node=rules.node, outcome__in=AGREED)
        .order_by("-pk")
        .first()
    )
    if earlier is None:
        return False
    task = _new_task(course, waiting, replace(rules, days=0, hours=0), (), earlier.barred_id)
    kept = [
        Seat(
            request=course.request,
            task=task,
            key=person_key(seat.voted_by_id),
            person_id=seat.voted_by_id,
            state=SeatState.VOTED,
            outcome=seat.outcome,
            voted_by_id=seat.voted_by_id,
            acted_for_id=seat.acted_for_id,
            voted_at=seat.voted_at,
        )
        for seat in earlier.seats.filter(outcome__in=AGREED).order_by("pk")
        if seat.voted_by_id is not None
    ]
    Seat.objects.bulk_create(kept)
    for seat in kept:
        course.act(ActKind.KEPT, task=task, person_id=seat.voted_by_id, acted_for_id=seat.acted_for_id)
    course.close_task(task, Outcome.PASSED)
    return True


def _back_to_sender(course: Course, waiting: Waiting, rules: TaskRules, back: Return) -> bool:
    """Open the sender's task again for the sender, and where everybody is asked for all who sat there; agreement given
    stands. False when nobody sent it (it was moved to another version): then it is opened like any other."""
    Return.objects.filter(pk=back.pk).update(open=False)
    course.returns.remove(back)
    before: Task = back.task
    act = before.acts.filter(kind=ActKind.SENT_BACK).order_by("-pk").first()
    if act is None or act.person_id is None:
        return False
    people = {act.person_id}
    if rules.sign in EACH_ONE:
        rows = before.seats.filter(parent=None).order_by("pk").values_list("voted_by_id", "person_id")
        people |= {voted or person for voted, person in rows if voted or person}
    active = Person.objects.active().filter(pk__in=people).order_by("pk").values_list("pk", flat=True)
    places = [Place("sender", person_id=pk, holders=(pk,)) for pk in active]
    task = _new_task(course, waiting, rules, places, before.barred_id)
    if not places:
        queue_task(course, task)
        return True
    agreed = before.seats.filter(outcome__in=AGREED).values_list("voted_by_id", flat=True)
    known = {pk: pk for pk in agreed if pk} if rules.sign in EACH_ONE else {}
    seats = _seat(course, task, rules, places, known)
    told = {seat.person_id for seat in seats if seat.state == SeatState.OPEN and seat.person_id}
    announce(course, task, told, keys={seat.key for seat in seats})
    return True


def announce(course: Course, task: Task, people: Iterable[int], *, keys: Iterable[str]) -> None:
    """Let those who are asked see the request, their substitutes too, and tell them."""
    asked = set(people)
    standing_in = set(course.substitutes(asked))
    course.admit({*keys, *(person_key(pk) for pk in standing_in)})
    course.tell(events.TOLD_TASK, asked | standing_in, node=task.name)


def queue_task(course: Course, task: Task) -> None:
    """Put a task nobody can do into the administrator's queue, visibly."""
    Task.objects.filter(pk=task.pk).update(queued=True)
    task.queued = True
    course.act(ActKind.QUEUED, task=task, person_id=None)
    people = administrators(on=course.on)
    course.admit(person_key(pk) for pk in people)
    course.tell(events.TOLD_NOBODY, people, node=task.name)


def own_task(
    course: Course, kind: str, people: Sequence[int], *, node: str = "", name: str = "", waiting: str = ""
) -> Task:
    """A task that is no node of the drawing: revise, handle a refused decision, mend a stuck request."""
    places = [Place(str(kind), person_id=pk, holders=(pk,)) for pk in people]
    task = Task(
        request=course.request,
        process=course.request.process,
        kind=kind,
        node=node,
        name=name or str(TaskKind(kind).label),
        waiting=waiting,
        cycle=course.request.cycle,
        why=json.dumps([place.plain() for place in places]),
        opened_at=course.at,
    )
    task.save(force_insert=True)
    active = [place for place in places if Person.objects.active().filter(pk=place.person_id).exists()]
    if not active:
        queue_task(course, task)
        return task
    course.write([new_seat(task, place) for place in active])
    announce(
        course, task, {pk for place in active for pk in place.holders}, keys={place.key for place in active}
    )
    return task


def open_tasks(course: Course) -> list[Task]:
    """The tasks that are open now, oldest first."""
    return list(Task.objects.filter(request=course.request, state=TaskState.OPEN).order_by("pk"))


def name_of(person_id: int | None) -> str:
    """A person's name for a notice."""
    return names_of([person_id]).get(person_id or 0, "")
