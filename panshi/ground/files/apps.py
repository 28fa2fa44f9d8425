"""Django's registration of the files room."""

from importlib import import_module

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files."""

    name = "panshi.ground.files"
    label = "files"

    def ready(self) -> None:
        """Say what values of its settings make sense; the module names models, so not before all are loaded."""
        import_module("panshi.ground.files.intake")
