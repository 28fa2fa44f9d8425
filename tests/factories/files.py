"""Files hung on accounts, and what the store then holds."""

import datetime as dt
from io import BytesIO
from pathlib import Path

from panshi.domains.accounts.models import Account
from panshi.ground.base.refs import RecordRef
from panshi.ground.files.models import File
from panshi.ground.files.services import attach
from tests.factories.organisation import Company
from tests.ground.files import samples


def put(
    company: Company,
    account: Account,
    at: dt.datetime,
    *,
    name: str = "报价.pdf",
    content: bytes = samples.PDF,
    who: str = "owner",
) -> File:
    """A file attached to an account by one of the company."""
    record = RecordRef("account", account.pk)
    return attach(record=record, name=name, content=BytesIO(content), by=company.viewer(who), at=at)


def stored(folder: Path) -> set[str]:
    """The names of all files in a store."""
    return {path.name for path in folder.rglob("*") if path.is_file()}
