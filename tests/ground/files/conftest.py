"""Attachments of a test lie in its own folder."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from panshi.domains.accounts.models import Account
from tests.factories.accounts import make_account
from tests.factories.organisation import Company


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


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(
        "榴辉岩轴承厂", owner=company.owner, unit=company.units.east_one, team=(company.teammate,)
    )
