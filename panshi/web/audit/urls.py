"""Addresses of the audit trail."""

from django.urls import path

from panshi.web.audit import views
from panshi.web.audit.tables import EVENTS
from panshi.web.generic.listing import list_urls

app_name = "audit"

urlpatterns = [
    *list_urls(EVENTS),
    path("chain/", views.chain, name="chain"),
    path("<int:pk>/", views.detail, name="detail"),
]
