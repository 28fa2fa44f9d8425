"""Addresses of sign-in: the pages of allauth that we offer, and no others (no sign-up, no reset by mail)."""

from allauth.account import views as account
from allauth.usersessions import views as sessions
from django.urls import include, path

from panshi.web.signin import views

_frame = ([path("choose/", views.choose, name="choose")], "frame")
_own = ([path("sessions/<int:session_id>/end/", views.end_session, name="end_session")], "signin")

urlpatterns = [
    path("in/", account.login, name="account_login"),
    path("out/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("", include(_own)),
    path("", include(_frame)),
]
