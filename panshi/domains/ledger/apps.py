"""Django's registration of the ledger domain."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The trade facts."""

    name = "panshi.domains.ledger"
    label = "ledger"
