"""Custom fields on pages: as controls of a form, as facts of a record, in the words of a timeline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import Account
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.ground.settings.fields import LONGEST, FieldSpec
from panshi.ground.settings.models import FieldKind
from panshi.ground.settings.reports import custom_fields
from panshi.web.generic.forms import DayInput
from panshi.web.generic.keys import key_or_none
from panshi.web.generic.pickers import PickerField

SECTION: Final = "custom-"
OTHER: Final = gettext_lazy("其他信息")
"""The heading of fields without a group."""


@dataclass(frozen=True, slots=True)
class Borne:
    """The custom fields of one form: their controls, what they begin with as canonical text, and how they are shown."""

    specs: tuple[FieldSpec, ...] = ()
    controls: dict[str, forms.Field] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Sequence[tuple[FieldSpec, Any]], *, viewer: Viewer) -> "Borne":
        """Those of a record, with its values."""
        shown = tuple(spec for spec, _value in pairs)
        values = {spec.name: value for spec, value in pairs}
        return cls(shown, controls(shown, stored=values, viewer=viewer), texts_of(shown, values))

    @classmethod
    def to_open(cls, record_kind: str, *, viewer: Viewer) -> "Borne":
        """Those a new record is asked for: what is required, and what somebody wanted to be asked at once."""
        shown = tuple(
            spec
            for spec in custom_fields(record_kind, viewer=viewer)
            if spec.row.required or spec.row.at_creation
        )
        return cls(shown, controls(shown, viewer=viewer), {spec.name: spec.row.default for spec in shown})

    @property
    def units(self) -> tuple[tuple[str, str], ...]:
        """The units that stand behind controls."""
        return tuple((spec.name, spec.row.unit) for spec in self.specs if spec.row.unit)

    @property
    def whole(self) -> tuple[str, ...]:
        """The controls that take the whole width."""
        return tuple(spec.name for spec in self.specs if spec.kind in {FieldKind.LONG, FieldKind.CHOICES})


NOTHING_BORNE: Final = Borne()


class ChoicesField(forms.MultipleChoiceField):
    """Several choices as boxes; what goes in and out is canonical text, codes joined by commas."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        """The boxes to tick for canonical text."""
        return [code for code in value.split(",") if code] if isinstance(value, str) else value

    def to_python(self, value: Any) -> list[str]:
        """What was ticked; text that a conflict put here counts like boxes."""
        return [code for part in value or () for code in str(part).split(",") if code]

    def clean(self, value: Any) -> Any:
        """Canonical text."""
        return ",".join(super().clean(value))


def controls(
    specs: Iterable[FieldSpec], *, stored: Mapping[str, Any] | None = None, viewer: Viewer
) -> dict[str, forms.Field]:
    """The controls of custom fields by name. A retired choice is offered only where it is `stored`."""
    kept = stored or {}
    return {spec.name: _control(spec, kept.get(spec.name), viewer) for spec in specs}


def _control(spec: FieldSpec, kept: Any, viewer: Viewer) -> forms.Field:
    common: dict[str, Any] = {"label": spec.label, "help_text": spec.help, "required": spec.required}
    match spec.kind:
        case FieldKind.CHOICE:
            made: forms.Field = forms.ChoiceField(choices=[("", ""), *offered_choices(spec, kept)], **common)
        case FieldKind.CHOICES:
            made = ChoicesField(choices=offered_choices(spec, kept), **common)
        case FieldKind.YES:
            made = forms.ChoiceField(choices=[("", ""), ("1", _("是")), ("0", _("否"))], **common)
        case FieldKind.PERSON:
            made = PickerField(reverse_lazy("accounts:pick_people"), _person, **common)
        case FieldKind.ACCOUNT:
            naming = _account_naming(viewer)
            made = PickerField(reverse_lazy("accounts:pick_accounts"), naming, **common)
        case _:
            made = forms.CharField(
                max_length=LONGEST.get(spec.kind, 40), widget=_widget(spec), strip=True, **common
            )
    return made


def _widget(spec: FieldSpec) -> forms.Widget:
    match spec.kind:
        case FieldKind.LONG:
            return forms.Textarea(attrs={"rows": 3})
        case FieldKind.DAY:
            return DayInput()
        case FieldKind.MONEY:
            return forms.TextInput(attrs={"inputmode": "decimal", "placeholder": _("元，也可写 500万")})
        case FieldKind.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal"})
        case _:
            return forms.TextInput()


def offered_choices(spec: FieldSpec, kept: Any = None) -> list[tuple[str, str]]:
    """The choices in use, and retired ones that the record holds."""
    held = set(kept) if isinstance(kept, tuple) else {kept}
    return [
        (one.code, one.label if one.active else _("%(choice)s（已停用）") % {"choice": one.label})
        for one in spec.choices
        if one.active or one.code in held
    ]


def grouped(pairs: Iterable[tuple[FieldSpec, Any]]) -> list[tuple[str, str, list[tuple[FieldSpec, Any]]]]:
    """Fields with their values by group, as (name, heading, fields) in the order of their first field. The name is
    that of a section of a record: `custom-<key of one of its fields>`, which stays while people edit."""
    groups: dict[str, list[tuple[FieldSpec, Any]]] = {}
    for spec, value in pairs:
        groups.setdefault(spec.row.group, []).append((spec, value))
    return [
        (f"{SECTION}{members[0][0].id}", members[0][0].group or str(OTHER), members)
        for members in groups.values()
    ]


def of_section(
    name: str, pairs: Sequence[tuple[FieldSpec, Any]]
) -> tuple[str, list[tuple[FieldSpec, Any]]] | None:
    """The heading and fields of the section a name means; None where there is none."""
    key = key_or_none(name.removeprefix(SECTION)) if name.startswith(SECTION) else None
    for _name, heading, members in grouped(pairs):
        if any(spec.id == key for spec, _value in members):
            return heading, members
    return None


def texts_of(specs: Iterable[FieldSpec], values: Mapping[str, Any]) -> dict[str, str]:
    """Values as canonical text: what a form begins with and what conflicts are compared in."""
    return {spec.name: spec.text(values.get(spec.name)) for spec in specs}


def shown_values(pairs: Sequence[tuple[FieldSpec, Any]], *, viewer: Viewer) -> list[tuple[str, str, Any]]:
    """Fields as (label, kind, value) for a record's page; one query each for the names of people and accounts, none
    where no such field is filled in."""
    people = names_of(value for spec, value in pairs if spec.kind == FieldKind.PERSON)
    accounts = account_names(
        (value for spec, value in pairs if spec.kind == FieldKind.ACCOUNT), viewer=viewer
    )
    return [(spec.label, *_shown(spec, value, people, accounts)) for spec, value in pairs]


def _shown(
    spec: FieldSpec, value: Any, people: Mapping[int, str], accounts: Mapping[int, str]
) -> tuple[str, Any]:
    if value is None:
        return "text", None
    match spec.kind:
        case FieldKind.MONEY:
            return "money", value
        case FieldKind.DAY:
            return "day", value
        case FieldKind.PERSON:
            return "text", people.get(value, "")
        case FieldKind.ACCOUNT:
            return "text", accounts.get(value, _("您范围外的客户"))
        case _:
            return "text", spec.words(spec.text(value))


def account_names(ids: Iterable[int | None], *, viewer: Viewer) -> dict[int, str]:
    """Names of accounts the viewer sees; no query without ids."""
    wanted = {key for key in ids if key}
    if not wanted:
        return {}
    return dict(Account.objects.visible_to(viewer).filter(pk__in=wanted).values_list("pk", "name"))


def field_label(name: str, viewer: Viewer) -> str:
    """The label of a field that events call `custom.<code>`; the code where it is retired or hidden."""
    for record_kind in ("account", "contact"):
        for spec in custom_fields(record_kind, viewer=viewer):
            if spec.name == name:
                return spec.label
    return name


def value_words(name: str, text: str, viewer: Viewer) -> str:
    """Canonical text of a field in an event as people read it; keys of people and accounts are not told."""
    for record_kind in ("account", "contact"):
        for spec in custom_fields(record_kind, viewer=viewer):
            if spec.name == name:
                keyed = spec.kind in {FieldKind.PERSON, FieldKind.ACCOUNT}
                return ("…" if text else "") if keyed else spec.words(text)
    return text


def _person(key: str) -> str:
    known = key_or_none(key)
    return names_of([known]).get(known, key) if known is not None else key


def _account_naming(viewer: Viewer) -> Any:
    def name(key: str) -> str:
        known = key_or_none(key)
        return account_names([known], viewer=viewer).get(known or 0, _("您范围外的客户"))

    return name
