"""What role expressions are called: in the editor, in the lanes of a drawing, in the differences of versions."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.identity.roles import BY_CODE
from panshi.workflow.forms import Field
from panshi.workflow.roles import parts_of

STANDING: Final[Mapping[str, Promise]] = {
    "applicant": gettext_lazy("申请人"),
    "applicant.superior": gettext_lazy("申请人的上级"),
    "owner": gettext_lazy("客户负责人"),
    "owner.superior": gettext_lazy("客户负责人的上级"),
}
"""Those who stand to a request in a way that has a name."""


def who_words(expression: str, form: Iterable[Field] = ()) -> str:
    """A role expression as people read it."""
    fields = tuple(form)
    return _("、").join(part_words(part, fields) for part in parts_of(expression))


def part_words(part: str, form: Iterable[Field]) -> str:
    """One part of a role expression in words; what is not known stays as it was written."""
    if part in STANDING:
        return str(STANDING[part])
    prefix, _colon, name = part.partition(":")
    role = str(BY_CODE[name].name) if name in BY_CODE else name
    labels = {field.name: field.label for field in form}
    match prefix:
        case "unit":
            return _("就近的%(role)s") % {"role": role}
        case "role":
            return _("全公司的%(role)s") % {"role": role}
        case "field":
            return _("表单中的%(field)s") % {"field": labels.get(name, name)}
    return part
