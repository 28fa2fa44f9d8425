"""Addresses of processes: inbox, requests, definitions."""

from django.urls import URLPattern, URLResolver, path

from panshi.web.generic.listing import list_urls
from panshi.web.workflow import acting, definitions_urls, inbox, requests, starting, substitutes, tables

app_name = "workflow"

urlpatterns: list[URLPattern | URLResolver] = [
    *definitions_urls.urlpatterns,
    *list_urls(tables.TO_DO, "", "inbox"),
    *list_urls(tables.DONE, "done/", "done"),
    *list_urls(tables.MINE, "mine/", "mine"),
    *list_urls(tables.COPIED, "copied/", "copied"),
    *list_urls(tables.OVERSEEN, "all/", "overseen"),
    path("tabs/", inbox.tabs, name="tabs"),
    path("bench/", inbox.bench, name="bench"),
    path("handled/<int:pk>/", inbox.handled, name="handled"),
    path("copied/<int:pk>/", inbox.copied_one, name="copied_one"),
    path("task/<int:pk>/", acting.task, name="task"),
    path("task/<int:pk>/<slug:verb>/", acting.act, name="act"),
    path("start/", starting.choose, name="start"),
    path("start/<slug:key>/", starting.fill, name="start_form"),
    path("start/<slug:key>/draft/", starting.draft, name="start_draft"),
    path("substitutes/", substitutes.substitutes, name="substitutes"),
    path("substitutes/new/", substitutes.create, name="substitute_create"),
    path("substitutes/<int:pk>/end/", substitutes.end, name="substitute_end"),
    path("opinions/", substitutes.opinions, name="opinions"),
    path("<int:pk>/", requests.detail, name="detail"),
    path("<int:pk>/do/<slug:verb>/", requests.around, name="around"),
    path("<int:pk>/<slug:tab>/", requests.detail, name="detail"),
]
