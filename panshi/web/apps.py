"""Django's registration of the web face: what it writes and does in the background is told to the work room by name."""

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages."""

    name = "panshi.web"
    label = "web"

    def ready(self) -> None:
        """Register what lists do in the background, and papers; models may only be imported now."""
        import_module("panshi.web.generic.background").register()
        import_module("panshi.web.accounts.archive").register()
