"""Django's registration of the audit room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Events and seals."""

    name = "panshi.ground.audit"
    label = "audit"
