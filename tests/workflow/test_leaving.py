"""People leave while tasks wait for them: the administrator's queue has the task at once, and loses it again when
somebody is there."""

import datetime as dt
from typing import Any

import pytest

from panshi.ground.identity.models import Assignment, Person
from panshi.ground.notices.models import Notice
from panshi.workflow import reports, services
from panshi.workflow.models import Act, Request, Task
from tests.factories.organisation import AT, SYSTEM, Company
from tests.workflow.processes import agree, make_process, open_task, start, step, viewer

pytestmark = pytest.mark.django_db


def leaves(person: Person) -> None:
    services_at = Person.objects.get(pk=person.pk)
    services_at.is_active = False
    services_at.save(update_fields=["is_active"])


def queued(company: Company) -> list[int]:
    return list(reports.queue(viewer=viewer(company.administrator)).values_list("request_id", flat=True))


def sweep() -> int:
    return services.queue_orphans(by=SYSTEM, at=AT)


@pytest.mark.parametrize("who", ["applicant.superior", "person:{supervisor}"])
def test_a_task_whose_only_person_leaves_is_in_the_queue(company: Company, who: str) -> None:
    make_process("leave", [step("first", who.format(supervisor=company.supervisor.username))])
    request = start("leave", company.owner)
    assert (sweep(), queued(company)) == (0, [])
    leaves(company.supervisor)
    assert (sweep(), queued(company)) == (1, [request.pk])
    told = Notice.objects.filter(kind="workflow.nobody", person=company.administrator)
    assert request.number in told.get().values
    assert sweep() == 0, "told once"
    services.assign_task(
        task=open_task(request), to=[company.director], by=viewer(company.administrator), at=AT
    )
    agree(request, company.director)
    request.refresh_from_db()
    assert request.state == "approved"


def test_a_role_given_to_somebody_else_takes_the_task_off_the_queue(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior")])
    request = start("leave", company.owner)
    leaves(company.supervisor)
    assert sweep() == 1
    held = Assignment.objects.get(person=company.supervisor, role="key_account_supervisor")
    Assignment.objects.create(
        person=company.colleague, role=held.role, unit=held.unit, since_on=dt.date(2020, 1, 1)
    )
    assert (sweep(), queued(company)) == (0, [])
    agree(request, company.colleague)
    request.refresh_from_db()
    assert request.state == "approved"


def test_the_last_holder_left_is_the_applicant_who_is_barred(company: Company) -> None:
    make_process("leave", [step("first", "unit:key_account_supervisor,unit:key_account_manager")])
    request = start("leave", company.owner)
    task = open_task(request)
    people = set(
        Assignment.objects.filter(role__in=["key_account_supervisor", "key_account_manager"]).values_list(
            "person", flat=True
        )
    )
    for person in Person.objects.filter(pk__in=people).exclude(pk=company.owner.pk):
        leaves(person)
    assert task.barred_id == company.owner.pk
    assert (sweep(), queued(company)) == (1, [request.pk])


def test_what_somebody_claimed_who_left_is_free_again(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior,role:key_account_director")])
    request = start("leave", company.owner)
    services.claim(task=open_task(request), by=viewer(company.supervisor), at=AT)
    leaves(company.supervisor)
    assert sweep() == 0
    assert Act.objects.filter(request=request, kind="released", target=company.supervisor).exists()
    agree(request, company.director)
    request.refresh_from_db()
    assert request.state == "approved"


def test_more_open_tasks_make_no_more_queries(company: Company, django_assert_max_num_queries: Any) -> None:
    make_process("leave", [step("first", "applicant.superior")])

    def counted() -> int:
        with django_assert_max_num_queries(30) as seen:
            sweep()
        return len(seen)

    start("leave", company.owner)
    few = counted()
    for _ in range(5):
        start("leave", company.owner)
    assert counted() == few
    assert Task.objects.open().count() == Request.objects.count() == 6


def test_the_applicant_reads_why_a_request_was_ended(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior")])
    request = start("leave", company.owner)
    services.cancel_request(
        request=request, remark="与另一份申请重复", by=viewer(company.administrator), at=AT
    )
    told = Notice.objects.get(kind="workflow.ended", person=company.owner)
    assert "已终止（与另一份申请重复）" in told.values
