"""Addresses of the ledger room."""

from django.urls import path

from panshi.web.generic.listing import list_urls
from panshi.web.ledger import batches, trade, unknown
from panshi.web.ledger.tables import BATCHES

app_name = "ledger"

urlpatterns = [
    *list_urls(BATCHES),
    path("import/", batches.upload, name="upload"),
    path("<int:pk>/", batches.detail, name="detail"),
    path("<int:pk>/columns/", batches.columns, name="columns"),
    path("<int:pk>/commit/", batches.commit, name="commit"),
    path("<int:pk>/revert/", batches.revert, name="revert"),
    path("<int:pk>/discard/", batches.discard, name="discard"),
    path("<int:pk>/rejected/", batches.rejected, name="rejected"),
    path("<int:pk>/unknown/", unknown.rows, name="unknown"),
    path("<int:pk>/unknown/create/", unknown.create_all, name="create_all"),
    path("<int:pk>/unknown/leave/", unknown.leave_all, name="leave_all"),
    path("<int:pk>/unknown/<int:key>/match/", unknown.match, name="match"),
    path("<int:pk>/unknown/<int:key>/create/", unknown.create_one, name="create_one"),
    path("<int:pk>/unknown/<int:key>/leave/", unknown.leave_one, name="leave_one"),
    path("<int:pk>/unknown/<int:key>/reopen/", unknown.reopen, name="reopen"),
    path("of/<int:pk>/", trade.of_account, name="of_account"),
    path("of/<int:pk>/<slug:month>/", trade.lines, name="lines"),
]
