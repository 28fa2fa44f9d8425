"""Which address leads to which face: the API under its own, the pages everywhere else."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("panshi.api.urls")),
    path("", include("panshi.web.urls")),
]

handler400 = "panshi.web.errors.bad_request"
handler403 = "panshi.web.errors.permission_denied"
handler404 = "panshi.web.errors.not_found"
handler429 = "panshi.web.errors.too_many"
handler500 = "panshi.web.errors.server_error"
