"""One's own page: what one tells of oneself, how pages look, which roles one holds."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.ground.identity import services
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import held_roles
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage
from panshi.web.identity.forms import ProfileForm
from panshi.web.identity.views.finding import conflicts, take_theirs
from panshi.web.request import PanshiRequest, page


def _known(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in ("name", "email", "phone", "language", "theme")}


@page
def profile(request: PanshiRequest) -> HttpResponse:
    """Change one's own name, contact, language and colours; see one's roles."""
    me = request.user
    form = take_theirs(ProfileForm(request.POST or None, initial=_known(me), version=me.version), _known(me))
    here = reverse("identity:profile")
    if form.sent():
        with conflicts(form, me, _known), form.refusals():
            services.change_profile(
                **form.values(), expected_version=form.expected_version, by=request.viewer, at=request.at
            )
            return saved(request, here, _("已保存"))
    held = held_roles(person=me, viewer=request.viewer, on=request.on)
    around = FormPage(title=_("个人资料"), verb=_("保存"), cancel_url="/")
    status = 409 if form.conflict else 422 if form.errors else 200
    context = {"form": form, "page": around, "drawer": False, "held": held}
    return render(request, "identity/profile.html", context, status=status)
