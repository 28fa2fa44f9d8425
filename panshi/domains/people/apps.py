"""Django's registration of the people domain."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Contacts and contact log."""

    name = "panshi.domains.people"
    label = "people"
