"""Forms that somebody may read and not save: nothing is offered that would only be refused."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import WalletFacts, add_equipment, keep_wallet
from panshi.domains.people.services import add_contact
from panshi.ground.identity.models import Person
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]
SAVES = ">保存</button>"


@pytest.fixture
def account(company: Company) -> Account:
    return make_account("玄武岩", owner=company.owner, unit=company.units.east_one)


@pytest.fixture
def places(company: Company, account: Account, at: dt.datetime) -> dict[str, str]:
    """The addresses of a contact, a machine and a year of the wallet, each with its name."""
    by = company.viewer("owner")
    contact = add_contact(account=account, values={"name": "石英"}, by=by, at=at)
    machine = add_equipment(account=account, values={"brand": "西门", "model": "S-200"}, by=by, at=at)
    facts = WalletFacts(year=2025, volume=Decimal(100), own=Decimal(10))
    year = keep_wallet(account=account, facts=facts, by=by, at=at)
    return {
        "contact": reverse("people:edit", args=[contact.pk]),
        "machine": reverse("accounts:equipment_edit", args=[machine.pk]),
        "wallet": reverse("accounts:wallet_edit", args=[year.pk]),
    }


def test_who_may_not_edit_reads(company: Company, places: dict[str, str], signed_in: SignIn) -> None:
    owner, reader = signed_in(company.owner), signed_in(company.general_manager)
    for address in places.values():
        mine, theirs = owner.get(address).content.decode(), reader.get(address).content.decode()
        assert (SAVES in mine, " disabled" in mine.partition("<main")[2]) == (True, False)
        assert (SAVES in theirs, " disabled" in theirs.partition("<main")[2]) == (False, True)
        assert ">返回</a>" in theirs
        drawer = reader.get(address, headers={"HX-Request": "true"}).content.decode()
        assert (SAVES in drawer, "data-close>关闭<" in drawer) == (False, True)
        assert reader.post(address, {"name": "改"}).status_code == 403
    assert "标记离职" in owner.get(places["contact"]).content.decode()
    assert "标记离职" not in reader.get(places["contact"]).content.decode()
