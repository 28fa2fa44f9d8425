"""What every test shares: a clock, a small organisation, and viewers of each reach."""

import datetime as dt

import pytest

from panshi.ground.base.viewer import Viewer

AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def at() -> dt.datetime:
    """The moment tests happen at."""
    return AT


@pytest.fixture
def system() -> Viewer:
    """The house itself, for arranging."""
    return Viewer.system()
