"""A house of its own for the test that kills between a task and its decision: `python house_deciding.py prepare|…`.

The decision of its process draws one number, says so, and then takes its time: whoever is killed then must leave
nothing behind.
"""

# ruff: noqa: E402, T201 - a program: Django is set up before its models are imported, and it prints

import datetime as dt
import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.config.settings")
django.setup()

from django.core.management import call_command

from panshi.ground.audit.models import Event
from panshi.ground.base.approval import Approval
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import viewer_of
from panshi.ground.notices.models import Notice
from panshi.ground.settings.models import Numbering
from panshi.ground.settings.services import draw_numbers
from panshi.workflow import services
from panshi.workflow.bindings import Binding, bind
from panshi.workflow.models import Act, Request, Task
from tests.factories.organisation import make_person, make_unit
from tests.workflow.processes import make_process, step

AT = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


def decide(approval: Approval, request: Request, at: dt.datetime) -> None:
    """Draw once, then take some time."""
    draw_numbers(series="decided", prefix="")
    print("deciding", flush=True)
    time.sleep(float(os.environ.get("PAUSE", "0")))


bind(Binding("slow", decide=decide))


def prepare() -> None:
    """A house with one request that waits for its superior."""
    call_command("migrate", verbosity=0)
    unit = make_unit("总部")
    make_person("甲", role="key_account_manager", unit=unit, username="applicant")
    make_person("乙", role="key_account_supervisor", unit=unit, username="superior")
    make_process("slow", [step("one", "applicant.superior")], at=AT)
    services.start_request(process="slow", by=_viewer("applicant"), at=AT)


def _viewer(username: str) -> Viewer:
    return viewer_of(Person.objects.get(username=username).pk, on=AT.date())


def agree() -> None:
    """Agree to what is open."""
    services.approve(task=Task.objects.open().get(), by=_viewer("superior"), at=AT)


def tell() -> None:
    """Print how things stand."""
    numbering = Numbering.objects.filter(series="decided").first()
    print(
        json.dumps(
            {
                "state": Request.objects.get().state,
                "open": Task.objects.open().count(),
                "approved": Act.objects.filter(kind="approved").count(),
                "drawn": numbering.next_number - 1 if numbering else 0,
                "events": Event.objects.filter(kind__in=["workflow.approved", "workflow.ended"]).count(),
                "told": Notice.objects.filter(kind="workflow.ended").count(),
            }
        )
    )


if __name__ == "__main__":
    {act.__name__: act for act in (prepare, agree, tell)}[sys.argv[1]]()
