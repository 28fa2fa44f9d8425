"""Addresses of the workbench."""

from django.urls import path

from panshi.web.workbench import views

app_name = "workbench"

urlpatterns = [
    path("", views.home, name="home"),
    path("workbench/jobs/", views.jobs, name="jobs"),
]
