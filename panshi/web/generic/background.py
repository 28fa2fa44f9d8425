"""What lists do in the background, told to the work room by name: it must not know pages."""

from panshi.ground.work.bulk import register_runner
from panshi.ground.work.exports import register_source
from panshi.web.generic.bulk import RUNNER, ListRunner
from panshi.web.generic.exports import SOURCE, list_source


def register() -> None:
    """Let jobs write lists as files and carry out their bulk acts."""
    register_source(SOURCE, list_source)
    register_runner(RUNNER, ListRunner)
