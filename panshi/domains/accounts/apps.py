"""Django's registration of the accounts domain."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The account archive."""

    name = "panshi.domains.accounts"
    label = "accounts"
