"""The gate in parts: every part of what a person sees is theirs, and no account stands in two."""

import pytest

from panshi.domains.accounts.models import Account
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

PEOPLE = (
    *("owner", "teammate", "colleague", "supervisor", "director", "outsider", "rival"),
    *("operations", "general_manager", "administrator", "newcomer"),
)


@pytest.mark.parametrize("name", PEOPLE)
def test_the_parts_are_what_is_visible_and_share_nothing(company: Company, name: str) -> None:
    units = company.units
    make_account(owner=company.owner, unit=units.east_one, team=(company.teammate, company.owner))
    make_account(owner=company.owner, unit=units.south_one, team=(company.supervisor, company.director))
    make_account(owner=company.supervisor, unit=units.east_one, team=(company.supervisor,))
    make_account(owner=company.director, unit=None, team=(company.owner,))
    make_account(owner=None, unit=units.east_two, team=(company.owner, company.rival))
    make_account(owner=None, unit=None, team=(company.supervisor,))
    make_account(owner=None, unit=None)
    viewer = company.viewer(name)
    parts = [
        list(part.values_list("pk", flat=True)) for part in Account.objects.all().visible_in_parts(viewer)
    ]
    found = [pk for part in parts for pk in part]
    assert len(found) == len(set(found))
    assert set(found) == set(Account.objects.visible_to(viewer).values_list("pk", flat=True))


def test_an_account_without_owner_or_unit_is_in_the_part_of_the_team(company: Company) -> None:
    """Nothing is not somebody else: comparing with it must not lose the row."""
    account = make_account(owner=None, unit=None, team=(company.supervisor,))
    *others, team = Account.objects.all().visible_in_parts(company.viewer("supervisor"))
    assert list(team) == [account]
    assert not any(part.exists() for part in others)
