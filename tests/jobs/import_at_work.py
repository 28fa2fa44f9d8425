"""A house of its own for killing imports: `python import_at_work.py prepare FILE` or `run|undo|tell BATCH`.

`run` and `undo` say each step aloud and wait a moment, so that the test can kill them there.
"""

# ruff: noqa: E402, T201 - a program: Django is set up before its models are imported, and it prints

import datetime as dt
import json
import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.config.settings")
django.setup()

from django.core.files import File
from django.core.management import call_command
from django.utils import timezone

from panshi.domains.accounts.models import Account, ImportBatch
from panshi.domains.accounts.services.imports.applying import apply_import
from panshi.domains.accounts.services.imports.batches import start_import, upload_import
from panshi.domains.accounts.services.imports.undoing import request_undo, undo_import
from panshi.ground.audit.models import Event
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import viewer_of
from panshi.ground.identity.services import create_person, create_unit, give_role
from panshi.ground.search.models import Entry


def prepare(path: str) -> None:
    """Make the tables and somebody who may import; print the key of the queued batch."""
    call_command("migrate", verbosity=0)
    house, at = Viewer.system(), timezone.now()
    unit = create_unit(code="HQ", name="总部", kind="headquarters", parent=None, by=house, at=at)
    person = create_person(username="import", name="导入员", password=None, by=house, at=at)
    since = dt.date(2020, 1, 1)
    give_role(person=person, unit=unit, role="sales_operations", since_on=since, by=house, at=at)
    by = viewer_of(person.pk, on=at.date())
    with Path(path).open("rb") as stream:
        batch = upload_import(file=File(stream, name="a.csv"), by=by, at=at)
    start_import(
        batch=batch, mapping={"code": 0, "name": 1}, mode="both", duplicate_reason="核对过", by=by, at=at
    )
    print(batch.pk)


def say(sentence: str) -> None:
    """Tell a step and wait a moment."""
    print(sentence, flush=True)
    time.sleep(0.2)


def run(batch_id: str) -> None:
    """Apply the batch step by step, and wait once more before the transaction ends."""
    batch = ImportBatch.objects.get(pk=batch_id)
    by = viewer_of(batch.by_id or 0, on=timezone.localdate())
    apply_import(batch_id=batch.pk, by=by, at=timezone.now(), say=say)


def undo(batch_id: str) -> None:
    """Undo the batch step by step."""
    batch = ImportBatch.objects.get(pk=batch_id)
    by = viewer_of(batch.by_id or 0, on=timezone.localdate())
    if batch.state == "done":
        request_undo(batch=batch, by=by, at=timezone.now())
    undo_import(batch_id=batch.pk, by=by, at=timezone.now(), say=say)


def tell(batch_id: str) -> None:
    """Print what there is."""
    made = Event.objects.filter(kind="accounts.created").count()
    state = ImportBatch.objects.get(pk=batch_id).state
    print(json.dumps([state, Account.objects.count(), made, Entry.objects.count()]))


if __name__ == "__main__":
    {"prepare": prepare, "run": run, "undo": undo, "tell": tell}[sys.argv[1]](*sys.argv[2:])
