"""My substitutes and my quick opinions on pages."""

import datetime as dt
from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from panshi.ground.identity.models import Person
from panshi.workflow.models import Absence, QuickOpinion
from tests.factories.organisation import Company
from tests.web.workflow.desk import HTMX, make_travel, task_of, text, travel

SignedIn = Callable[[Person], Client]
CREATE = "workflow:substitute_create"


def days(**more: object) -> dict[str, object]:
    today = timezone.localdate()
    return {"since_on": today.isoformat(), "until_on": (today + dt.timedelta(days=3)).isoformat(), **more}


def test_i_name_a_substitute_and_take_it_back(company: Company, signed_in: SignedIn) -> None:
    make_travel()
    asked = travel(company)
    browser = signed_in(company.supervisor)
    sent = browser.post(reverse(CREATE), days(substitute=company.colleague.pk), headers=dict(HTMX))
    assert sent.status_code == 204
    absence = Absence.objects.get()
    assert absence.person == company.supervisor
    assert company.colleague.name in text(browser.get(reverse("workflow:substitutes")))
    stand_in = signed_in(company.colleague)
    assert company.supervisor.name in text(stand_in.get(reverse("workflow:substitutes")))
    assert asked.title in text(stand_in.get(reverse("workflow:inbox")))
    look = text(stand_in.get(reverse("workflow:task", args=[task_of(asked).pk]), headers=dict(HTMX)))
    assert "代理" in look
    end = reverse("workflow:substitute_end", args=[absence.pk])
    assert stand_in.post(end).status_code == 404
    assert "不再代" in text(browser.get(end))
    browser.post(end)
    assert Absence.objects.get().ended_at is not None
    assert asked.title not in text(stand_in.get(reverse("workflow:inbox")))


def test_what_is_wrong_is_told_at_its_field(company: Company, signed_in: SignedIn) -> None:
    browser = signed_in(company.supervisor)
    own = browser.post(reverse(CREATE), days(substitute=company.supervisor.pk))
    assert own.status_code == 422
    assert "另一位在职人员" in text(own)
    past = browser.post(reverse(CREATE), days(substitute=company.colleague.pk, until_on="2020-01-01"))
    assert "结束日期" in text(past)
    assert not Absence.objects.exists()


def test_only_who_manages_people_sets_it_for_others(company: Company, signed_in: SignedIn) -> None:
    given = days(person=company.director.pk, substitute=company.colleague.pk)
    signed_in(company.supervisor).post(reverse(CREATE), given)
    assert Absence.objects.get().person == company.supervisor  # the field is not theirs to fill
    signed_in(company.administrator).post(reverse(CREATE), given)
    assert Absence.objects.filter(person=company.director).count() == 1


def test_quick_opinions_are_ones_own(company: Company, signed_in: SignedIn) -> None:
    browser = signed_in(company.supervisor)
    browser.post(reverse("workflow:opinions"), {"texts": "同意，请抓紧\n\n请补合同\n"})
    assert list(QuickOpinion.objects.order_by("position").values_list("text", flat=True)) == [
        "同意，请抓紧",
        "请补合同",
    ]
    make_travel()
    task = task_of(travel(company))
    assert "请补合同" in text(browser.get(reverse("workflow:act", args=[task.pk, "approve"])))
    too_many = "\n".join(f"第{number}条" for number in range(30))
    answer = browser.post(reverse("workflow:opinions"), {"texts": too_many})
    assert answer.status_code == 422
    assert QuickOpinion.objects.count() == 2
