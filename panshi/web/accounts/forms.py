"""Forms of the archive: one for opening an account, one for each section of its card, and those for small changes.

Fields are read as text: what they must be is decided by the service alone, whose refusals come back at the field.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db import models
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account, TeamRole
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.ground.audit.services import text
from panshi.ground.base.fields import MoneyField
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import RecordKind
from panshi.web.accounts import names
from panshi.web.generic.custom import NOTHING_BORNE, Borne
from panshi.web.generic.forms import DayInput, PanshiForm
from panshi.web.generic.pickers import PickerField

LONGEST_TEXT: Final = 20_000
LONG_FIELDS: Final = (
    "partner_terms",
    "products",
    "expansion_plans",
    "service_requirements",
    "present_problems",
    "procurement_procedure",
)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the archive card that is read and edited together."""

    name: str
    label: Promise
    fields: tuple[str, ...]
    permission: str = "accounts.view"


SECTIONS: Final = (
    Section(
        "identity",
        _("基本信息"),
        (
            *("name", "short_name", "uscc", "ownership_type", "size", "industry"),
            *("region", "address", "phone", "website"),
        ),
    ),
    Section(
        "company",
        _("企业概况"),
        (
            *("registered_capital", "legal_representative", "general_manager"),
            *("founded_on", "employees", "annual_revenue"),
        ),
    ),
    Section(
        "business",
        _("经营与需求"),
        ("products", "expansion_plans", "service_requirements", "present_problems"),
    ),
    Section("procurement", _("采购"), ("procurement_budget", "procurement_procedure", "payment_terms")),
    Section("cooperation", _("开发方式"), ("development_mode", "partner", "partner_terms")),
    Section("money", _("开票与银行"), MONEY_FIELDS, permission="accounts.money"),
)
BY_NAME: Final = {section.name: section for section in SECTIONS}


def label_of(name: str) -> str:
    """A field of the archive in words."""
    return str(_stored(name).verbose_name)


def _stored(name: str) -> "models.Field[Any, Any]":
    found = Account._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


def _field(name: str, *, required: bool = False) -> forms.Field:
    """The control of an archive field, from what the model says of it."""
    stored = _stored(name)
    common: dict[str, Any] = {"label": label_of(name), "required": required}
    if name == "region":
        return PickerField(reverse_lazy("accounts:pick_regions"), names.region_name, **common)
    if name == "industry":
        return forms.ChoiceField(choices=lambda: [("", ""), *names.industry_choices()], **common)
    if stored.choices:
        return forms.ChoiceField(choices=lambda: list(stored.flatchoices), **common)
    return forms.CharField(max_length=stored.max_length or LONGEST_TEXT, widget=_widget(stored), **common)


def _widget(stored: "models.Field[Any, Any]") -> forms.Widget:
    """How a field that is typed is typed."""
    if isinstance(stored, MoneyField):
        return forms.TextInput(attrs={"inputmode": "decimal", "placeholder": _("元，也可写 500万")})
    if isinstance(stored, models.DateField):
        return DayInput()
    if isinstance(stored, models.TextField):
        return forms.Textarea(attrs={"rows": 3})
    return forms.TextInput(attrs={"inputmode": "numeric"} if isinstance(stored, models.IntegerField) else {})


class SectionForm(PanshiForm):
    """One section of an account's card."""

    def __init__(
        self, *args: Any, section: Section, account: Account, borne: Borne = NOTHING_BORNE, **kwargs: Any
    ) -> None:
        stored = {name: text(getattr(account, name)) for name in section.fields} | borne.texts
        super().__init__(*args, initial=stored, version=account.version, **kwargs)
        own = {name: _field(name, required=name == "name") for name in section.fields}
        why: dict[str, forms.Field] = {
            "fact_reason": forms.CharField(
                label=str(_("变更理由")), required=False, max_length=200, widget=forms.HiddenInput
            ),
            "fact_on": forms.DateField(label=str(_("生效日期")), required=False, widget=forms.HiddenInput),
        }
        self.fields = own | borne.controls | why | self.fields
        if self.is_bound:
            self.take_theirs(stored)
            if self.data.get("fact_reason") or self.data.get("fact_on"):
                self.ask_why()

    def ask_why(self) -> None:
        """Show the fields that tell why a known fact changes, and since when."""
        reason, day = self.fields["fact_reason"], self.fields["fact_on"]
        reason.widget = forms.TextInput(attrs={"maxlength": 200})
        reason.help_text = str(_("例如：工商变更登记、签订新合同、客户来函。"))
        day.widget = DayInput()
        day.help_text = str(_("从哪天起是新值；留空为今天。"))

    def values(self) -> dict[str, Any]:
        """What goes into the archive."""
        own = super().values()
        return {name: value for name, value in own.items() if name not in ("fact_reason", "fact_on")}


class CreateForm(PanshiForm):
    """A new account: the company outline is enough, the card is filled as one learns."""

    reason_label = _("确实是另一家客户的理由")
    outline: Sequence[str] = (
        *("name", "uscc", "phone", "short_name"),
        *("region", "address", "industry", "ownership_type", "size", "website"),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {name: _field(name, required=name == "name") for name in self.outline}
        own["code"] = forms.CharField(
            label=str(_("客户编号")), required=False, max_length=32, help_text=str(_("留空自动编号"))
        )
        own["parent"] = parent_field(viewer)
        if viewer.may("accounts.assign"):
            own["owner"] = PickerField(
                reverse_lazy("accounts:pick_people"), names.person_name, label=str(_("负责人")), required=False,
                initial=viewer.person_id,
            )  # fmt: skip
        self.borne = Borne.to_open(RecordKind.ACCOUNT, viewer=viewer)
        self.fields = own | self.borne.controls | self.fields
        self.initial = {**self.initial, **self.borne.texts}

    def archive(self) -> dict[str, Any]:
        """The values that go into the archive itself."""
        return {name: self.cleaned_data[name] for name in (*self.outline, *self.borne.controls)}


class LifecycleForm(PanshiForm):
    """Where the account goes in its life, and why."""

    lifecycle = forms.ChoiceField(label=_("改为"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))  # type: ignore[assignment]

    def __init__(self, *args: Any, states: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lifecycle"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(states)


class OwnerForm(PanshiForm):
    """Who owns the account from now on."""

    owner = PickerField(
        reverse_lazy("accounts:pick_people"), names.person_name, label=_("新负责人"), required=False,
        help_text=_("留空表示暂时没有负责人"),
    )  # fmt: skip
    why = forms.CharField(label=_("说明"), required=False, max_length=200)


class MemberForm(PanshiForm):
    """A person joins the account team."""

    person = PickerField(reverse_lazy("accounts:pick_people"), names.person_name, label=_("成员"))
    role = forms.ChoiceField(label=_("角色"), choices=TeamRole.choices)


class GroupForm(PanshiForm):
    """Under which account this one stands in its group."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"parent": parent_field(viewer)} | self.fields


def parent_field(viewer: Viewer) -> PickerField:
    """The account above in the group, among those the person may see."""
    return PickerField(
        reverse_lazy("accounts:pick_accounts"),
        names.account_naming(viewer),
        label=str(_("上级客户")),
        required=False,
        help_text=str(_("留空表示不隶属任何客户")),
    )
