"""A process bound to accounts for tests: its decision draws one number a request, so that a second one would show."""

import datetime as dt
from collections.abc import Mapping

from panshi.domains.accounts.models import Account, Lifecycle
from panshi.engines.process import Plain
from panshi.ground.base.approval import Approval
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.services import draw_numbers
from panshi.workflow.bindings import About, Binding, Fact, Resolved, action, bind
from panshi.workflow.models import Request

DECIDED: list[Approval] = []
FORM = [
    {"name": "name", "label": "客户", "kind": "text", "source": "subject"},
    {"name": "sales", "label": "近 12 个月销售", "kind": "money", "source": "subject"},
    {"name": "reason", "label": "理由", "kind": "long", "required": True},
]


def resolve(subjects: tuple[RecordRef, ...], viewer: Viewer) -> Resolved:
    """Accounts the viewer sees; the first one's owner and unit count."""
    rows = Account.objects.visible_to(viewer).in_bulk([ref.id for ref in subjects])
    if len(rows) != len(subjects):
        raise Refused("您看不到其中的客户。", field="subjects")
    first = rows[subjects[0].id]
    return Resolved(
        about=tuple(About(ref, rows[ref.id].name, ref.id) for ref in subjects),
        facts={"name": first.name, "sales": str(first.sales_12m), "lifecycle": first.lifecycle},
        account_id=first.pk,
        unit_id=first.unit_id,
        owner_id=first.owner_id,
        title=f"试行 {first.name}",
    )


def locate(subjects: tuple[RecordRef, ...]) -> tuple[int | None, int | None]:
    """Owner and unit as they are now."""
    first = Account.objects.get(pk=subjects[0].id)
    return first.owner_id, first.unit_id


def check_start(resolved: Resolved, values: Mapping[str, Plain], by: Viewer, at: dt.datetime) -> None:
    """Nothing to ask for a potential account."""
    if resolved.facts["lifecycle"] == Lifecycle.POTENTIAL:
        raise Refused("潜在客户不需要申请。", field="subjects")


def decide(approval: Approval, request: Request, at: dt.datetime) -> None:
    """Draw the number of this request, unless the account was lost meanwhile."""
    draw_numbers(series=f"decision {request.number}", prefix="")
    if Account.objects.filter(pk=request.account_id, lifecycle=Lifecycle.LOST).exists():
        raise Refused("客户已流失。")
    DECIDED.append(approval)


bind(
    Binding(
        "tried",
        subject_kinds=("account",),
        facts=(
            Fact("name", "名称", "text"),
            Fact("sales", "近 12 个月销售", "money"),
            Fact("lifecycle", "生命周期", "choice"),
        ),
        most=3,
        resolve=resolve,
        check_start=check_start,
        decide=decide,
        locate=locate,
    )
)


@action("tests_draw", "抽号")
def draw(request: Request, settings: Mapping[str, str], at: dt.datetime) -> Mapping[str, Plain]:
    """Draw a number, unless the account was lost."""
    draw_numbers(series=f"action {request.number}", prefix="")
    if Account.objects.filter(pk=request.account_id, lifecycle=Lifecycle.LOST).exists():
        raise Refused("客户已流失，不能抽号。")
    return {}
