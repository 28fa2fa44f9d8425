"""Many at once: two people at one task, votes at one countersign, requests started together by several workers."""

from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from panshi.ground.base.refusals import Refused
from panshi.workflow import services
from panshi.workflow.models import Act, Request, Task
from tests.factories.organisation import AT, SYSTEM, Company, make_company
from tests.workflow.processes import make_process, open_task, start, step, viewer

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time"),
    pytest.mark.django_db(transaction=True),
]


def together(*acts: Callable[[], object]) -> list[str]:
    """Do all of them at the same moment; answers what each was refused with, or nothing."""
    start_at, answers = Barrier(len(acts)), [""] * len(acts)

    def run(number: int) -> None:
        start_at.wait()
        try:
            acts[number]()
        except Refused as refusal:
            answers[number] = type(refusal).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def company() -> Company:
    return make_company()


def test_of_two_who_act_on_a_task_one_is_told(company: Company) -> None:
    make_process(
        "leave",
        [
            step("one", "unit:key_account_supervisor,unit:key_account_director"),
            step("two", "role:general_manager"),
        ],
    )
    for _round in range(5):
        request = start("leave", company.owner)
        task = open_task(request)
        first, second = viewer(company.supervisor), viewer(company.director)
        answers = together(
            lambda task=task, by=first: services.approve(task=task, by=by, at=AT),
            lambda task=task, by=second: services.reject(task=task, remark="不", by=by, at=AT),
        )
        assert sorted(answers) == ["", "CannotAct"]
        assert Act.objects.filter(request=request, handled=True).count() == 1


def test_withdrawn_and_agreed_at_once_only_one_happens(company: Company) -> None:
    make_process("leave", [step("one", "applicant.superior")])
    for _round in range(5):
        request = start("leave", company.owner)
        task = open_task(request)
        answers = together(
            lambda task=task: services.approve(task=task, by=viewer(company.supervisor), at=AT),
            lambda request=request: services.withdraw(request=request, by=viewer(company.owner), at=AT),
        )
        assert answers.count("") == 1
        request.refresh_from_db()
        assert request.state in ("approved", "withdrawn")


def test_all_voices_of_a_countersign_are_counted(company: Company) -> None:
    signers = [company.supervisor, company.director, company.general_manager, company.compliance]
    make_process(
        "leave", [step("one", ",".join(f"person:{person.username}" for person in signers), sign="all")]
    )
    request = start("leave", company.owner)
    task = open_task(request)
    voters = [viewer(person) for person in signers]
    answers = together(
        *(lambda by=by: services.approve(task=task, by=by, at=AT) for by in voters)  # type: ignore[misc]
    )
    assert answers == [""] * 4
    request.refresh_from_db()
    assert (request.state, Act.objects.filter(request=request, kind="approved").count()) == ("approved", 4)


def test_a_timer_is_fired_once_by_several_work_processes(company: Company) -> None:
    make_process("leave", [step("one", "applicant.superior", days=1, overdue="approve")])
    for _ in range(5):
        start("leave", company.owner)
    later = AT.replace(month=12)
    assert together(*(lambda: services.fire_due(by=SYSTEM, at=later) for _ in range(3))) == ["", "", ""]
    assert Counter(Act.objects.values_list("kind", flat=True))["timed_out"] == 5
    assert set(Request.objects.values_list("state", flat=True)) == {"approved"}


def test_requests_started_together_by_four_workers_all_finish(company: Company) -> None:
    make_process("leave", [step("one", "applicant.superior"), step("two", "role:general_manager")])
    people = [company.owner, company.colleague, company.owner, company.colleague]

    def work(number: int) -> None:
        for _ in range(15):
            request = start("leave", people[number])
            services.approve(task=open_task(request), by=viewer(company.supervisor), at=AT)
            services.approve(task=open_task(request), by=viewer(company.general_manager), at=AT)

    assert together(*(lambda number=number: work(number) for number in range(4))) == [""] * 4  # type: ignore[misc]
    assert Request.objects.filter(state="approved").count() == 60
    assert len(set(Request.objects.values_list("number", flat=True))) == 60
    assert not Task.objects.open().exists()
