"""Addresses of the people room."""

from django.urls import path

from panshi.web.generic.listing import list_urls
from panshi.web.people import views
from panshi.web.people.tables import CONTACTS, LOG

app_name = "people"

urlpatterns = [
    *list_urls(CONTACTS),
    *list_urls(LOG, "log/", "log"),
    path("log/new/", views.log_create, name="log_anywhere"),
    path("log/new/<int:pk>/", views.log_create, name="log_create"),
    path("log/<int:pk>/void/", views.void, name="void"),
    path("of/<int:pk>/", views.of_account, name="of_account"),
    path("of/<int:pk>/new/", views.create, name="create"),
    path("of/<int:pk>/log/", views.log_of_account, name="log_of_account"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/left/", views.leave, name="leave"),
    path("<int:pk>/back/", views.come_back, name="come_back"),
]
