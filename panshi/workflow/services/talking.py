"""Around the tasks: urge, send copies, comment and mention people, take note."""

import datetime as dt
import math
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer, person_key
from panshi.ground.identity.models import Person
from panshi.ground.settings.reports import value
from panshi.workflow import events
from panshi.workflow.models import Act, ActKind, Copy, Request, Seat, SeatState, Task, TaskState
from panshi.workflow.roles import holders_of
from panshi.workflow.services.acting import cut
from panshi.workflow.services.copying import copy_to
from panshi.workflow.services.course import Course


class CannotSeeRequest(NotAllowed):
    """The person has nothing to do with the request."""


def seen(request: Request, *, by: Viewer, at: dt.datetime, ended: bool = True) -> Course:
    """The request under its lock, if the person may see it at all."""
    if not Request.objects.visible_to(by).filter(pk=request.pk).exists():
        raise CannotSeeRequest(_("您看不到这份申请。"))
    return Course.locked(request.pk, by=by, at=at, ended=ended)


class CannotUrge(Refused):
    """Urged a moment ago, or nobody has it."""


@transaction.atomic
def urge(*, request: Request, remark: str = "", by: Viewer, at: dt.datetime) -> int:
    """Remind everybody who has the request now; answers how many tasks. Not more often than the setting allows."""
    course = seen(request, by=by, at=at, ended=False)
    if by.person_id != course.request.applicant_id and not by.may("processes.view"):
        raise CannotUrge(_("只有申请人和管理者可以催办。"))
    tasks = list(
        Task.objects.filter(request=request, state=TaskState.OPEN).order_by("pk").select_related("process")
    )
    if not tasks:
        raise CannotUrge(_("现在没有待处理的任务。"))
    pause = dt.timedelta(minutes=value("processes.urge_minutes"))
    latest = max((task.urged_at for task in tasks if task.urged_at), default=None)
    if latest is not None and at - latest < pause:
        wait = math.ceil((latest + pause - at).total_seconds() / 60)
        raise CannotUrge(_("刚催过，请 %(minutes)d 分钟后再催。") % {"minutes": wait})
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(urged_at=at)
    for task in tasks:
        course.act(ActKind.URGED, task=task, text=cut(remark))
        course.tell(events.TOLD_URGED, people_at(task, on=course.on), node=task.name)
    course.record(events.URGED, task_ids=[task.pk for task in tasks])
    return len(tasks)


def people_at(task: Task, *, on: dt.date) -> set[int]:
    """Everybody who could act at a task now; whoever has left is nobody."""
    seats = Seat.objects.filter(task=task, state=SeatState.OPEN).values_list("person_id", "role", "unit_id")
    asked = holders_of(seats, on=on) - {task.barred_id or 0}
    if task.claimed_by_id is not None:
        asked = {task.claimed_by_id}
    return set(Person.objects.active().filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()


class CannotCopy(Refused):
    """Nobody was chosen who could get a copy."""


@transaction.atomic
def copy(*, request: Request, to: Iterable[Person], remark: str = "", by: Viewer, at: dt.datetime) -> int:
    """Send the request to people for information; answers how many got it who had not."""
    course = seen(request, by=by, at=at)
    people = list(
        Person.objects.active().filter(pk__in=[person.pk for person in to]).values_list("pk", flat=True)
    )
    if not people:
        raise CannotCopy(_("请选择要抄送的人。"), field="to")
    return len(copy_to(course, people, text=cut(remark)))


@transaction.atomic
def take_note(*, request: Request, by: Viewer, at: dt.datetime) -> None:
    """A copy was read. No business fact, so it leaves no event."""
    if by.person_id is not None:
        Copy.objects.filter(request=request, person_id=by.person_id, read_at=None).update(read_at=at)


class CannotComment(Refused):
    """There is nothing to say."""


@transaction.atomic
def comment(
    *, request: Request, text: str, mentioned: Iterable[Person] = (), by: Viewer, at: dt.datetime
) -> Act:
    """Say something about a request; whoever is mentioned is told and may see it from then on."""
    course = seen(request, by=by, at=at)
    if not text.strip():
        raise CannotComment(_("请写评论。"), field="text")
    people = list(
        Person.objects.active()
        .filter(pk__in=[person.pk for person in mentioned])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    act = course.numbered_act(ActKind.COMMENTED, text=cut(text))
    course.admit(person_key(pk) for pk in people)
    course.tell(events.TOLD_MENTIONED, people, text=cut(text)[:80])
    course.record(events.COMMENTED, mentioned_ids=people)
    return act
