"""Forms of the product: what services refuse comes back at the field, warnings ask for a reason, nothing typed is lost.

A view sends the form's values to one service inside `with form.refusals():`; if the service refused, the view simply
goes on to show the form again.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django import forms
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.ground.audit.services import text
from panshi.ground.base.refusals import NotAllowed, Refused, Stale
from panshi.web.request import PanshiRequest

SALT: Final = "panshi.web.generic.forms"


class Difference(Protocol):
    """One field that two people changed: as text, what I opened, what I want, what is stored now."""

    @property
    def field(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def base(self) -> str: ...  # noqa: D102
    @property
    def mine(self) -> str: ...  # noqa: D102
    @property
    def theirs(self) -> str: ...  # noqa: D102
    @property
    def clashes(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Shown:
    """A difference in the words of the form; a `Difference` itself."""

    field: str
    label: str
    base: str
    mine: str
    theirs: str
    theirs_chosen: bool = False

    @property
    def clashes(self) -> bool:
        """Whether both changed it, and differently."""
        return self.base not in (self.mine, self.theirs) and self.mine != self.theirs


class PanshiForm(forms.Form):
    """A form whose errors may come from a service. `version` is the record's when it was opened (0 for new ones).

    `reason_name` is the field that appears, required, when a service warns of something one may knowingly override.
    """

    reason_name = "override_reason"
    reason_label: Promise = _("仍要保存的理由")

    def __init__(self, *args: Any, version: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.version = version
        self.conflict: tuple[Shown, ...] = ()
        self.warned = False
        self.fields["expected_version"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1, initial=version
        )
        if version:
            base = {name: text(value) for name, value in (self.initial or {}).items()}
            signed = signing.dumps(base, salt=SALT, compress=True)
            self.fields["opened"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=signed)
        self.fields[self.reason_name] = forms.CharField(
            label=str(self.reason_label), required=False, max_length=200, widget=forms.HiddenInput
        )

    @property
    def expected_version(self) -> int:
        """The version the person opened, as the form brought it back."""
        return self.cleaned_data.get("expected_version") or 0

    @property
    def reason(self) -> str:
        """Why a warning is knowingly passed over."""
        return str(self.cleaned_data.get(self.reason_name) or "")

    def values(self) -> dict[str, Any]:
        """What was typed, without the form's own fields."""
        own = {"expected_version", "opened", self.reason_name}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}

    def sent(self) -> bool:
        """Whether the person sent the form and every field can be read."""
        return self.is_bound and self.is_valid()

    @contextmanager
    def refusals(self, *but: type[Refused]) -> Iterator[None]:
        """Turn a refusal of the service into errors at the fields; what may not be done at all goes on up, and so do
        conflicts and the kinds named in `but`, which a view answers itself."""
        try:
            yield
        except Refused as refusal:
            if isinstance(refusal, (NotAllowed, Stale, *but)):
                raise
            for field, message in refusal.errors.items():
                self.add_error(field if field in self.fields else None, message)

    def warn(self, message: str) -> None:
        """Say what is doubtful and ask for a reason; what was typed stays."""
        self.warned = True
        self.fields[self.reason_name].widget = forms.TextInput(attrs={"maxlength": 200})
        self.fields[self.reason_name].required = True
        self.add_error(None, message)

    def show_conflict(self, differences: Sequence[Difference], theirs: int, message: str) -> None:
        """Show base, mine and theirs; the next save is compared with their version and takes what is chosen here.

        Where only one side changed a field its value is chosen; where both did, mine, until the person says otherwise.
        """
        self.conflict = tuple(
            Shown(
                each.field,
                each.label,
                self._word(each.field, each.base),
                self._word(each.field, each.mine),
                self._word(each.field, each.theirs),
                each.mine == each.base,
            )
            for each in differences
        )
        opened = signing.dumps({each.field: each.theirs for each in differences}, salt=SALT, compress=True)
        self._put({"expected_version": str(theirs), "opened": opened})
        self.add_error(None, message)

    def differences(self, stored: Mapping[str, object]) -> list[Shown]:
        """What two people made of the record, where no report of the domain tells: the form brings its own base."""
        try:
            opened: dict[str, str] = signing.loads(self.data.get("opened", ""), salt=SALT)
        except signing.BadSignature:
            opened = {}
        found = []
        for name, value in self.values().items():
            mine, theirs = text(value), text(stored.get(name))
            base = opened.get(name, theirs)
            if not base == mine == theirs:
                found.append(Shown(name, str(self.fields[name].label), base, mine, theirs))
        return found

    def take_theirs(self, stored: dict[str, str]) -> None:
        """Put what is stored now into the fields for which the person chose it in the conflict view."""
        chosen = {name for name in self.fields if self.data.get(f"choose-{name}") == "theirs"}
        self._put({name: stored[name] for name in chosen & set(stored)})

    def _put(self, values: dict[str, str]) -> None:
        """Replace what was sent; the request's own data stays as it came."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in values.items():
            data[name] = value
        self.data = data

    def _word(self, name: str, text: str) -> str:
        """A stored value as the form says it: a code by its label, several by theirs, a key by the picked name."""
        field = self.fields.get(name)
        naming = getattr(field.widget, "naming", None) if field is not None else None
        if naming is not None:
            return str(naming(text)) if text else ""
        labels = {str(code): str(label) for code, label in getattr(field, "choices", ())}
        if isinstance(field, forms.MultipleChoiceField):
            return str(_("、")).join(labels.get(code, code) for code in text.split(",") if code)
        return labels.get(text, text)


class DayInput(forms.DateInput):
    """A date as browsers let people pick it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """What stands round a form: its title, verb, and where cancelling leads; without a verb it is only read."""

    title: str
    verb: str
    cancel_url: str
    whole: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    intro: str = ""


def form_page(
    request: PanshiRequest,
    form: PanshiForm,
    page: FormPage,
    template: str = "generic/form_part.html",
    **more: Any,
) -> HttpResponse:
    """Answer a form as a page, or for HTMX as what goes into the drawer; 422 when it was refused, 409 on a conflict."""
    if not page.verb:
        for field in form.fields.values():
            field.disabled = True
    status = 409 if form.conflict else 422 if form.is_bound and form.errors else 200
    context = {"form": form, "page": page, "part": template, "drawer": bool(request.htmx), **more}
    response = render(request, template if request.htmx else "generic/form.html", context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response
