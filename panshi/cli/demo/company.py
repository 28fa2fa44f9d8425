"""The steps of loading the demo company, in the order the company itself would have taken them."""

import datetime as dt
import random
import secrets
import tempfile
from pathlib import Path
from time import monotonic
from typing import Final

from django.conf import settings
from django.core.files import File
from django.utils import timezone

from panshi.calc.periods import add_months, month_of
from panshi.cli.demo import LOADED
from panshi.cli.demo.equipment import load_equipment
from panshi.cli.demo.load import (
    SEED,
    SIGNED_IN_ROLES,
    Credential,
    load_accounts,
    load_organisation,
    settle_lifecycles,
)
from panshi.cli.demo.money import answer_some, load_balances
from panshi.cli.demo.names import NameSource
from panshi.cli.demo.organisation import COMPANY
from panshi.cli.demo.pools import load_pools
from panshi.cli.demo.requests import load_requests
from panshi.cli.demo.trade import Buyer, write_ledger
from panshi.domains.accounts.models import Account
from panshi.domains.analytics.services import MONTHLY
from panshi.domains.ledger.models import Batch, BatchState
from panshi.domains.ledger.services import map_columns, open_batch, request_commit
from panshi.domains.ledger.services.variance import VARIANCE
from panshi.ground.audit.sealing import seal_pending
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Assignment, Person
from panshi.ground.identity.roles import BY_CODE
from panshi.ground.identity.services import set_password
from panshi.ground.settings.models import Numbering
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job
from panshi.ground.work.services import enqueue

TRADERS: Final = 0.93
"""The share of accounts that ever bought; the others are still being won."""


def is_loaded() -> bool:
    """Whether a load went through to its end."""
    return Numbering.objects.filter(series=LOADED).exists()


def is_in_use() -> bool:
    """Whether somebody or something is here already."""
    return Person.objects.exists() or Account.objects.exists()


def load(*, accounts: int, lines: int) -> list[Credential]:
    """Load everything; answers how to sign in. About a minute for the usual size. Nobody made up is sent a mail."""
    settings.MAIL_URL = ""
    at, started = timezone.now(), monotonic()
    on = timezone.localdate(at)
    seed = random.Random(SEED)
    names = NameSource(seed)
    print(f"{COMPANY}: people and units …", flush=True)
    staff, credentials = load_organisation(names=names, seed=seed, at=at)
    print(f"{accounts} accounts with contacts and contact log …", flush=True)
    made = load_accounts(accounts, names=names, seed=seed, staff=staff, at=at, say=print)
    last_month = add_months(month_of(on), -1)
    print(f"three years of ledger up to {last_month:%Y-%m} …", flush=True)
    _import_ledger(made, last_month=last_month, lines=lines, keeper=staff.people["xiaoguan"], at=at)
    print("sales, lifecycles and the ABC classes of the last months …", flush=True)
    settle_lifecycles(_fresh(made), at=at)
    for back in (2, 1, 0):
        due_on = add_months(month_of(on), -back)
        enqueue(kind=MONTHLY, arguments={"due_on": due_on.isoformat()}, by=Viewer.system(), at=at)
        _work_off()
    pool = load_pools(staff=staff, seed=seed, at=at)
    print("requests in every state …", flush=True)
    load_requests(staff=staff, pool=pool, at=at)
    print("machines, shares of wallet, receivables and changes explained …", flush=True)
    load_equipment(seed=seed, on=on, at=at)
    load_balances(seed=seed, on=on, at=at)
    enqueue(kind=VARIANCE, arguments={"due_on": on.isoformat()}, by=Viewer.system(), at=at)
    _work_off()
    answer_some(on=on, at=at)
    _seal()
    Numbering.objects.create(series=LOADED)
    print(f"loaded in {monotonic() - started:.0f} s")
    return credentials


def _fresh(made: list[Account]) -> list[Account]:
    return list(Account.objects.filter(pk__in=[account.pk for account in made]).order_by("pk"))


def _import_ledger(
    made: list[Account], *, last_month: dt.date, lines: int, keeper: Person, at: dt.datetime
) -> None:
    """Import the ledger as sales operations would: upload, check the columns, commit."""
    by = Viewer(person_id=keeper.pk, is_system=True)
    buyers = [
        Buyer(account.code, account.name, _region(account), account.unit.code if account.unit else "")
        for account in made[: round(len(made) * TRADERS)]
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "销售明细.csv"
        write_ledger(path, buyers, last_month=last_month, lines=lines, seed=SEED)
        with path.open("rb") as file:
            batch = open_batch(source_name="ERP 销售明细", file=File(file, name=path.name), by=by, at=at)
    _work_off()
    batch.refresh_from_db()
    map_columns(batch=batch, columns=batch.mapping, by=by, at=at)
    _work_off()
    batch.refresh_from_db()
    request_commit(batch=batch, by=by, at=at)
    _work_off()
    if Batch.objects.get(pk=batch.pk).state != BatchState.COMMITTED:
        raise RuntimeError(f"the demo ledger was not committed: {Batch.objects.get(pk=batch.pk).error}")


def _region(account: Account) -> str:
    return account.unit.parent.name if account.unit and account.unit.parent else ""


def _work_off() -> None:
    """Do every waiting job here and now, as the work process would."""
    due = Job.objects.filter(state=JobState.WAITING)
    while job := due.filter(not_before__lte=timezone.now()).order_by("pk").first():
        run_job(job.pk)
        job.refresh_from_db()
        if job.state != JobState.DONE:
            raise RuntimeError(f"{job.kind} did not end well: {job.error}")


def _seal() -> None:
    """Seal what happened, so that the chain is whole from the first day."""
    while seal_pending(settings.AUDIT_KEY, at=timezone.now()):
        pass


def new_passwords() -> list[Credential]:
    """Draw new passwords for the people one signs in as."""
    at = timezone.now()
    drawn = []
    for person in Person.objects.filter(username__in=SIGNED_IN_ROLES).order_by("pk"):
        password = secrets.token_urlsafe(9)
        set_password(person=person, password=password, by=Viewer.system(), at=at)
        role = Assignment.objects.valid(timezone.localdate(at)).filter(person=person).first()
        drawn.append(Credential(person.username, person.name, role.role if role else "", password))
    return drawn


def show(credentials: list[Credential]) -> None:
    """Print how to sign in; the only time these passwords are seen."""
    print("\nSign in (these passwords are shown only now):")
    for one in credentials:
        role = str(BY_CODE[one.role].name) if one.role in BY_CODE else ""
        print(f"  {one.username:<12} {one.password:<16} {one.name} {role}")
    print()
