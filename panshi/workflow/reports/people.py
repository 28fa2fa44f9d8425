"""Who is meant by a seat or a reason, in words: names are everybody's to know."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.identity.models import Unit
from panshi.ground.identity.roles import BY_CODE

WHY: Final[Mapping[str, Promise]] = {
    "applicant": gettext_lazy("申请人"),
    "owner": gettext_lazy("客户负责人"),
    "superior": gettext_lazy("%(detail)s的上级：%(unit)s的%(role)s"),
    "instead": gettext_lazy("申请人不能审批自己的申请，改由上级：%(unit)s的%(role)s"),
    "escalated": gettext_lazy("超时升级到上级：%(unit)s的%(role)s"),
    "unit": gettext_lazy("离申请对象最近的%(role)s：%(unit)s"),
    "role": gettext_lazy("全公司的%(role)s"),
    "named": gettext_lazy("流程指定的人"),
    "field": gettext_lazy("申请表中填写的人"),
    "sender": gettext_lazy("退回的人，直接回到他"),
    "revise": gettext_lazy("申请人，需要修改后重新提交"),
    "refused": gettext_lazy("流程指定处理被退回的决定的人"),
    "stuck": gettext_lazy("流程管理员"),
}


def unit_names(unit_ids: Iterable[int | None]) -> dict[int, str]:
    """Names of units by key."""
    return dict(Unit.objects.filter(pk__in={key for key in unit_ids if key}).values_list("pk", "name"))


def role_name(code: str) -> str:
    """A role's name."""
    return str(BY_CODE[code].name) if code in BY_CODE else code


def why_words(
    reasons: Iterable[Mapping[str, Any]], *, people: Mapping[int, str], units: Mapping[int, str]
) -> list[str]:
    """Why these people: a sentence for each place found."""
    found = []
    for reason in reasons:
        detail = str(reason.get("detail") or "")
        words = str(WHY.get(str(reason.get("because")), "")) % {
            "role": role_name(str(reason.get("role") or "")),
            "unit": units.get(reason.get("unit") or 0, ""),
            "detail": people.get(int(detail), "") if detail.isdigit() else detail,
        }
        person = people.get(reason.get("person") or 0)
        found.append(_("%(person)s（%(why)s）") % {"person": person, "why": words} if person else words)
    return list(dict.fromkeys(found))


def holder_words(
    *,
    person_id: int | None,
    role: str,
    unit_id: int | None,
    people: Mapping[int, str],
    units: Mapping[int, str],
) -> str:
    """Whose seat it is: a name, or a role in a unit."""
    if person_id is not None:
        return people.get(person_id, "")
    if unit_id is None:
        return role_name(role)
    return _("%(unit)s的%(role)s") % {"unit": units.get(unit_id, ""), "role": role_name(role)}
