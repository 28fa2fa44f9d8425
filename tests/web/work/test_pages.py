"""Pages of background work: mine, everybody's for those who look after them, nobody else's."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from panshi.ground.identity.models import Person
from panshi.ground.work.models import Job, JobState
from tests.factories.organisation import AT, Company

pytestmark = [pytest.mark.django_db]
SignIn = Callable[[Person], Client]


def make_job(person: Person, **fields: object) -> Job:
    given = {"kind": "accounts.import", "asked_by_id": person.pk, "asked_at": AT, "not_before": AT} | fields
    job: Job = Job.objects.create(**given)
    return job


@pytest.mark.parametrize(
    ("person", "status", "retried"),
    [
        ("owner", 200, {302, 422}),
        ("operations", 200, {302, 422}),
        ("compliance", 200, {403}),
        ("teammate", 404, {404}),
        ("outsider", 404, {404}),
    ],
)
def test_a_job_is_seen_by_who_asked_and_who_looks_after_jobs(
    company: Company, signed_in: SignIn, person: str, status: int, retried: set[int]
) -> None:
    job = make_job(company.owner)
    client = signed_in(getattr(company, person))
    assert client.get(reverse("work:detail", args=[job.pk])).status_code == status
    assert client.post(reverse("work:retry", args=[job.pk])).status_code in retried
    link = f'href="{reverse("work:detail", args=[job.pk])}"'
    assert (link in client.get(reverse("work:list")).content.decode()) is (status == 200)


def test_a_running_job_refreshes_itself_and_a_finished_one_does_not(
    company: Company, signed_in: SignIn
) -> None:
    job = make_job(company.owner, state=JobState.RUNNING, done=30, total=120, step="匹配客户", started_at=AT)
    client, address = signed_in(company.owner), reverse("work:detail", args=[job.pk])
    page = client.get(address).content.decode()
    assert 'aria-valuenow="25"' in page
    assert "<html" in page
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert 'hx-trigger="every 1s"' in fragment
    assert "匹配客户" in fragment
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, result={"created": 7, "batch_id": 3})
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in fragment
    assert "<dt>新建</dt><dd>7</dd>" in fragment
    assert "batch_id" not in fragment


def test_what_a_job_wrote_down_is_read_in_the_readers_language(company: Company, signed_in: SignIn) -> None:
    job = make_job(company.owner, state=JobState.RUNNING, step="写入台账", started_at=AT)
    client = signed_in(company.owner)
    client.post(reverse("frame:choose"), {"language": "en"})
    for address in (reverse("work:detail", args=[job.pk]), reverse("work:list"), reverse("workbench:home")):
        page = client.get(address).content.decode()
        assert "写入台账" not in page
        assert "Writing the ledger" in page


def test_a_waiting_job_is_cancelled_at_once_and_can_be_asked_for_again(
    company: Company, signed_in: SignIn
) -> None:
    job = make_job(company.owner)
    client = signed_in(company.owner)
    client.post(reverse("work:cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert client.post(reverse("work:cancel", args=[job.pk])).status_code == 422
    client.post(reverse("work:retry", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (JobState.WAITING, False)


def test_nobody_cancels_by_following_a_link_or_for_somebody_else(company: Company, signed_in: SignIn) -> None:
    job = make_job(company.owner)
    address = reverse("work:cancel", args=[job.pk])
    assert signed_in(company.owner).get(address).status_code == 405
    assert signed_in(company.outsider).post(address).status_code == 404
    assert Client().post(address).status_code in {302, 403}
    job.refresh_from_db()
    assert job.state == JobState.WAITING


def test_the_list_comes_in_portions(company: Company, signed_in: SignIn) -> None:
    for number in range(60):
        make_job(company.owner, error=f"error {number:02d}", asked_at=AT + dt.timedelta(seconds=number))
    client = signed_in(company.owner)
    first = client.get(reverse("work:list"))
    assert "error 59" in first.content.decode()
    assert "error 09" not in first.content.decode()
    older = (
        min(one.job.pk for one in first.context["jobs"])
        if first.context
        else Job.objects.get(error="error 10").pk
    )
    page = client.get(reverse("work:list"), {"before": older}).content.decode()
    assert "error 09" in page
    assert "error 10" not in page
    assert client.get(reverse("work:list"), {"before": "1 OR 1=1"}).status_code == 200
