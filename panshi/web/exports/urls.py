"""Addresses of background exports."""

from django.urls import path

from panshi.web.exports import views

app_name = "exports"

urlpatterns = [
    path("", views.exports, name="list"),
    path("<int:pk>/", views.download, name="download"),
    path("<int:pk>/cancel/", views.cancel_export, name="cancel"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
