"""The world of the scope matrix: one account with everything that hangs from it, and who stands how to it.

The names of what must stay hidden are odd enough that finding one anywhere on a page is a leak.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.cache import cache

from panshi.domains.accounts.models import Account, ImportBatch, TeamMember
from panshi.domains.accounts.services import Placement, add_member, create_account
from panshi.domains.analytics.models import AbcAnalysis, AbcRow, AnalysisState
from panshi.domains.ledger.models import Batch, BatchState, Source, UnknownAccount
from panshi.domains.people.models import Contact, LogEntry
from panshi.domains.people.services import add_contact, log_contact
from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Assignment
from panshi.ground.work.models import Job
from tests.factories.organisation import AT, SYSTEM, Company, make_company

NAME, PHONE, USCC, CONTACT, MOBILE, NOTE = (
    "玄武岩密封件有限公司",
    "021-66667777",
    "91310000MA1FL0000T",
    "隐名氏",
    "13912345678",
    "对方透露年底换供应商",
)
CODE = "XWY-000777"
SECRETS = (NAME, PHONE, CODE, CONTACT, MOBILE, NOTE)

EVERYBODY = (
    *("owner", "teammate", "colleague", "supervisor", "director", "outsider", "rival"),
    *("operations", "general_manager", "compliance", "administrator", "newcomer"),
)
SEES = frozenset(
    {"owner", "teammate", "supervisor", "director", "operations", "general_manager", "compliance"}
)
"""Who may see the account: its owner, its team, the leaders of its unit, and those who see all."""
SEES_JOB = frozenset({"owner", "operations", "compliance", "administrator"})
"""Who may see the owner's job: himself and those who look after work."""
SEES_IMPORT = frozenset({"operations"})
"""Who may see an import of accounts under way: whoever uploaded it."""

_MANAGERS = frozenset({"owner", "colleague", "outsider"})
_LEADERS = frozenset({"supervisor", "director", "rival", "operations"})
_BUSINESS = _MANAGERS | _LEADERS | {"teammate", "general_manager", "compliance"}
_FIGURES = _BUSINESS - {"teammate"}
HOLDS: dict[str, frozenset[str]] = {
    "": frozenset(EVERYBODY),
    "accounts.view": _BUSINESS,
    "accounts.create": _MANAGERS | _LEADERS,
    "accounts.edit": _MANAGERS | _LEADERS,
    "accounts.assign": _LEADERS,
    "accounts.import": _LEADERS,
    "accounts.export": _MANAGERS | _LEADERS | {"general_manager"},
    "accounts.money": _MANAGERS | _LEADERS | {"compliance"},
    "people.view": _BUSINESS,
    "people.edit": _MANAGERS | _LEADERS | {"teammate"},
    "ledger.view": _FIGURES,
    "ledger.import": frozenset({"director", "rival", "operations"}),
    "analysis.view": _FIGURES,
    "analysis.company": frozenset({"director", "rival", "operations", "general_manager", "compliance"}),
    "analysis.record": frozenset({"director", "rival", "operations"}),
    "work.view": frozenset({"operations", "compliance", "administrator"}),
    "work.manage": frozenset({"operations", "administrator"}),
    "audit.view": frozenset({"compliance", "administrator"}),
    "identity.manage": frozenset({"administrator"}),
    "settings.manage": frozenset({"administrator"}),
    "accounts.claim": _MANAGERS | _LEADERS,
    "accounts.merge": _LEADERS,
    "views.share": _LEADERS | {"administrator"},
    "pools.manage": frozenset({"director", "rival", "operations", "administrator"}),
    "rules.manage": frozenset({"operations", "administrator"}),
    "processes.view": frozenset(
        {"director", "rival", "supervisor", "operations", "general_manager", "compliance"}
    ),
    "processes.manage": frozenset({"operations", "administrator"}),
    "api.manage": frozenset({"administrator"}),
}
"""Who holds which permission, written out by hand from spec 00: the oracle of the matrix."""


SEES_ANALYSIS = HOLDS["analysis.company"]
"""Who may see an analysis of the whole company, each with the rows of the accounts they see."""


@dataclass(frozen=True, slots=True)
class World:
    """The records the matrix asks for."""

    company: Company
    ours: Account
    theirs: Account
    member: TeamMember
    contact: Contact
    entry: LogEntry
    assignment: Assignment
    job: Job
    upload: ImportBatch
    batch: Batch
    unknown: UnknownAccount
    event: Event
    analysis: AbcAnalysis
    more: dict[str, Any] = field(default_factory=dict)


def make_world() -> World:
    """Build it through the services, so that search, events and touches are there too."""
    cache.clear()
    company = make_company()
    ours = create_account(
        values={"name": NAME, "phone": PHONE, "address": "某路 7 号"},
        code=CODE,
        placement=Placement(owner_id=company.owner.pk, unit_id=company.units.east_one.pk),
        by=SYSTEM,
        at=AT,
    )
    theirs = create_account(
        values={"name": "花岗石材贸易行"},
        placement=Placement(owner_id=company.outsider.pk, unit_id=company.units.south_one.pk),
        by=SYSTEM,
        at=AT,
    )
    member = add_member(account=ours, person=company.teammate, role="sales_support", by=SYSTEM, at=AT)
    contact = add_contact(
        account=ours, values={"name": CONTACT, "mobile": MOBILE, "primary": True}, by=SYSTEM, at=AT
    )
    entry = log_contact(
        account=ours,
        text=NOTE,
        kind="phone",
        on=AT.date(),
        contact=contact,
        next_contact_on=None,
        next_contact_note="",
        by=company.viewer("owner"),
        at=AT,
    )
    job = Job.objects.create(
        kind="tests.quiet", asked_by_id=company.owner.pk, asked_at=AT, not_before=AT, step="", arguments={}
    )
    upload = ImportBatch.objects.create(
        by_id=company.operations.pk, at=AT, file_name="客户.csv", path="none.csv", headings=["名称"]
    )
    batch = Batch.objects.create(
        source=Source.objects.create(name="ERP"),
        state=BatchState.STAGED,
        by_id=company.operations.pk,
        at=AT,
        file_name="台账.csv",
        folder="none",
        headings=["客户", "日期", "金额"],
    )
    unknown = UnknownAccount.objects.create(
        batch=batch, key=1, name="不识别商行", lines=3, amount=9, decision="matched", account=ours
    )
    return World(
        company=company,
        ours=ours,
        theirs=theirs,
        member=member,
        contact=contact,
        entry=entry,
        assignment=Assignment.objects.get(person=company.owner),
        job=job,
        upload=upload,
        batch=batch,
        unknown=unknown,
        event=Event.objects.get(kind="accounts.created", account_id=ours.pk),
        analysis=make_analysis(ours, theirs),
    )


def make_analysis(*ranked: Account) -> AbcAnalysis:
    """An analysis of the whole company in which all these accounts are of class A."""
    analysis: AbcAnalysis = AbcAnalysis.objects.create(
        fingerprint="matrix",
        ledger_version=1,
        state=AnalysisState.DONE,
        asked_at=AT,
        first_on=AT.date().replace(month=1, day=1),
        last_on=AT.date(),
        measure="revenue",
        currency="CNY",
        a=Decimal("0.8"),
        b=Decimal("0.95"),
        ties="together",
        accounts=len(ranked),
        net_total=2000,
        positive_total=2000,
        top_share=Decimal("0.5"),
        gini=Decimal("0.1"),
        classes={"A": {"accounts": len(ranked), "total": "2000.0000", "share": "1"}},
    )
    AbcRow.objects.bulk_create(
        AbcRow(
            analysis=analysis,
            account=account,
            rank=rank,
            total=1000,
            share=Decimal("0.5"),
            cumulative_share=Decimal("0.5") * rank,
            standing="A",
            before="B",
        )
        for rank, account in enumerate(ranked, 1)
    )
    return analysis
