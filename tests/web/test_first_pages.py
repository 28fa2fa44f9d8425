"""What people see first: what this is when they sign in, and where their work is once they have."""

from collections.abc import Callable

import pytest
from django.test import Client

from panshi.domains.accounts.reports.pools.words import Condition, condition_words
from panshi.ground.identity.models import Person
from panshi.web.accounts.views.classes import _grouped
from panshi.workflow.bindings.subjects import IN_TITLE, named
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]


def test_the_sign_in_page_says_what_this_is(client: Client) -> None:
    assert "大客户管理：档案、台账、审批，一处看清，有据可查" in client.get("/sign/in/").text


def test_administrators_are_led_to_their_work(company: Company, signed_in: SignedIn) -> None:
    said = signed_in(company.administrator).get("/").text
    part = said[said.index('id="duties-title"') :]
    for address in ("/settings/people/", "/settings/units/", "/setup/", "/rules/", "/process/definitions/"):
        assert f'href="{address}"' in part
    assert 'id="duties-title"' not in signed_in(company.owner).get("/").text


def test_who_has_no_role_is_told_whom_to_ask(company: Company, signed_in: SignedIn) -> None:
    company.owner.assignments.all().delete()
    assert "还没有给您角色" in signed_in(company.owner).get("/").text


def test_chinese_and_latin_stand_apart_and_titles_stay_short() -> None:
    assert condition_words(Condition("abc", 0, ("C", ""))).startswith("ABC 分类是 C 类或")
    assert condition_words(Condition("lifecycle", 0, ("potential",))) == "生命周期是潜在"
    assert named(["甲", "乙", "丙"], IN_TITLE) == "甲、乙 等 3 家"
    assert named(["甲", "乙", "丙"]) == "甲、乙、丙"


@pytest.mark.parametrize(
    ("kept", "shown"), [("1052570.56", "1,052,570.56"), ("0.00", "0.00"), ("Q", "Q"), ("2026.x", "2026.x")]
)
def test_figures_of_a_class_are_grouped(kept: str, shown: str) -> None:
    assert _grouped(kept) == shown
