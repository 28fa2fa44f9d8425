"""Forms of the workflow pages: what a step asks for, rendered from its process's definition, and the forms of acts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import Account
from panshi.ground.base.refusals import NotAllowed, Refused, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import active_people, names_of
from panshi.web.generic.forms import DayInput, PanshiForm
from panshi.web.generic.keys import key_or_none
from panshi.web.generic.pickers import PickerField
from panshi.workflow.forms import Field
from panshi.workflow.reports import BackTo

OWN: Final = "f_"
"""Stands before the names of the definition's fields, so that they never meet those of an act."""
MOST_PEOPLE: Final = 50
FEW: Final = 4
"""So many choices stand side by side; more go into a list."""
PEOPLE_SOURCE: Final = reverse_lazy("accounts:pick_people")
ACCOUNT_SOURCE: Final = reverse_lazy("accounts:pick_accounts")


def person_name(key: str) -> str:
    """The name of one of our people by key."""
    number = key_or_none(key)
    return names_of([number]).get(number, "") if number else ""


def account_name(viewer: Viewer) -> Callable[[str], str]:
    """Names of accounts by key, only of those the person may see."""

    def name(key: str) -> str:
        number = key_or_none(key)
        rows = Account.objects.visible_to(viewer).filter(pk=number) if number else Account.objects.none()
        return rows.values_list("name", flat=True).first() or ""

    return name


class PeopleInput(forms.SelectMultiple):
    """A picker of several people; without scripts it keeps those chosen."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Offer those chosen; more are asked for as one types."""
        keys = [key for key in (key_or_none(str(each)) for each in value or ()) if key]
        self.choices = list(names_of(keys).items())
        given = {**(attrs or {}), "data-island": "picker", "data-url": str(PEOPLE_SOURCE)}
        return super().get_context(name, [str(key) for key in keys], given)


class PeopleField(forms.MultipleChoiceField):
    """Several people of ours; cleans to those who work here."""

    widget = PeopleInput
    default_error_messages = {"invalid_choice": gettext_lazy("没有这个人。")}

    def valid_value(self, value: Any) -> bool:
        """Anything that can be a key; who it is, is asked afterwards."""
        return key_or_none(str(value)) is not None

    def clean(self, value: Any) -> list[Person]:
        """The people named."""
        keys = [key_or_none(str(key)) for key in super().clean(value)[:MOST_PEOPLE]]
        return active_people(keys)


def person_field(label: Promise, **more: Any) -> PickerField:
    """A picker of one person."""
    return PickerField(PEOPLE_SOURCE, person_name, label=label, **more)


def opinion(label: Any, *, required: bool = False, rows: int = 3, **more: Any) -> forms.CharField:
    """Words about a request; the page offers the person's own quick opinions under it."""
    widget = forms.Textarea(attrs={"rows": rows, "data-opinion": ""})
    return forms.CharField(label=label, required=required, max_length=2000, widget=widget, **more)


class StepForm(PanshiForm):
    """A form with fields of a process's definition among its own: `defined` are those to write, with their modes."""

    def __init__(
        self,
        *args: Any,
        viewer: Viewer,
        defined: Sequence[Field] = (),
        modes: Mapping[str, str] | None = None,
        stored: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.defined = [
            each
            for each in defined
            if (modes or {}).get(each.name) in ("edit", "require") and not each.internal
        ]
        made = {
            OWN + each.name: defined_field(
                each, (modes or {})[each.name], (stored or {}).get(each.name), viewer
            )
            for each in self.defined
            if each.kind != "file"
        }
        self.fields = made | self.fields

    def let_be(self) -> None:
        """Want none of the definition's fields: the act does not write them."""
        for each in self.defined:
            if each.kind != "file":
                self.fields[OWN + each.name].required = False

    def given(self) -> dict[str, Any]:
        """What was filled in, by the names of the definition."""
        return {
            each.name: self.cleaned_data.get(OWN + each.name) for each in self.defined if each.kind != "file"
        }

    @contextmanager
    def refusals(self, *but: type[Refused]) -> Iterator[None]:
        """Turn a refusal into errors at the fields, those of the definition included."""
        try:
            yield
        except Refused as refusal:
            if isinstance(refusal, (NotAllowed, Stale, *but)):
                raise
            for field, message in refusal.errors.items():
                names = (field, OWN + field)
                self.add_error(next((name for name in names if name in self.fields), None), message)


def defined_field(field: Field, mode: str, stored: Any, viewer: Viewer) -> forms.Field:
    """The control of one field of a definition."""
    common: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": mode == "require" or field.required,
        "initial": stored,
    }
    made: forms.Field
    match field.kind:
        case "long":
            made = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)
        case "number" | "money":
            figure = forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})
            made = forms.CharField(max_length=40, widget=figure, **common)
        case "date":
            made = forms.DateField(widget=DayInput(), **common)
        case "choice":
            made = _choice(field, common)
        case "multi":
            several = forms.CheckboxSelectMultiple()
            made = forms.MultipleChoiceField(choices=field.choices, widget=several, **common)
        case "person":
            made = PickerField(PEOPLE_SOURCE, person_name, **common)
        case "account":
            made = PickerField(ACCOUNT_SOURCE, account_name(viewer), **common)
        case _:
            made = forms.CharField(max_length=200, **common)
    return made


def _choice(field: Field, common: dict[str, Any]) -> forms.Field:
    if len(field.choices) <= FEW and common["required"]:
        return forms.ChoiceField(choices=field.choices, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", "—"), *field.choices], **common)


class ApproveForm(StepForm):
    """Agree, with an opinion where one likes to give it or the definition wants it."""

    remark = opinion(gettext_lazy("意见"))

    def __init__(self, *args: Any, wants_remark: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if wants_remark:
            self.fields["remark"].label = _("意见（此步骤必须填写）")


class RemarkForm(StepForm):
    """An act that may be explained."""

    remark = opinion(gettext_lazy("说明"), rows=2)


class ReasonForm(StepForm):
    """An act that has to be explained."""

    remark = opinion(gettext_lazy("原因"), required=True)


class ResubmitForm(StepForm):
    """The corrected form, and what was corrected."""

    remark = opinion(gettext_lazy("修改说明"), rows=2)


class SendBackForm(StepForm):
    """To whom, why, and whether it comes straight back."""

    to_node = forms.ChoiceField(label=gettext_lazy("退回到"), required=False, widget=forms.RadioSelect)
    remark = opinion(gettext_lazy("退回的原因"), required=True)
    straight = forms.BooleanField(
        label=gettext_lazy("改好后直接回到我这里"),
        required=False,
        initial=True,
        help_text=gettext_lazy("中间各步的意见保留；不勾选则从退回的那一步起重新审批。"),
    )

    def __init__(self, *args: Any, back_to: Iterable[BackTo] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to_node"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [(each.node, each.name or _("申请人")) for each in back_to]
        to.initial = ""


class DelegateForm(StepForm):
    """To whom the task goes."""

    to = person_field(gettext_lazy("转交给"))
    remark = opinion(gettext_lazy("说明"), rows=2)


class SignerForm(StepForm):
    """Who else is asked, and when."""

    signer = person_field(gettext_lazy("加签人"))
    place = forms.ChoiceField(
        label=gettext_lazy("加签方式"),
        widget=forms.RadioSelect,
        initial="before",
        choices=[
            ("before", gettext_lazy("前加签：先由他表态，再由我决定")),
            ("after", gettext_lazy("后加签：我同意之后再由他表态，两人都同意才通过")),
        ],
    )
    remark = opinion(gettext_lazy("说明"), rows=2)


class CopyForm(StepForm):
    """Who gets the request for information."""

    to = PeopleField(label=gettext_lazy("抄送给"))
    remark = opinion(gettext_lazy("说明"), rows=2)


class CommentForm(StepForm):
    """What somebody says, and whom they mention."""

    text = forms.CharField(
        label=gettext_lazy("评论"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    mentioned = PeopleField(
        label=gettext_lazy("提到（@）"),
        required=False,
        help_text=gettext_lazy("被提到的人会收到通知，并可以查看这份申请。"),
    )


class AbsenceForm(PanshiForm):
    """Who stands in, from when to when, for which processes."""

    person = person_field(gettext_lazy("请假人"), required=False)
    substitute = person_field(gettext_lazy("代理人"))
    since_on = forms.DateField(label=gettext_lazy("开始日期"), widget=DayInput())
    until_on = forms.DateField(label=gettext_lazy("结束日期"), widget=DayInput())
    processes = forms.MultipleChoiceField(
        label=gettext_lazy("只代理这些流程"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("都不选表示代理全部流程。"),
    )
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)

    def __init__(
        self, *args: Any, processes: Iterable[tuple[str, str]] = (), others: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["processes"]
        assert isinstance(offered, forms.MultipleChoiceField)
        offered.choices = list(processes)
        if not others:
            del self.fields["person"]


class OpinionsForm(PanshiForm):
    """One's quick opinions, one a line."""

    texts = forms.CharField(
        label=gettext_lazy("快捷意见"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("每行一条，最多 20 条；审批时点一下就填入意见。"),
    )
