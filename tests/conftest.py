"""What every test shares: a clock, the house itself, a small company, and browsers signed in as its people."""

import datetime as dt
import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from hypothesis import settings as hypothesis_settings
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from panshi.ground.audit.guards import remove_refusals
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from tests.factories.organisation import AT, Company, make_company

# A busy machine is no counterexample. In CI the same examples are tried every time, elsewhere new ones.
hypothesis_settings.register_profile("unhurried", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis_settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Events cannot be removed, but between tests with real transactions Django empties every table."""
    with django_db_blocker.unblock():
        remove_refusals(connection)


@pytest.fixture(scope="session", autouse=True)
def own_cache() -> Iterator[None]:
    """Tests empty the cache; with Redis each worker has a numbered database to itself."""
    default = django_settings.CACHES["default"]
    server, slash, number = str(default["LOCATION"]).rpartition("/")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    if not slash or not number.isdecimal():
        yield
        return
    own = {"default": {**default, "LOCATION": f"{server}/{(int(number) + int(worker)) % 16}"}}
    with override_settings(CACHES=own):
        yield


@pytest.fixture
def at() -> dt.datetime:
    """The moment tests happen at."""
    return AT


@pytest.fixture
def system() -> Viewer:
    """The house itself, for arranging."""
    return Viewer.system()


@pytest.fixture
def company(db: None) -> Company:
    """A small company with one person for each way of standing to an account."""
    return make_company()


@pytest.fixture
def signed_in() -> Callable[[Person], Client]:
    """A browser in which a person is signed in, without the costly password."""

    def browser(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return browser


@pytest.fixture
def quick_passwords(settings: Settings) -> None:
    """Hash passwords cheaply."""
    settings.PASSWORD_HASHERS = ["tests.factories.hashing.QuickArgon2"]
