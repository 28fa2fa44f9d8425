"""Forms of the people room: a contact, and one line of the contact log."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account, TouchKind
from panshi.domains.people.models import Contact
from panshi.ground.base.viewer import Viewer
from panshi.web.generic.custom import Borne
from panshi.web.generic.forms import DayInput, PanshiForm
from panshi.web.generic.pickers import PickerField


class ContactForm(PanshiForm):
    """A person at an account; only the name is required, and custom fields that are. `borne` are custom fields."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    title = forms.CharField(label=_("职务"), max_length=60, required=False)
    department = forms.CharField(label=_("部门"), max_length=60, required=False)
    mobile = forms.CharField(
        label=_("手机"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    phone = forms.CharField(
        label=_("电话"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    email = forms.CharField(
        label=_("邮箱"), max_length=254, required=False, widget=forms.TextInput(attrs={"inputmode": "email"})
    )
    wechat = forms.CharField(label=_("微信"), max_length=60, required=False)
    primary = forms.BooleanField(label=_("主要联系人"), required=False)
    note = forms.CharField(
        label=_("备注"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, borne: Borne, **kwargs: Any) -> None:
        kwargs["initial"] = {**kwargs.get("initial", {}), **borne.texts}
        super().__init__(*args, **kwargs)
        # The form's own hidden fields come last.
        own = {name: self.fields.pop(name) for name in list(self.fields) if name not in self.base_fields}
        self.fields |= borne.controls | own


class LeaveForm(PanshiForm):
    """When a contact left the account."""

    left_on = forms.DateField(label=_("离职日期"), widget=DayInput())


class VoidForm(PanshiForm):
    """Why a log entry is taken back."""

    reason = forms.CharField(label=_("作废理由"), max_length=200)  # type: ignore[assignment]


class LogForm(PanshiForm):
    """One line in twenty seconds: how, with whom, what, and when next. The account is asked only if it is not known."""

    kind = forms.ChoiceField(
        label=_("方式"), choices=TouchKind.choices, widget=forms.RadioSelect, initial=TouchKind.PHONE
    )
    text = forms.CharField(
        label=_("内容"),
        max_length=1000,
        widget=forms.Textarea(
            attrs={"rows": 3, "autofocus": True, "placeholder": _("一两句话：谈了什么，对方怎么说")}
        ),
    )
    contact = forms.ChoiceField(label=_("联系人"), required=False)
    next_contact_on = forms.DateField(label=_("下次联系"), required=False, widget=DayInput())
    next_contact_note = forms.CharField(label=_("下次联系事项"), max_length=200, required=False)
    on = forms.DateField(label=_("日期"), widget=DayInput())

    def __init__(self, *args: Any, account: Account | None, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if account is None:
            picker = PickerField(reverse("accounts:pick_accounts"), lambda key: key, label=_("客户"))
            self.fields = {"account": picker} | self.fields
            del self.fields["contact"]
            return
        rows = (
            Contact.objects.visible_to(viewer)
            .present()
            .filter(account=account)
            .order_by("-primary", "pinyin", "pk")
        )
        field = self.fields["contact"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不指定"))] + [
            (str(pk), f"{name} {title}".strip())
            for pk, name, title in rows.values_list("pk", "name", "title")[:200]
        ]
