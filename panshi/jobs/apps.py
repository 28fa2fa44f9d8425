"""Django's registration of the jobs face."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background work and the clock."""

    name = "panshi.jobs"
    label = "jobs"
