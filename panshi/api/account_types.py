"""What an account looks like outside: the fields that go out, those that may come in, what a list may be asked."""

import datetime as dt
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StrictInt

from panshi.api.types import (
    Asked,
    CustomValue,
    Day,
    In,
    Key,
    Line,
    Money,
    Out,
    PageOut,
    Text,
)
from panshi.domains.accounts.models.fields import EDITABLE_FIELDS

FIGURES: Final = ("sales_12m", "sales_prior_12m", "last_trade_on")
"""Read with `ledger.view`."""

COLUMNS: Final = {
    **{name: name for name in ("id", "code", "version", "parent_id", "group_id", "owner_id", "unit_id")},
    "owner_name": "owner__name",
    "unit_name": "unit__name",
    **{name: name for name in EDITABLE_FIELDS},
    **{name: name for name in ("lifecycle", "lifecycle_since_on", "abc_class", "is_key", "pool_id")},
    **{name: name for name in FIGURES},
    **{name: name for name in ("last_contact_on", "next_contact_on", "next_contact_note")},
    **{name: name for name in ("protected_until_on", "created_at", "updated_at")},
}
"""Field → column."""
FIELDS: Final = (*COLUMNS, "custom")
LIFECYCLES = Literal["potential", "qualified", "developing", "active", "dormant", "lost"]


class AccountOut(Out):
    """An account. Fields you may not read are absent; with `fields` only those asked for are there."""

    id: int
    code: str = Field("", examples=["K-000042"])
    version: int = Field(0, description="Grows with every change; the beginning of the ETag")
    name: str = Field("", examples=["恒岳重工有限公司"])
    short_name: str = ""
    uscc: str = Field("", description="Unified social credit code, empty if unknown")
    parent_id: int | None = None
    group_id: int | None = None
    owner_id: int | None = None
    owner_name: str | None = None
    unit_id: int | None = None
    unit_name: str | None = None
    lifecycle: LIFECYCLES = "potential"
    lifecycle_since_on: dt.date | None = None
    abc_class: Literal["", "A", "B", "C"] = ""
    is_key: bool = Field(False, description="Belongs to a key class")
    pool_id: int | None = Field(None, description="The public pool it lies in")
    ownership_type: str = ""
    size: str = ""
    industry: str = Field("", description="GB/T 4754 code")
    region: str = Field("", description="Administrative division code")
    address: str = ""
    phone: str = ""
    website: str = ""
    registered_capital: str | None = Field(None, examples=["5000000.00"])
    legal_representative: str = ""
    general_manager: str = ""
    founded_on: dt.date | None = None
    employees: int | None = None
    annual_revenue: str | None = None
    development_mode: Literal["self", "cooperative"] = "self"
    partner: str = ""
    partner_terms: str = ""
    products: str = ""
    expansion_plans: str = ""
    service_requirements: str = ""
    present_problems: str = ""
    procurement_budget: str | None = None
    procurement_procedure: str = ""
    payment_terms: str = ""
    invoice_title: str = Field("", description="With the scope `money`")
    invoice_address: str = Field("", description="With the scope `money`")
    invoice_phone: str = Field("", description="With the scope `money`")
    bank_name: str = Field("", description="With the scope `money`")
    bank_account: str = Field("", description="With the scope `money`")
    sales_12m: str = Field("0", description="With the scope `ledger:read`")
    sales_prior_12m: str = Field("0", description="With the scope `ledger:read`")
    last_trade_on: dt.date | None = Field(None, description="With the scope `ledger:read`")
    last_contact_on: dt.date | None = None
    next_contact_on: dt.date | None = None
    next_contact_note: str = ""
    protected_until_on: dt.date | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    custom: dict[str, CustomValue] = Field(default_factory=dict, description="Custom fields by code")


class AccountPage(PageOut):
    """A page of accounts."""

    items: list[AccountOut]


class AccountsAsked(Asked):
    """What a list of accounts may be narrowed by."""

    fields: str | None = Field(None, max_length=2000, description="Only these fields, joined by commas")
    sort: Literal["id", "name", "-sales_12m"] = Field("id", description="The order of the list")
    code: str | None = Field(None, max_length=32, description="Exactly this code")
    uscc: str | None = Field(None, max_length=18, description="Exactly this social credit code")
    name: str | None = Field(None, min_length=2, max_length=60, description="This text within the name")
    owner: int | None = Field(None, ge=1, le=2**63 - 1, description="Owned by this person")
    unit: int | None = Field(None, ge=1, le=2**63 - 1, description="In this unit")
    pool: int | None = Field(None, ge=1, le=2**63 - 1, description="In this public pool")
    lifecycle: LIFECYCLES | None = Field(None, description="At this point of its life")
    abc: Literal["A", "B", "C"] | None = Field(None, description="Of this class")
    region: str | None = Field(None, pattern=r"^\d{2,6}$", description="In this division or below it")
    industry: str | None = Field(None, max_length=3, description="Exactly this industry")


class AccountFields(In):
    """Fields of an account that may come in. Days, amounts and choices are checked as in the pages."""

    short_name: Line | None = None
    uscc: Annotated[Line, Field(examples=["91310000MA1FL0000T"])] | None = None
    ownership_type: Literal["", "state", "private", "foreign", "government", "institution"] | None = None
    size: Literal["", "large", "medium", "small", "micro"] | None = None
    industry: Line | None = None
    region: Line | None = None
    address: Line | None = None
    phone: Line | None = None
    website: Line | None = None
    registered_capital: Money | None = None
    legal_representative: Line | None = None
    general_manager: Line | None = None
    founded_on: Day | None = None
    employees: Annotated[StrictInt, Field(ge=0, le=100_000_000)] | None = None
    annual_revenue: Money | None = None
    development_mode: Literal["self", "cooperative"] | None = None
    partner: Line | None = None
    partner_terms: Text | None = None
    products: Text | None = None
    expansion_plans: Text | None = None
    service_requirements: Text | None = None
    present_problems: Text | None = None
    procurement_budget: Money | None = None
    procurement_procedure: Text | None = None
    payment_terms: Line | None = None
    invoice_title: Line | None = None
    invoice_address: Line | None = None
    invoice_phone: Line | None = None
    bank_name: Line | None = None
    bank_account: Line | None = None
    custom: dict[str, CustomValue] | None = Field(None, description="Custom fields by code")
    override_reason: Line = Field("", description="Why to save although it looks like a known account")


class AccountNew(AccountFields):
    """A new account."""

    name: Annotated[Line, Field(min_length=1, examples=["恒岳重工有限公司"])]
    code: Annotated[str, Field(max_length=32)] = Field("", description="The next number if left out")
    owner_id: Key | None = Field(None, description="Whoever made the token if left out")
    unit_id: Key | None = None
    parent_id: Key | None = None


class AccountChange(AccountFields):
    """Changes of an account: only what is named is changed, null empties a field."""

    name: Annotated[Line, Field(min_length=1)] | None = None
    fact_reason: Line = Field("", description="Why a known fact changes (capital, address, payment terms …)")
    fact_on: Day | None = Field(None, description="The day it is true from, today if left out")


class OwnerChange(In):
    """Whose the account becomes; null leaves it unowned in its unit."""

    owner_id: Key | None
    unit_id: Key | None = None
    reason: Line = ""


class LifecycleChange(In):
    """Where the account moves in its life, and why."""

    to: LIFECYCLES
    reason: Annotated[Line, Field(min_length=1)]


def given(body: AccountFields) -> dict[str, Any]:
    """The archive's own fields that came in, as the services take them."""
    return {name: getattr(body, name) for name in EDITABLE_FIELDS if name in body.model_fields_set}
