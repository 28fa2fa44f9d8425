"""Django's registration of the work room."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Jobs of the background."""

    name = "panshi.ground.work"
    label = "work"
