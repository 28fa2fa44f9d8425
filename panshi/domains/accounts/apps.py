"""Django's registration of the accounts domain."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The account archive."""

    name = "panshi.domains.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Say what of the archive holds files, and how files become accounts."""
        import_module("panshi.domains.accounts.reports.holding")
        import_module("panshi.domains.accounts.services.imports.accounts")
        import_module("panshi.domains.accounts.services.imports.equipment")
        import_module("panshi.domains.accounts.services.imports.balances")
