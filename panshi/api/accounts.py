"""Accounts: lists, one, a new one, changes; owner and lifecycle by operations of their own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from panshi.api import answers
from panshi.api.account_types import (
    COLUMNS,
    FIELDS,
    FIGURES,
    AccountChange,
    AccountNew,
    AccountOut,
    AccountPage,
    AccountsAsked,
    LifecycleChange,
    OwnerChange,
    given,
)
from panshi.api.custom import as_given, values_of
from panshi.api.operations import operation
from panshi.api.pages import Order, after, cursor_of, cut
from panshi.api.problems import Problem
from panshi.api.request import ApiRequest
from panshi.api.types import KEY, AskedFields
from panshi.api.writing import writer_of
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.domains.accounts.reports import successor
from panshi.domains.accounts.services import (
    Placement,
    assign_owner,
    change_lifecycle,
    create_account,
    update_account,
)
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person, Unit
from panshi.ground.settings.models import RecordKind

router = Router(tags=["accounts"])

ORDERS: Final = {
    "id": Order(),
    "name": Order("pinyin"),
    "-sales_12m": Order("sales_12m", falling=True),
}
WRITERS: Final = {
    name: write
    for name, column in COLUMNS.items()
    if (write := writer_of(Account._meta.get_field(column.partition("__")[0])))
}
"""How fields are written whose values JSON does not know; the others go out as the database gives them."""
EXACT: Final = {
    "code": "code", "uscc": "uscc", "owner": "owner_id", "unit": "unit_id", "pool": "pool_id",
    "lifecycle": "lifecycle", "abc": "abc_class", "industry": "industry",
    "name": "name__icontains", "region": "region__startswith",
}  # fmt: skip


@operation(router, "GET", "/accounts", scope="accounts:read", answers=AccountPage)
def list_accounts(request: ApiRequest, asked: Query[AccountsAsked]) -> HttpResponse:
    """The accounts you may see, narrowed and in order, a page at a time. Accounts merged into others are left out."""
    viewer = request.viewer
    viewer.require("accounts.view")
    fields = answers.chosen(asked.fields, FIELDS)
    if asked.sort == "-sales_12m":
        viewer.require("ledger.view")
    rows: QuerySet[Any] = Account.objects.visible_to(viewer).standing()
    rows = rows.filter(
        **{column: value for name, column in EXACT.items() if (value := getattr(asked, name)) is not None}
    )
    order, name = ORDERS[asked.sort], f"accounts {asked.sort}"
    rows = after(rows, order, asked.cursor, name)
    found, more = cut(rows.values(*_columns(fields, order)), asked.limit)
    last = found[-1] if more else None
    cursor = cursor_of(last[order.field] if order.field else None, last["pk"], name) if last else ""
    return answers.page(request, shown(found, fields, viewer=viewer), cursor)


def _columns(fields: set[str], order: Order) -> list[str]:
    return [
        "pk",
        *filter(None, [order.field]),
        *(COLUMNS[name] for name in FIELDS if name in fields - {"custom"}),
    ]


def shown(rows: Sequence[Mapping[str, Any]], fields: set[str], *, viewer: Viewer) -> list[dict[str, Any]]:
    """Rows as they go out, without what the viewer may not read; a fixed number of queries."""
    ids = [row["pk"] for row in rows]
    hidden: dict[str, frozenset[int]] = {}
    for names, code in ((MONEY_FIELDS, "accounts.money"), (FIGURES, "ledger.view")):
        if fields & set(names):
            hidden |= dict.fromkeys(names, _out_of_reach(ids, code, viewer))
    custom = (
        values_of(RecordKind.ACCOUNT, {pk: pk for pk in ids}, viewer=viewer) if "custom" in fields else {}
    )
    own = [(name, COLUMNS[name]) for name in FIELDS if name in fields - {"custom"}]
    odd = [(name, WRITERS[name]) for name, _column in own if name in WRITERS]
    unseen = [(name, ids_) for name, ids_ in hidden.items() if ids_ and name in fields]
    found = []
    for row in rows:
        pk = row["pk"]
        one = {name: row[column] for name, column in own}
        for name, write in odd:
            one[name] = write(one[name])
        for name, ids_ in unseen:
            if pk in ids_:
                del one[name]
        if "custom" in fields:
            one["custom"] = custom.get(pk, {})
        found.append(one)
    return found


def _out_of_reach(ids: Sequence[int], permission: str, viewer: Viewer) -> frozenset[int]:
    """Those of some accounts the viewer sees that a permission does not reach; no query where it reaches all of them or
    none."""
    if viewer.sees_all(permission) or viewer.span(permission) == viewer.span("accounts.view"):
        return frozenset()
    if not viewer.may(permission):
        return frozenset(ids)
    reached = Account.objects.visible_to(viewer, permission).filter(pk__in=ids).values_list("pk", flat=True)
    return frozenset(ids) - frozenset(reached)


@operation(router, "GET", "/accounts/{pk}", scope="accounts:read", answers=AccountOut, also=(304, 410))
def read_account(request: ApiRequest, asked: Query[AskedFields], pk: int = KEY) -> HttpResponse:
    """One account. One that was merged into another answers 410 with the id of the account that stands for it."""
    request.viewer.require("accounts.view")
    fields = answers.chosen(asked.fields, FIELDS, always=("id", "version"))
    opened(pk, request.viewer)
    return answers.record(request, one(pk, request.viewer, fields))


def opened(pk: int, viewer: Viewer) -> Account:
    """An account the viewer may see and that was not merged. Raises `Problem` or `Http404`."""
    found: Account | None = Account.objects.visible_to(viewer).filter(pk=pk).first()
    if found is None or found.merged_into_id is not None:
        into = successor(pk, viewer=viewer)
        if into is not None:
            raise Problem(
                410, "merged", _("此客户已并入“%(name)s”。") % {"name": into.name},
                merged_into=into.pk, headers={"Link": f'</api/v1/accounts/{into.pk}>; rel="successor-version"'},
            )  # fmt: skip
    if found is None:
        raise Http404
    if found.merged_into_id is not None:
        raise Problem(410, "merged", _("此客户已并入其他客户，不能再修改。"))
    return found


def one(pk: int, viewer: Viewer, fields: set[str] | None = None) -> dict[str, Any]:
    """One account as it goes out."""
    chosen = fields or set(FIELDS)
    rows = list(Account.objects.visible_to(viewer).filter(pk=pk).values(*_columns(chosen, Order())))
    if not rows:
        raise Http404
    return shown(rows, chosen, viewer=viewer)[0]


@operation(router, "POST", "/accounts", scope="accounts:write", answers=AccountOut, status=201, also=(409,))
def create_an_account(request: ApiRequest, body: AccountNew) -> HttpResponse:
    """Open an account. If it looks like known ones it is refused with `duplicates` and the candidates; send
    `override_reason` to save it all the same."""
    request.viewer.require("accounts.create")
    placed = {"owner_id", "unit_id"} & body.model_fields_set
    placement = Placement(
        owner_id=seen(Person, body.owner_id, request.viewer, "owner_id")
        if placed
        else request.viewer.person_id,
        unit_id=seen(Unit, body.unit_id, request.viewer, "unit_id"),
        parent_id=seen(Account, body.parent_id, request.viewer, "parent_id"),
    )
    account = create_account(
        values={**given(body), **as_given(body.custom)},
        code=body.code,
        placement=placement,
        duplicate_reason=body.override_reason,
        by=request.viewer,
        at=request.at,
    )
    found = one(account.pk, request.viewer)
    return answers.record(request, found, status=201, location=f"/api/v1/accounts/{account.pk}")


def seen(model: Any, key: int | None, viewer: Viewer, field: str) -> int | None:
    """A key of a record that is there for the viewer. Raises `Problem` at the field."""
    if key is None:
        return None
    rows: QuerySet[Any] = model.objects.visible_to(viewer).filter(pk=key)
    if not rows.exists():
        text = _("没有这条记录，或您不能查看它。")
        raise Problem(422, "invalid", text, errors={field: text})
    return key


@operation(
    router, "PATCH", "/accounts/{pk}", scope="accounts:write", answers=AccountOut, versioned=True, also=(410,)
)
def change_account(request: ApiRequest, body: AccountChange, pk: int = KEY) -> HttpResponse:
    """Change fields of an account. `If-Match` says which version you read; if somebody else changed it meanwhile the
    answer is 412 and names what they made of it. Owner and lifecycle have operations of their own."""
    account = opened(pk, request.viewer)
    update_account(
        account=account,
        values={**given(body), **as_given(body.custom)},
        expected_version=answers.expected_version(request),
        duplicate_reason=body.override_reason,
        fact_reason=body.fact_reason,
        fact_on=body.fact_on,
        by=request.viewer,
        at=request.at,
    )
    return answers.record(request, one(pk, request.viewer))


@operation(
    router, "POST", "/accounts/{pk}/owner",
    scope="accounts:write", answers=AccountOut, versioned=True, also=(409, 410),
)  # fmt: skip
def assign_account(request: ApiRequest, body: OwnerChange, pk: int = KEY) -> HttpResponse:
    """Give the account to another owner. Refused for key accounts, protected ones and those in a pool: apply for that
    in the pages."""
    account = opened(pk, request.viewer)
    request.viewer.require("accounts.assign")
    owner_id = seen(Person, body.owner_id, request.viewer, "owner_id")
    unit_id = seen(Unit, body.unit_id, request.viewer, "unit_id")
    assign_owner(
        account=account,
        owner=Person.objects.visible_to(request.viewer).get(pk=owner_id) if owner_id else None,
        unit=Unit.objects.visible_to(request.viewer).get(pk=unit_id) if unit_id else None,
        reason=body.reason,
        expected_version=answers.expected_version(request),
        by=request.viewer,
        at=request.at,
    )
    return answers.record(request, one(pk, request.viewer))


@operation(
    router, "POST", "/accounts/{pk}/lifecycle",
    scope="accounts:write", answers=AccountOut, versioned=True, also=(409, 410),
)  # fmt: skip
def move_account(request: ApiRequest, body: LifecycleChange, pk: int = KEY) -> HttpResponse:
    """Move the account along its life, with the reason."""
    account = opened(pk, request.viewer)
    change_lifecycle(
        account=account,
        to=body.to,
        reason=body.reason,
        expected_version=answers.expected_version(request),
        by=request.viewer,
        at=request.at,
    )
    return answers.record(request, one(pk, request.viewer))
