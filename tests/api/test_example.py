"""The example of the documentation does what it says, against a running server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from panshi.domains.accounts.models import Account
from panshi.domains.people.models import LogEntry
from panshi.ground.audit.sealing import seal_pending
from tests.api.conftest import token_of
from tests.factories.organisation import AT, make_company

EXAMPLE = Path(__file__).parents[2] / "docs" / "api" / "example.py"


@pytest.mark.django_db(transaction=True)
def test_the_example_runs(live_server: LiveServer) -> None:
    company = make_company()
    seal_pending("key", at=AT)
    scopes = ("accounts:read", "accounts:write", "log:write", "events:read")
    env = {**os.environ, "PANSHI_URL": live_server.url, "PANSHI_TOKEN": token_of(company.owner, scopes)}
    done = subprocess.run(
        [sys.executable, str(EXAMPLE)], env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    account = Account.objects.get()
    assert (account.name, account.website) == ("青石轴承有限公司", "https://qingshi.example")
    assert LogEntry.objects.get().account_id == account.pk
    assert f"{account.code} https://qingshi.example; 1 accounts" in done.stdout
