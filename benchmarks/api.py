"""Measures the API at volume: a page of 100 accounts whole and with few fields, one account, far down a list.

`python -m benchmarks.api`: DATABASE_URL names a database that `benchmarks.accounts` filled. Times are medians of what
Django needs for an answer, without the network; each answer is looked at before it counts.
"""

import datetime as dt
import os
import secrets
import statistics
import time
from typing import Any

os.environ.setdefault("PANSHI_SECRET_KEY", secrets.token_hex(32))
os.environ.setdefault("PANSHI_AUDIT_KEY", secrets.token_hex(32))
os.environ.setdefault("PANSHI_HOSTS", "127.0.0.1,testserver")

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.accounts import SYSTEM
from panshi.domains.accounts.models import Account
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Assignment, Person, TokenPace, Unit
from panshi.ground.identity.scopes import BY_CODE
from panshi.ground.identity.services import TokenLimits, create_person, give_role, make_token

ROUNDS = 60
FEW = "fields=id,code,name,owner_id,lifecycle,version"


def reader_with(role: str) -> Person:
    """Somebody who holds a role over the whole company, known by the role's name."""
    known: Person | None = Person.objects.filter(username=f"bench_{role}").first()
    if known is not None:
        return known
    at = timezone.now()
    person = create_person(username=f"bench_{role}", name="测量", password=None, by=SYSTEM, at=at)
    unit = Unit.objects.filter(parent=None).order_by("pk").first()
    assert unit is not None
    give_role(person=person, unit=unit, role=role, since_on=timezone.localdate(at), by=SYSTEM, at=at)
    return person


def token_of(person: Person) -> str:
    """A token that may do everything its person may."""
    at = timezone.now()
    on = timezone.localdate(at)
    return make_token(
        name="bench", scopes=tuple(BY_CODE), expires_on=on + dt.timedelta(days=1),
        limits=TokenLimits(days=30, each=10_000), by=Viewer(person_id=person.pk), at=at,
    )[1]  # fmt: skip


def measure(what: str, address: str, secret: str, target: float | None = None) -> Any:
    """Print the median of many answers, with the CPU of this process and the queries; answers the last answer."""
    client, headers = Client(), {"Authorization": f"Bearer {secret}"}
    took, own = [], []
    for round_ in range(ROUNDS + 5):
        TokenPace.objects.update(requests=0)
        start, computed = time.perf_counter(), time.process_time()
        answer = client.get(address, headers=headers)
        if round_ >= 5:
            took.append((time.perf_counter() - start) * 1000)
            own.append((time.process_time() - computed) * 1000)
        assert answer.status_code == 200, answer.content[:300]
    with CaptureQueriesContext(connection) as seen:
        client.get(address, headers=headers)
    print(
        f"{what:<38} {statistics.median(took):6.1f} ms (best {min(took):.1f}, own {statistics.median(own):.1f})"
        f"{f' target {target:.0f}' if target else ''}  {len(seen)} queries  {len(answer.content) // 1024} KiB",
        flush=True,
    )
    return answer.json()


def main() -> None:
    """Measure as somebody who sees everything, and as one whose accounts are a few among all."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    print(f"{Account.objects.count()} accounts, {connection.vendor}, load {os.getloadavg()[0]:.1f}")
    all_ = token_of(reader_with("sales_operations"))
    page = measure("100 accounts", "/api/v1/accounts?limit=100", all_, 20)
    assert len(page["items"]) == 100
    measure("100 accounts, six fields", f"/api/v1/accounts?limit=100&{FEW}", all_, 20)
    measure("100 accounts by name", "/api/v1/accounts?limit=100&sort=name", all_, 20)
    measure("100 accounts by sales", "/api/v1/accounts?limit=100&sort=-sales_12m", all_, 20)
    measure("100 accounts, the second page", page["next"], all_, 20)
    measure("one account", f"/api/v1/accounts/{page['items'][0]['id']}", all_)
    owner_id = Account.objects.exclude(owner=None).values_list("owner_id", flat=True)[0]
    if Assignment.objects.filter(person_id=owner_id).exists():
        own = token_of(Person.objects.get(pk=owner_id))
        measure("100 accounts of an owner", "/api/v1/accounts?limit=100", own, 20)


if __name__ == "__main__":
    main()
