"""Measures processes: task completions a second with everything they cause, the inbox among 100 000 open tasks, and
1 000 requests started together by four workers.

`python -m benchmarks.workflow` wants DATABASE_URL naming an empty database.
"""

import argparse
import datetime as dt
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from panshi.ground.audit.models import Event  # noqa: E402
from panshi.ground.base.approval import Approval  # noqa: E402
from panshi.ground.base.bulk import insert_rows  # noqa: E402
from panshi.ground.base.viewer import Viewer, person_key, seat_key  # noqa: E402
from panshi.ground.identity.models import Person, Unit  # noqa: E402
from panshi.ground.identity.reports import viewer_of  # noqa: E402
from panshi.ground.identity.services import create_person, create_unit, give_role  # noqa: E402
from panshi.ground.notices.models import Notice  # noqa: E402
from panshi.ground.settings.once import reading_once  # noqa: E402
from panshi.ground.settings.services import draw_numbers  # noqa: E402
from panshi.workflow import reports, services  # noqa: E402
from panshi.workflow.bindings import Binding, bind  # noqa: E402
from panshi.workflow.models import Party, Process, Request, Seat, Task  # noqa: E402

SYSTEM = Viewer.system()
AT = dt.datetime(2026, 6, 1, 1, 0, tzinfo=dt.UTC)
TEAMS = 20


def decide(approval: Approval, request: Request, at: dt.datetime) -> None:
    """A decision that writes: one number a request."""
    draw_numbers(series="benchmark decisions", prefix="")


bind(Binding("benchmark", decide=decide))


def make_house() -> None:
    """Twenty teams of a manager and a supervisor under one director, and a process of two approvals."""
    head = create_unit(code="HQ", name="总部", kind="headquarters", parent=None, by=SYSTEM, at=AT)
    _person("director", "key_account_director", head)
    for number in range(TEAMS):
        team = create_unit(
            code=f"T{number:02d}", name=f"{number} 组", kind="team", parent=head, by=SYSTEM, at=AT
        )
        _person(f"manager{number:02d}", "key_account_manager", team)
        _person(f"superior{number:02d}", "key_account_supervisor", team)
    process = services.create_process(key="benchmark", name="测量", by=SYSTEM, at=AT)
    steps = [
        {"id": "one", "name": "初审", "who": "applicant.superior", "days": 2, "overdue": "remind"},
        {
            "id": "two",
            "name": "终审",
            "who": "role:key_account_director",
            "days": 2,
            "condition": "amount > 10",
        },
    ]
    form = [
        {"name": "amount", "label": "金额", "kind": "money"},
        {"name": "text", "label": "内容", "kind": "long"},
    ]
    draft = services.save_draft(process=process, steps={"steps": steps}, form=form, by=SYSTEM, at=AT)
    services.publish(version=draft, note="测量", by=SYSTEM, at=AT)


def _person(username: str, role: str, unit: Unit) -> None:
    person = create_person(username=username, name=username, password=None, by=SYSTEM, at=AT)
    give_role(person=person, unit=unit, role=role, since_on=dt.date(2020, 1, 1), by=SYSTEM, at=AT)


def viewer(username: str) -> Viewer:
    return viewer_of(Person.objects.get(username=username).pk, on=AT.date())


def start(number: int, by: Viewer) -> Request:
    return services.start_request(
        process="benchmark", values={"amount": "5000", "text": f"第 {number} 份"}, by=by, at=AT
    )


def completions(count: int) -> tuple[float, float]:
    """Task completions a second in this process (event, notices, next task or decision included), and milliseconds of
    its own computing for each."""
    manager, superior, director = viewer("manager00"), viewer("superior00"), viewer("director")
    requests = [start(number, manager) for number in range(count)]
    tasks = {task.request_id: task for task in Task.objects.open().filter(request__in=requests)}
    before = time.perf_counter()
    own = time.process_time()
    for request in requests:
        with reading_once():  # as every page does
            services.approve(task=tasks[request.pk], remark="同意", by=superior, at=AT)
    second = list(Task.objects.open().filter(request__in=requests))
    for task in second:
        with reading_once():
            services.approve(task=task, remark="同意", by=director, at=AT)
    took, own = time.perf_counter() - before, time.process_time() - own
    assert (
        Request.objects.filter(pk__in=[request.pk for request in requests], state="approved").count() == count
    )
    return 2 * count / took, own / count / 2 * 1000


def fill_inboxes(count: int) -> None:
    """So many open tasks, spread over everybody: nine in ten of a role in a unit, one of a person."""
    draw = random.Random(7)
    process = Process.objects.get(key="benchmark")
    definition = process.versions.get(state="published")
    applicant = Person.objects.get(username="manager00")
    teams = list(Unit.objects.exclude(code="HQ").order_by("pk"))
    director = Person.objects.get(username="director")
    now = {"started_at": AT, "moved_at": AT, "state": "running"}
    common = {"process": process, "definition": definition, "applicant": applicant}
    with transaction.atomic():
        requests = [
            Request(number=f"B{number:07d}", title=f"测量 {number}", unit=draw.choice(teams), **common, **now)
            for number in range(count)
        ]
        insert_rows(Request, requests)
        tasks = [
            Task(
                request=request,
                process=process,
                node="one",
                name="初审",
                waiting=f"w{request.pk}",
                opened_at=AT - dt.timedelta(minutes=draw.randrange(100_000)),
                due_at=AT + dt.timedelta(minutes=draw.randrange(-10_000, 10_000)),
            )
            for request in requests
        ]
        insert_rows(Task, tasks)
        seats, parties = [], []
        for task in tasks:
            unit_id = task.request.unit_id
            by_person = draw.random() < 0.1
            key = person_key(director.pk) if by_person else seat_key("key_account_supervisor", unit_id)
            seats.append(
                Seat(
                    request=task.request,
                    task=task,
                    key=key,
                    person=director if by_person else None,
                    role="" if by_person else "key_account_supervisor",
                    unit_id=None if by_person else unit_id,
                )
            )
            parties.append(Party(request=task.request, key=key))
        insert_rows(Seat, seats)
        insert_rows(Party, parties)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def inbox(username: str) -> dict[str, float]:
    """Median milliseconds of the first page of to-dos, a far page, and the counts of the rail."""
    who = viewer(username)
    on = AT.date()

    def page(offset: int = 0) -> None:
        rows = reports.to_do(viewer=who, on=on).select_related("request", "process", "request__applicant")
        assert list(rows.order_by("due_at", "pk")[offset : offset + 50])

    def rail() -> None:
        assert reports.counts(viewer=who, on=on, at=AT).to_do

    return {
        "first page": _median(page),
        "page 20": _median(lambda: page(1000)),
        "counts": _median(rail),
        "requests overseen": _median(
            lambda: list(reports.overseen(viewer=who).order_by("-started_at", "-pk")[:50])
        ),
    }


def _median(act: Callable[[], object], times: int = 21) -> float:
    took = []
    for _ in range(times):
        start_at = time.perf_counter()
        act()
        took.append(time.perf_counter() - start_at)
    return statistics.median(took) * 1000


def work(number: int, count: int) -> None:
    """One worker: starts its share of requests and carries each to its end."""
    connection.close()
    manager, superior, director = (
        viewer(f"manager{number:02d}"),
        viewer(f"superior{number:02d}"),
        viewer("director"),
    )
    requests = [start(each, manager) for each in range(count)]
    for by in (superior, director):
        for task in Task.objects.open().filter(request__in=requests).order_by("pk"):
            services.approve(task=task, by=by, at=AT)


def together(count: int, workers: int) -> float:
    """Seconds until so many requests, started by several processes at once, have all ended."""
    before = set(Request.objects.values_list("pk", flat=True))
    connection.close()
    context = multiprocessing.get_context("fork")
    began = time.perf_counter()
    processes = [context.Process(target=work, args=(number, count // workers)) for number in range(workers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    took = time.perf_counter() - began
    states = Request.objects.exclude(pk__in=before).values_list("state", flat=True)
    assert list(states) == ["approved"] * count, "every request ended agreed"
    return took


def _say(what: str, found: tuple[float, float]) -> None:
    print(
        f"task completions a second, {what}: {found[0]:.0f} ({found[1]:.1f} ms of our own computing each);"
        f" load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def main() -> None:
    """Make a house and measure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--requests", type=int, default=300, help="requests completed one after the other")
    reader.add_argument("--open", type=int, default=100_000, help="open tasks in the system")
    reader.add_argument("--together", type=int, default=1000, help="requests started together")
    chosen = reader.parse_args()
    call_command("migrate", verbosity=0)
    make_house()
    completions(20)
    print(f"{connection.vendor}; load {os.getloadavg()[0]:.1f}")
    _say("one process", completions(chosen.requests))
    took = together(chosen.together, 4)
    print(f"{chosen.together} requests started together, 4 workers: all ended after {took:.1f} s")
    print(f"events {Event.objects.count()}, notices {Notice.objects.count()}")
    fill_inboxes(chosen.open)
    for username in ("superior00", "director"):
        found = inbox(username)
        print(f"inbox of {username}: " + ", ".join(f"{what} {ms:.1f} ms" for what, ms in found.items()))
    _say(f"with {chosen.open} open tasks", completions(100))


if __name__ == "__main__":
    main()
