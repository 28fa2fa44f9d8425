"""`panshi administrator`: creates the person who manages people and settings, or lets one back in with a new password.

Asked for at the terminal, or taken from PANSHI_ADMIN_USERNAME and PANSHI_ADMIN_PASSWORD; there is no default.
"""

import argparse
import getpass
import os
import sys
from typing import TYPE_CHECKING

from panshi.cli import house
from panshi.cli.house import Fault

if TYPE_CHECKING:
    from panshi.ground.identity.models import Unit


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--username", help="sign-in name (asked for otherwise)")
    parser.add_argument("--name", default="", help="the person's name (the sign-in name otherwise)")


def run(arguments: argparse.Namespace) -> int:
    """Create the administrator, or give an existing person the role and a new password."""
    house.enter()
    make_administrator(username=arguments.username or "", name=arguments.name)
    return 0


def make_sure_of_administrator() -> None:
    """Do nothing when somebody manages people already; otherwise ask."""
    from django.utils import timezone

    from panshi.ground.identity.models import Assignment

    held = Assignment.objects.valid(timezone.localdate()).filter(role="administrator", person__is_active=True)
    if not held.exists():
        print("Nobody manages this installation yet: name its administrator.")
        make_administrator()


def make_administrator(*, username: str = "", name: str = "") -> None:
    """Ask for what is missing until the rules accept it, then create the person or let them back in."""
    from panshi.ground.base.refusals import Refused

    username = username or os.environ.get("PANSHI_ADMIN_USERNAME", "")
    password = os.environ.get("PANSHI_ADMIN_PASSWORD", "")
    from_environment = bool(password)
    if not (username and password) and not sys.stdin.isatty():
        raise Fault(
            "No administrator: set PANSHI_ADMIN_USERNAME and PANSHI_ADMIN_PASSWORD for the first start,"
            " or run `panshi administrator` at a terminal."
        )
    username = username or input("Sign-in name: ").strip()
    while True:
        password = password or _ask_password()
        try:
            _make(username, name or username, password)
        except Refused as refusal:
            if from_environment:
                raise Fault(refusal.message) from refusal
            print(refusal.message)
            if "password" not in refusal.errors:
                username = input("Sign-in name: ").strip()
            password = ""
        else:
            print(f"Administrator {username} is ready.")
            return


def _ask_password() -> str:
    """Ask twice, without showing it."""
    while True:
        password = getpass.getpass("Password (10 characters or more): ")
        if password == getpass.getpass("Again: "):
            return password
        print("The two differ.")


def _make(username: str, name: str, password: str) -> None:
    """One transaction: the person, the role in the topmost unit, the password."""
    from django.db import transaction
    from django.utils import timezone, translation

    from panshi.ground.base.viewer import Viewer
    from panshi.ground.identity.models import Assignment, Person
    from panshi.ground.identity.services import create_person, give_role, set_password

    at, system, role = timezone.now(), Viewer.system(), "administrator"
    with transaction.atomic(), translation.override("en"):
        person = Person.objects.filter(username__iexact=username).first()
        if person is None:
            person = create_person(username=username, name=name, password=password, by=system, at=at)
        else:
            set_password(person=person, password=password, by=system, at=at)
        today = timezone.localdate(at)
        if not Assignment.objects.valid(today).filter(person=person, role=role).exists():
            give_role(person=person, unit=_top_unit(), role=role, since_on=today, by=system, at=at)


def _top_unit() -> "Unit":
    """The topmost unit; a new installation gets one that the administrator may rename."""
    from django.utils import timezone

    from panshi.ground.base.viewer import Viewer
    from panshi.ground.identity.models import Unit, UnitKind
    from panshi.ground.identity.services import create_unit

    top: Unit | None = Unit.objects.filter(parent=None, active=True).order_by("pk").first()
    return top or create_unit(
        code="HQ",
        name=str(UnitKind.HEADQUARTERS.label),
        kind=UnitKind.HEADQUARTERS,
        parent=None,
        by=Viewer.system(),
        at=timezone.now(),
    )
