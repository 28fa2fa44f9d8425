"""What comes with the system as files and lives in the database: brought up to date at every start, nothing twice."""


def load_tables() -> None:
    """Load the decision tables that come with the product; versions people published stay."""
    from django.utils import timezone

    from panshi.ground.base.viewer import Viewer
    from panshi.ground.rules.services import load_shipped

    if changed := load_shipped(by=Viewer.system(), at=timezone.now()):
        print(f"Decision tables loaded: {', '.join(changed)}.")


def load_processes() -> None:
    """Load shipped processes; what an administrator changed is left alone, see `workflow.services.shipped`."""
    from django.utils import timezone

    from panshi.ground.base.viewer import Viewer
    from panshi.workflow import services

    if changed := services.load_shipped(by=Viewer.system(), at=timezone.now()):
        print(f"{len(changed)} process(es) brought up to date.")
