"""Addresses of notices."""

from django.urls import path

from panshi.web.notices import choices, outbox, views

app_name = "notices"

urlpatterns = [
    path("", views.notices, name="list"),
    path("drawer/", views.drawer, name="drawer"),
    path("waiting/", views.waiting, name="waiting"),
    path("<int:pk>/open/", views.open_notice, name="open"),
    path("read/", views.read, name="read"),
    path("unread/", views.unread, name="unread"),
    path("choices/", choices.choices, name="choices"),
    path("outbox/", outbox.mails, name="outbox"),
    path("outbox/test/", outbox.test, name="test"),
    path("outbox/resend/", outbox.resend_all, name="resend_all"),
    path("outbox/<int:pk>/resend/", outbox.resend_one, name="resend"),
]
