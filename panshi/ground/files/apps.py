"""Django's registration of the files room."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files."""

    name = "panshi.ground.files"
    label = "files"
