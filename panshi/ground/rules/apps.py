"""Django's registration of the rules room."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """Decision tables."""

    name = "panshi.ground.rules"
    label = "rules"
