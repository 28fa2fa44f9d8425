"""Django's registration of the people domain."""

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Contacts and contact log."""

    name = "panshi.domains.people"
    label = "people"

    def ready(self) -> None:
        """Say what of people at accounts holds files, and how files become contacts and log entries."""
        import_module("panshi.domains.people.reports")
        import_module("panshi.domains.people.services.imports.contacts")
        import_module("panshi.domains.people.services.imports.log")
