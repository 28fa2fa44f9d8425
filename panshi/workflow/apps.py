"""Django's registration of the workflow floor: loads every binding, so that processes know their business."""

import importlib
import pkgutil

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Processes and approvals."""

    name = "panshi.workflow"
    label = "workflow"

    def ready(self) -> None:
        """Say what hours make sense and what holds files; import `bindings`, which name models, so only now."""
        importlib.import_module("panshi.workflow.clock")
        importlib.import_module("panshi.workflow.reports.holding")
        package = importlib.import_module("panshi.workflow.bindings")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"panshi.workflow.bindings.{module.name}")
