"""Addresses of imports."""

from django.urls import path

from panshi.web.generic.listing import list_urls
from panshi.web.imports import results, steps, taking_back
from panshi.web.imports.tables import IMPORTS

app_name = "imports"

urlpatterns = [
    *list_urls(IMPORTS, "", "list"),
    path("new/", steps.upload, name="upload"),
    path("new/contacts/", steps.upload, {"kind": "contacts"}, name="upload_contacts"),
    path("new/log/", steps.upload, {"kind": "log"}, name="upload_log"),
    path("new/equipment/", steps.upload, {"kind": "equipment"}, name="upload_equipment"),
    path("new/balances/", steps.upload, {"kind": "balances"}, name="upload_balances"),
    path("template/<slug:kind>/", results.template, name="template"),
    path("<int:pk>/", steps.map_columns, name="map"),
    path("<int:pk>/preview/", steps.show_preview, name="preview"),
    path("<int:pk>/start/", steps.start, name="start"),
    path("<int:pk>/result/", results.result, name="result"),
    path("<int:pk>/rejected/", results.rejected, name="rejected"),
    path("<int:pk>/undo/", taking_back.undo, name="undo"),
]
