"""Django's registration of the web face."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages."""

    name = "panshi.web"
    label = "web"
