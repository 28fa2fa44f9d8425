"""Addresses of the search room."""

from django.urls import path

from panshi.web.search import views

app_name = "search"

urlpatterns = [
    path("", views.results, name="results"),
]
