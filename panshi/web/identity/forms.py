"""Forms of the identity room: a person, a role held, a unit, one's own profile."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Language, Theme, Unit, UnitKind
from panshi.ground.identity.reports import unit_rows
from panshi.ground.identity.roles import ROLES
from panshi.web.generic.forms import DayInput, PanshiForm


class UnitField(forms.TypedChoiceField):
    """A unit chosen from the tree; the clean value is its key, None when none was chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)
        self.units: dict[int, Unit] = {}

    def offer(self, viewer: Viewer, on: dt.date, *, nothing: str = "") -> None:
        """Fill the choices with the open units, indented by their depth."""
        rows = unit_rows(viewer=viewer, on=on, open_only=True)
        self.units = {row.unit.pk: row.unit for row in rows}
        self.choices = [("", nothing), *((row.unit.pk, "　" * row.depth + row.unit.name) for row in rows)]


class UnitChoosing(PanshiForm):
    """A form in which units are chosen."""

    def chosen_unit(self, name: str) -> Unit | None:
        """The unit chosen in a field."""
        field = self.fields[name]
        assert isinstance(field, UnitField)
        return field.units.get(self.cleaned_data[name])


class ContactFields(PanshiForm):
    """What is known of a person of ours."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    email = forms.EmailField(label=_("邮箱"), required=False)
    phone = forms.CharField(
        label=_("电话"), max_length=32, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )


class RoleFields(UnitChoosing):
    """A role in a unit from a day on."""

    role = forms.ChoiceField(label=_("角色"))
    unit = UnitField(label=_("所在组织"))
    since_on = forms.DateField(label=_("开始日期"), widget=DayInput())
    until_on = forms.DateField(label=_("结束日期"), required=False, widget=DayInput())

    def __init__(self, *args: Any, viewer: Viewer, on: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"since_on": on})
        super().__init__(*args, **kwargs)
        offer_roles(self, viewer, on)


class InviteForm(ContactFields, UnitChoosing):
    """Somebody new, with a first role if one is chosen."""

    role = forms.ChoiceField(label=_("角色"), required=False)
    unit = UnitField(label=_("所在组织"), required=False)
    since_on = forms.DateField(label=_("开始日期"), widget=DayInput())
    username = forms.CharField(
        label=_("登录名"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )

    field_order = ("name", "username", "phone", "email", "role", "unit", "since_on")

    def __init__(self, *args: Any, viewer: Viewer, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"since_on": on}, **kwargs)
        offer_roles(self, viewer, on)


def offer_roles(form: PanshiForm, viewer: Viewer, on: dt.date) -> None:
    """Fill the choices of role and unit."""
    role, unit = form.fields["role"], form.fields["unit"]
    assert isinstance(role, forms.ChoiceField)
    assert isinstance(unit, UnitField)
    role.choices = [("", ""), *((each.code, each.name) for each in ROLES)]
    unit.offer(viewer, on)


class UntilForm(PanshiForm):
    """The last day of a held role."""

    until_on = forms.DateField(label=_("最后一天"), widget=DayInput())


class UnitForm(UnitChoosing):
    """An organisation unit and its place in the tree."""

    name = forms.CharField(label=_("名称"), max_length=80)
    code = forms.CharField(label=_("代码"), max_length=32)
    kind = forms.ChoiceField(label=_("类型"), choices=UnitKind.choices)
    parent = UnitField(label=_("上级组织"), required=False)

    def __init__(self, *args: Any, viewer: Viewer, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        assert isinstance(parent, UnitField)
        parent.offer(viewer, on, nothing=str(_("无（最上级）")))


class ProfileForm(ContactFields):
    """What a person tells of himself, and how pages look to him."""

    language = forms.ChoiceField(label=_("界面语言"), choices=Language.choices)
    theme = forms.ChoiceField(label=_("外观"), choices=Theme.choices)
