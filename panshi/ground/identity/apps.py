"""Django's registration of the identity room."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Persons, units and assignments."""

    name = "panshi.ground.identity"
    label = "identity"
