"""Forms of the pools' settings: the pool itself, and a rule as rows of conditions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import AbcClass, Lifecycle, Pool, PoolRule
from panshi.domains.accounts.reports.pools.words import KIND_LABELS
from panshi.domains.accounts.services.pools import PoolSettings
from panshi.web.accounts import names
from panshi.web.generic.forms import PanshiForm

DAY_WORDS: Final = {"contact": _("天没有联系"), "trade": _("天没有交易"), "owned": _("天由同一负责人持有")}
MOST_ROWS: Final = 13


class PoolForm(PanshiForm):
    """Everything that is set about a pool, and why."""

    name = forms.CharField(label=_("公海名称"), max_length=60)
    description = forms.CharField(
        label=_("说明"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    units = forms.MultipleChoiceField(
        label=_("服务的组织"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("这些组织和下级的人可以认领，它们的客户退回到这里；下级另设公海的除外。"),
    )
    held_limit = forms.IntegerField(label=_("每人最多持有"), required=False, help_text=_("留空不限"))
    daily_limit = forms.IntegerField(label=_("每人每天最多认领"), required=False, help_text=_("留空不限"))
    cooling_days = forms.IntegerField(
        label=_("原负责人冷却天数"), initial=0, help_text=_("这么多天内原负责人不能认领回来")
    )
    contact_days = forms.IntegerField(
        label=_("认领后必须联系"), initial=0, help_text=_("这么多天内没有联系就收回；0 表示不要求")
    )
    protected_days = forms.IntegerField(
        label=_("认领后保护"), initial=0, help_text=_("这么多天内不按规则回收，改派须审批")
    )
    reason = forms.CharField(label=_("设置的理由"), max_length=200)  # type: ignore[assignment]

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["units"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(units)

    def settings(self) -> PoolSettings:
        """The settings as the service takes them."""
        given = self.cleaned_data
        return PoolSettings(
            name=given["name"],
            description=given["description"],
            unit_ids=frozenset(int(key) for key in given["units"]),
            held_limit=given["held_limit"],
            daily_limit=given["daily_limit"],
            cooling_days=given["cooling_days"],
            contact_days=given["contact_days"],
            protected_days=given["protected_days"],
        )


class ReasonForm(PanshiForm):
    """Only why."""

    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))  # type: ignore[assignment]


def pool_initial(pool: Pool, unit_ids: Iterable[int]) -> dict[str, Any]:
    """A pool as the form shows it."""
    fields = (
        "name",
        "description",
        "held_limit",
        "daily_limit",
        "cooling_days",
        "contact_days",
        "protected_days",
    )
    return {name: getattr(pool, name) for name in fields} | {"units": [str(pk) for pk in unit_ids]}


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition as the editor shows it: days to type, or values to choose."""

    place: int
    kind: str
    label: str
    days: str = ""
    unit: str = ""
    options: Sequence[tuple[str, str, bool]] = ()

    @property
    def is_long(self) -> bool:
        """Whether there are too many values for check boxes."""
        return len(self.options) > 8


class RuleDraft:
    """A rule as it is being edited: read from the stored rule or from what was sent, one row a condition."""

    def __init__(
        self, name: str, joined: str, conditions: list[dict[str, Any]], *, active: bool, reason: str = ""
    ) -> None:
        self.name, self.joined, self.conditions = name, joined, conditions
        self.active, self.reason = active, reason

    @classmethod
    def of(cls, rule: PoolRule | None) -> "RuleDraft":
        """The stored rule, or a first proposal for a new one."""
        if rule is None:
            return cls("", "all", [{"kind": "contact", "days": 90}], active=True)
        return cls(rule.name, rule.joined, [dict(each) for each in rule.conditions], active=rule.active)

    @classmethod
    def sent(cls, data: QueryDict) -> "RuleDraft":
        """What the person sent, with the row added or removed that they asked for."""
        act = data.get("act", "")
        rows = []
        for place in range(MOST_ROWS):
            kind = data.get(f"kind-{place}", "")
            if kind in KIND_LABELS and act != f"remove-{place}":
                rows.append(_condition(kind, data.get(f"days-{place}", ""), data.getlist(f"values-{place}")))
        added = data.get("new_kind", "")
        if act == "add" and added in KIND_LABELS and len(rows) < MOST_ROWS:
            rows.append(_condition(added, "90", []))
        joined = "any" if data.get("joined") == "any" else "all"
        return cls(
            data.get("name", "")[:80],
            joined,
            rows,
            active=data.get("active") == "1",
            reason=data.get("reason", "")[:200],
        )

    def rows(self) -> list[ConditionRow]:
        """The conditions with what can be chosen for each."""
        return [_row(place, condition) for place, condition in enumerate(self.conditions)]


def _condition(kind: str, days: str, values: list[str]) -> dict[str, Any]:
    if kind in DAY_WORDS:
        return {
            "kind": kind,
            "days": int(days) if days.isascii() and days.isdecimal() and len(days) < 7 else 0,
        }
    return {"kind": kind, "values": ["" if value == "none" else value for value in values[:100]]}


def _row(place: int, condition: Mapping[str, Any]) -> ConditionRow:
    kind = str(condition["kind"])
    label = str(KIND_LABELS[kind])
    if kind in DAY_WORDS:
        return ConditionRow(
            place, kind, label, days=str(condition.get("days") or ""), unit=str(DAY_WORDS[kind])
        )
    chosen = set(condition.get("values") or ())
    options = [(value or "none", words, value in chosen) for value, words in _values(kind)]
    return ConditionRow(place, kind, label, options=options)


def _values(kind: str) -> list[tuple[str, str]]:
    if kind == "lifecycle":
        return [(str(value), str(words)) for value, words in Lifecycle.choices]
    if kind == "abc":
        return [(str(value), str(words)) for value, words in AbcClass.choices]
    if kind == "region":
        return [(names.region_stem(code), words) for code, words in names.region_choices()]
    return names.industry_choices()
