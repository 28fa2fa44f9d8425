"""Addresses of saved views of lists."""

from django.urls import URLPattern, URLResolver

app_name = "views"

urlpatterns: list[URLPattern | URLResolver] = []
