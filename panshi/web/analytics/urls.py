"""Addresses of the analysis room."""

from django.urls import path

from panshi.web.analytics import abc, drill

app_name = "analytics"

urlpatterns = [
    path("abc/", abc.newest, name="abc"),
    path("abc/new/", abc.ask_abc, name="ask"),
    path("abc/<int:pk>/", abc.report, name="report"),
    path("abc/<int:pk>/record/", abc.record, name="record"),
    path("abc/<int:pk>/accounts/", drill.accounts, name="accounts"),
    path("abc/<int:pk>/export/", drill.export, name="export"),
    path("of/<int:pk>/", drill.of_account, name="of_account"),
]
