"""Two accounts to merge, the decision as a process would make it, and everything there is in the tables."""

import datetime as dt
from typing import Any

from django.apps import apps

from panshi.domains.accounts import services
from panshi.domains.accounts.decisions import merge_accounts
from panshi.domains.accounts.models import Account, Merge
from panshi.domains.accounts.reports import MergeChoices
from panshi.domains.people.services import add_contact, log_contact
from panshi.ground.base.approval import Approval
from tests.factories.organisation import AT, Company

USCC, OTHER_USCC = "91110000600037341L", "914403001922038216"

APPEND_ONLY = {
    *("audit.Event", "audit.Change", "audit.Unsealed", "audit.Seal", "audit.Chain"),
    *("accounts.Merge", "accounts.MergedRows", "accounts.MergedValue", "accounts.FactVersion"),
    *("accounts.LifecycleRecord", "settings.Numbering", "work.Job"),
}


def open_pair(company: Company) -> tuple[Account, Account]:
    """The winner 恒达 and the loser 恒达旧, opened through the services, each with a primary contact and a log line."""
    opened = []
    for name, values in (
        ("恒达机械有限公司", {"address": "张江路 1 号", "products": "齿轮箱"}),
        ("恒达旧厂有限公司", {"address": "旧址 9 号", "website": "old.cn", "products": "轴承", "uscc": USCC}),
    ):
        by = company.viewer("owner")
        account = services.create_account(
            values={"name": name, **values}, duplicate_reason="测试", by=by, at=AT
        )
        contact = add_contact(
            account=account, values={"name": f"{name[:3]}王", "primary": True}, by=by, at=AT
        )
        log_contact(account=account, text="问计划", contact=contact, by=by, at=AT)
        opened.append(account)
    return opened[0], opened[1]


def decide(company: Company, winner: Account, loser: Account, who: str = "director", **choices: Any) -> Merge:
    """Merge as an approved request does."""
    approval = Approval(7, "HB-2026-0007", "accounts.merge", 1, (company.director.pk,), "approved", AT)
    return merge_accounts(
        approval=approval,
        loser=loser,
        winner=winner,
        choices=MergeChoices(**choices),
        by=company.viewer(who),
        at=AT,
    )


def undo(company: Company, made: Merge, at: dt.datetime = AT, who: str = "director") -> Merge:
    """Take a merge back."""
    return services.undo_merge(merge=made, by=company.viewer(who), at=at)


def everything() -> dict[str, list[Any]]:
    """Every table as it stands, but for histories that only grow, the count of changes on accounts and what is
    measured from the rest."""
    found: dict[str, list[Any]] = {}
    for model in apps.get_models():
        ours = model.__module__.startswith(("panshi.domains", "panshi.ground"))
        if model._meta.label in APPEND_ONLY or not ours:
            continue
        rows = list(model._base_manager.order_by("pk").values())
        for row in rows:
            if model is Account:
                del row["version"], row["updated_at"], row["completeness"]
        found[model._meta.label] = rows
    return found


def fresh(account: Account) -> Account:
    """As it is stored now."""
    found: Account = Account.objects.get(pk=account.pk)
    return found
