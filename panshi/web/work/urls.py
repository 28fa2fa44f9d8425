"""Addresses of background work."""

from django.urls import path

from panshi.web.work import views

app_name = "work"

urlpatterns = [
    path("", views.jobs, name="list"),
    path("<int:pk>/", views.job, name="detail"),
    path("<int:pk>/cancel/", views.cancel_job, name="cancel"),
    path("<int:pk>/retry/", views.retry_job, name="retry"),
]
