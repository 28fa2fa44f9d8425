"""Django's registration of the analytics domain."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Stored analyses."""

    name = "panshi.domains.analytics"
    label = "analytics"
