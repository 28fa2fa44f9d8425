"""A company that began with the first release goes on with this one: nothing lost, everything still readable."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.cli.test_backup import SERVER, House

PACKED = Path(__file__).parents[1] / "data/upgrade/first.sqlite3.gz"
COUNTS = {
    "accounts_account": 60, "accounts_lifecyclerecord": 243, "accounts_touch": 368, "accounts_teammember": 300,
    "people_contact": 220, "people_logentry": 368, "ledger_accountmonth": 737, "analytics_abcrow": 153,
    "audit_event": 1351, "audit_seal": 1351, "identity_person": 58, "identity_assignment": 58, "work_job": 10,
}  # fmt: skip


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The first release's data, brought up to date by the command people use."""
    folder = tmp_path_factory.mktemp("upgrade")
    name, url = f"panshi_upgrade_{os.getpid()}", ""
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        url = urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    house = House(folder, url)
    loaded = subprocess.run(
        [sys.executable, "-m", "tests.cli.first_release", str(PACKED), str(folder)], cwd=folder,
        env=house.env | {"DJANGO_SETTINGS_MODULE": "panshi.config.settings"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert loaded.returncode == 0, loaded.stderr
    assert "migrations are not applied" in house.panshi("doctor").stdout
    migrated = house.panshi("migrate")
    assert migrated.returncode == 0, migrated.stderr
    yield house
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_every_row_is_there(upgraded: House) -> None:
    assert {table: upgraded.rows(table) for table in COUNTS} == COUNTS


def test_the_chain_of_events_is_whole(upgraded: House) -> None:
    verified = upgraded.panshi("audit", "verify")
    assert verified.returncode == 0
    assert verified.stdout.startswith("1351 sealed events checked")


def test_constraints_hold(upgraded: House) -> None:
    assert upgraded.ask("connection.check_constraints(); print('held')") == "held"


def test_nothing_is_left_to_migrate(upgraded: House) -> None:
    assert upgraded.panshi("migrate").stdout.strip() == "The database is up to date."


def test_every_page_of_an_account_opens(upgraded: House) -> None:
    """Asked as the director who sees most: the archive, its tabs and the lists, over data this version never wrote."""
    upgraded.panshi("search", "rebuild")
    answers = upgraded.ask(
        "from django.conf import settings; settings.ALLOWED_HOSTS = ['testserver']\n"
        "from django.test import Client; from django.urls import reverse\n"
        "from panshi.domains.accounts.models import Account\n"
        "from panshi.ground.identity.models import Person, Assignment\n"
        "who = Assignment.objects.filter(role='sales_operations').first().person\n"
        "account = Account.objects.exclude(abc_class='').first()\n"
        "browser = Client(); browser.force_login(who)\n"
        "pages = [reverse('accounts:detail', args=[account.pk])]\n"
        "pages += [reverse('accounts:detail', args=[account.pk, tab]) for tab in ('profile', 'contacts', 'log',"
        " 'group', 'history')]\n"
        "pages += [reverse(name) for name in ('workbench:home', 'accounts:list', 'people:list', 'people:log',"
        " 'ledger:list', 'work:list')]\n"
        "pages += [reverse('search:results') + '?q=' + account.name[:2]]\n"
        "print([(page, code) for page in pages if (code := browser.get(page).status_code) != 200])"
    )
    assert answers == "[]"


def test_work_goes_on(upgraded: House) -> None:
    """The next number follows the last, and a new event joins the chain."""
    code = upgraded.ask(
        "from django.utils import timezone; from panshi.ground.base.viewer import Viewer\n"
        "from panshi.domains.accounts.services import create_account\n"
        "made = create_account(values={'name': '升级后新建的机械厂'}, duplicate_reason='x', by=Viewer.system(),"
        " at=timezone.now()); print(made.code)"
    )
    assert code
    assert upgraded.panshi("audit", "head").returncode == 0
    assert upgraded.panshi("audit", "verify").stdout.startswith("1352 sealed events checked")
