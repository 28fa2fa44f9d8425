"""Django's registration of the notices room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices."""

    name = "panshi.ground.notices"
    label = "notices"
