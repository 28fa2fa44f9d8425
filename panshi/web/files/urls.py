"""Addresses of attachments."""

from django.urls import path

from panshi.web.files import acts, views

app_name = "files"

urlpatterns = [
    path("of/<str:kind>/<int:record>/", views.of, name="of"),
    path("of/<str:kind>/<int:record>/upload/", acts.upload, name="upload"),
    path("account/<int:pk>/", views.of_account, name="of_account"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/download/", views.download, name="download"),
    path("<int:pk>/<int:number>/download/", views.download, name="download_version"),
    path("<int:pk>/<int:number>/look/", views.look, name="look"),
    path("<int:pk>/<int:number>/picture/<str:size>/", views.picture, name="picture"),
    path("<int:pk>/version/", acts.version, name="version"),
    path("<int:pk>/<int:number>/restore/", acts.restore, name="restore"),
    path("<int:pk>/edit/", acts.edit, name="edit"),
    path("<int:pk>/void/", acts.void, name="void"),
    path("<int:pk>/unvoid/", acts.unvoid, name="unvoid"),
]
