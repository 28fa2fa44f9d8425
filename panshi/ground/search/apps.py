"""Django's registration of the search room."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The search index."""

    name = "panshi.ground.search"
    label = "search"
