"""Which address leads to which room of the web face."""

from django.urls import include, path

urlpatterns = [
    path("", include("panshi.web.urls")),
]

handler400 = "panshi.web.errors.bad_request"
handler403 = "panshi.web.errors.permission_denied"
handler404 = "panshi.web.errors.not_found"
handler429 = "panshi.web.errors.too_many"
handler500 = "panshi.web.errors.server_error"
