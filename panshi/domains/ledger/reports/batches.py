"""What a person must see to decide about a batch: how columns may be read, who an account may be, what is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from panshi.domains.accounts.reports import Candidate, Draft, duplicates
from panshi.domains.ledger.models import Batch, BatchState, Decision, Source, UnknownAccount
from panshi.engines.analytics.headings import Field, guess
from panshi.ground.base.viewer import Viewer

FIELD_LABELS: Final[Mapping[Field, Promise]] = {
    Field.ACCOUNT: gettext_lazy("客户编号"),
    Field.ACCOUNT_NAME: gettext_lazy("客户名称"),
    Field.USCC: gettext_lazy("统一社会信用代码"),
    Field.DATE: gettext_lazy("日期"),
    Field.DOCUMENT: gettext_lazy("单据编号"),
    Field.LINE_NO: gettext_lazy("行号"),
    Field.PRODUCT: gettext_lazy("产品"),
    Field.PRODUCT_LINE: gettext_lazy("产品线"),
    Field.REGION: gettext_lazy("区域"),
    Field.QUANTITY: gettext_lazy("数量"),
    Field.UNIT: gettext_lazy("计量单位"),
    Field.PRICE: gettext_lazy("单价"),
    Field.AMOUNT: gettext_lazy("金额"),
    Field.COST: gettext_lazy("成本"),
    Field.CURRENCY: gettext_lazy("币种"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of a ledger line and the column proposed for it ("" for none)."""

    field: Field
    label: Promise
    heading: str


def mapping_choices(batch: Batch) -> list[Choice]:
    """Every field with the column that was mapped, remembered or guessed."""
    return [Choice(field, label, batch.mapping.get(field.value, "")) for field, label in FIELD_LABELS.items()]


def remembered(source: Source, headings: list[str]) -> dict[str, str]:
    """The mapping to propose: the source's own where its columns are there again, else what the headings say."""
    own = {field: heading for field, heading in source.mapping.items() if heading in headings}
    if own and len(own) == len(source.mapping):
        return own
    return {field.value: headings[at] for field, at in guess(headings).items()}


def candidates(unknown: UnknownAccount, *, viewer: Viewer) -> list[Candidate]:
    """Our accounts that an unknown one may be, best first; those outside the viewer's scope are masked."""
    name = unknown.name or unknown.code
    return duplicates(Draft(name=name, code=unknown.code, uscc=unknown.uscc), viewer=viewer)


def uncompared_lines(batch: Batch) -> int:
    """Lines of accounts the file named and nobody knew: not in the comparison with the ledger, unless left out."""
    taken = UnknownAccount.objects.filter(batch=batch).exclude(decision=Decision.LEFT_OUT)
    return int(taken.aggregate(lines=Sum("lines"))["lines"] or 0)


def commit_obstacle(batch: Batch) -> str:
    """Why a batch cannot be committed yet, as a sentence; "" when it can."""
    if batch.state != BatchState.STAGED:
        return _("这个批次现在不能入账。")
    waiting = UnknownAccount.objects.filter(batch=batch).open().count()
    if waiting:
        return ngettext(
            "还有 %(count)d 个未识别的客户没有处理。", "还有 %(count)d 个未识别的客户没有处理。", waiting
        ) % {"count": waiting}
    return ""
