"""The rooms of the web face and their addresses. Each room brings its own `urls`; add a line here, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("sign/", include("panshi.web.signin.urls")),
]
