"""Django's registration of the settings room."""

from django.apps import AppConfig


class SettingsConfig(AppConfig):
    """Numbering and preferences."""

    name = "panshi.ground.settings"
    label = "settings"
