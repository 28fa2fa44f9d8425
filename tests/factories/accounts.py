"""Accounts for tests, stored directly: fast, and independent of what the account services check."""

from itertools import count
from typing import Any

from panshi.calc.naming import matching_name
from panshi.calc.pinyin import initials, pinyin
from panshi.domains.accounts.models import Account, TeamMember
from panshi.ground.identity.models import Person, Unit
from tests.factories.organisation import AT, SINCE

_numbers = count(1)


def make_account(
    name: str = "",
    *,
    owner: Person | None = None,
    unit: Unit | None = None,
    team: tuple[Person, ...] = (),
    **values: Any,
) -> Account:
    """An account with its derived columns filled as the services fill them."""
    number = next(_numbers)
    name = name or f"恒岳重工第{number}有限公司"
    account: Account = Account.objects.create(
        code=values.pop("code", f"T{number:06d}"),
        name=name,
        name_key=matching_name(name),
        pinyin=pinyin(name),
        initials=initials(name),
        owner=owner,
        unit=unit,
        lifecycle_since_on=values.pop("lifecycle_since_on", SINCE),
        created_at=AT,
        updated_at=AT,
        **values,
    )
    for person in team:
        TeamMember.objects.create(account=account, person=person, role="sales_support", since_on=SINCE)
    return account
