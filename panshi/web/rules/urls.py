"""Addresses of decision tables."""

from django.urls import path

from panshi.web.rules.views import editing, exchange, publishing, tables

app_name = "rules"

urlpatterns = [
    path("", tables.catalogue, name="list"),
    path("new/", editing.create, name="create"),
    path("<int:pk>/", tables.detail, name="detail"),
    path("<int:pk>/try/", tables.try_out, name="try"),
    path("<int:pk>/versions/<int:number>/", tables.version, name="version"),
    path("<int:pk>/versions/<int:number>/withdraw/", publishing.withdraw, name="withdraw"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/check/", editing.check, name="check"),
    path("<int:pk>/save/", editing.save, name="save"),
    path("<int:pk>/discard/", publishing.discard, name="discard"),
    path("<int:pk>/publish/", publishing.publish, name="publish"),
    path("<int:pk>/export/<slug:form>/", exchange.export, name="export"),
    path("<int:pk>/import/", exchange.take_in, name="import"),
]
