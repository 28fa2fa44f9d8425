"""Addresses of the account room."""

from django.urls import path

from panshi.web.accounts.tables import ACCOUNTS
from panshi.web.accounts.views import editing, importing, picking, record
from panshi.web.generic.listing import list_urls

app_name = "accounts"

urlpatterns = [
    *list_urls(ACCOUNTS),
    path("new/", editing.create, name="create"),
    path("new/duplicates/", editing.check_duplicates, name="duplicates"),
    path("import/", importing.upload, name="import"),
    path("import/<int:pk>/", importing.map_columns, name="import_map"),
    path("import/<int:pk>/preview/", importing.show_preview, name="import_preview"),
    path("import/<int:pk>/start/", importing.start, name="import_start"),
    path("import/<int:pk>/result/", importing.result, name="import_result"),
    path("import/<int:pk>/rejected/", importing.rejected, name="import_rejected"),
    path("pick/accounts/", picking.accounts, name="pick_accounts"),
    path("pick/people/", picking.people, name="pick_people"),
    path("pick/regions/", picking.regions, name="pick_regions"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/edit/<slug:section>/", editing.edit, name="edit"),
    path("<int:pk>/lifecycle/", editing.lifecycle, name="lifecycle"),
    path("<int:pk>/owner/", editing.owner, name="owner"),
    path("<int:pk>/group/place/", editing.group, name="place"),
    path("<int:pk>/team/join/", editing.join_team, name="join_team"),
    path("<int:pk>/team/<int:member_id>/leave/", editing.leave_team, name="leave_team"),
    path("<int:pk>/", record.detail, name="detail"),
    path("<int:pk>/<slug:tab>/", record.detail, name="detail"),
]
