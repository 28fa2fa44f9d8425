"""Proposals to change the class of key accounts, for tests."""

import json

from panshi.domains.accounts.models import Account, ClassMembership, ClassProposal, KeyClass
from tests.factories.organisation import AT


def make_proposal(
    account: Account, key_class: str = KeyClass.HIGH_VALUE, *, enters: bool = True, origin: str = "table"
) -> ClassProposal:
    """A proposal as the table makes it."""
    made: ClassProposal = ClassProposal.objects.create(
        account=account,
        key_class=key_class,
        enters=enters,
        origin=origin,
        reason="月用量和年销售额都达到门槛",
        evidence=json.dumps(
            {
                "table": "account_classes",
                "version": 1,
                "figures": [
                    ["月用量（吨）", "25", "台账 2025-11 至 2026-10", "trade"],
                    ["集团成员数", "1", "集团关系"],
                ],
                "matched": ["第 4 行"],
            }
        ),
        table_version=1,
        at=AT,
    )
    return made


def make_member(account: Account, key_class: str = KeyClass.HIGH_VALUE) -> ClassMembership:
    """An account that belongs to a class since the day of the tests."""
    made: ClassMembership = ClassMembership.objects.create(
        account=account,
        key_class=key_class,
        from_on=AT.date(),
        origin="table",
        reason="达到门槛",
        request_id=1,
        request_number="SQ000001",
    )
    Account.objects.filter(pk=account.pk).update(is_key=True)
    return made
