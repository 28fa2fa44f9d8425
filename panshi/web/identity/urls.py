"""Addresses of the identity room: people, units, roles, and one's own profile."""

from django.urls import path

from panshi.web.generic.listing import list_urls
from panshi.web.identity.tables import PEOPLE
from panshi.web.identity.views import people, profile, roles, tokens, units

app_name = "identity"

urlpatterns = [
    path("me/", profile.profile, name="profile"),
    path("me/tokens/", tokens.mine, name="tokens"),
    path("me/tokens/new/", tokens.make, name="make_token"),
    path("me/calendar/new/", tokens.make_feed, name="make_feed"),
    path("me/calendar/end/", tokens.end_feed, name="end_feed"),
    path("tokens/", tokens.everybodys, name="all_tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="revoke_token"),
    *list_urls(PEOPLE, "people/", "people"),
    path("people/new/", people.invite, name="invite"),
    path("people/<int:pk>/", people.detail, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="edit_person"),
    path("people/<int:pk>/password/", people.reset, name="reset_password"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("people/<int:pk>/second-factor/", people.second_factor, name="second_factor"),
    path("people/<int:pk>/roles/new/", roles.give, name="give_role"),
    path("people/<int:pk>/roles/<int:assignment_id>/end/", roles.end, name="end_role"),
    path("units/", units.tree, name="units"),
    path("units/new/", units.create, name="create_unit"),
    path("units/<int:pk>/edit/", units.edit, name="edit_unit"),
    path("units/<int:pk>/close/", units.close, name="close_unit"),
    path("units/<int:pk>/reopen/", units.reopen, name="reopen_unit"),
    path("roles/", roles.catalogue, name="roles"),
]
