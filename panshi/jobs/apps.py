"""Django's registration of the jobs face: loads every job's module, so that its kinds are declared."""

import importlib
import pkgutil

from django.apps import AppConfig

import panshi.jobs


class JobsConfig(AppConfig):
    """Background work and the clock."""

    name = "panshi.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Import the modules of this package; heavy engines are only imported when a job runs."""
        for module in pkgutil.iter_modules(panshi.jobs.__path__):
            importlib.import_module(f"panshi.jobs.{module.name}")
