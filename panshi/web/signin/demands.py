"""What the house demands of whoever signs in, by its settings: fresh temporary passwords, a second factor for some."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import roles_of
from panshi.ground.settings.reports import value

SECOND_FACTOR_MISSING: Final = "second_factor_missing"
"""The mark in a session whose person must set a second factor up first; others are never asked again."""

_OPEN: Final = ("mfa_", "account_", "frame:")
"""The pages one may use until then: setting it up, confirming who one is, leaving."""


def temporary_password_is_stale(person: Person, *, at: dt.datetime) -> bool:
    """Whether the person still has a temporary password given longer ago than the house allows."""
    if not person.must_change_password or person.password_given_at is None:
        return False
    days: int = value("system.temporary_password_days")
    return at - person.password_given_at > dt.timedelta(days=days)


def second_factor_is_missing(person: Person, *, at: dt.datetime) -> bool:
    """Whether a role of the person's demands a second factor and there is none."""
    demanded = set(value("system.second_factor_roles"))
    if not demanded or not demanded & roles_of(person.pk, on=timezone.localdate(at)):
        return False
    return not is_mfa_enabled(person)


class SecondFactorDemand:
    """Lead whoever lacks a demanded second factor to where it is set up; nothing else opens before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Just on; the view is looked at below."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_arguments: object
    ) -> HttpResponse | None:
        """See the class. The database is asked only while the mark stands."""
        match = request.resolver_match
        person = request.user
        if (
            not isinstance(person, Person)
            or not request.session.get(SECOND_FACTOR_MISSING)
            or person.must_change_password
            or match is None
            or match.view_name.startswith(_OPEN)
        ):
            return None
        if is_mfa_enabled(person):
            del request.session[SECOND_FACTOR_MISSING]
            return None
        if getattr(request, "htmx", False):
            return HttpResponse(status=401, headers={"HX-Redirect": "/"})
        messages.warning(request, _("您的角色需要两步验证，请先设置。"))
        return redirect("mfa_activate_totp")
