"""Attachments of a test lie in its own folder."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def files_folder(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    settings.STORAGES = {
        **settings.STORAGES,
        "attachments": {
            "BACKEND": "panshi.ground.files.store.WholeFiles",
            "OPTIONS": {"location": str(folder)},
        },
    }
    return folder
