"""Django's registration of the analytics domain."""

from importlib import import_module

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Stored analyses."""

    name = "panshi.domains.analytics"
    label = "analytics"

    def ready(self) -> None:
        """Say what values of its settings make sense; the modules name models, so not before all are loaded."""
        import_module("panshi.domains.analytics.reports.class_settings")
