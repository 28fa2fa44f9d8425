"""People and accounts that a form names: they must exist, be open to whoever names them, and may not pass over a rule.

A step that finds its approver in a field of the form must not find the applicant there: the step would be agreed to by
nobody but the superior who agreed before.
"""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.engines.process import Drawing, Plain
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import active_people
from panshi.workflow.forms import Field
from panshi.workflow.outline import rules_of
from panshi.workflow.roles import parts_of


def naming_problems(
    form: Iterable[Field], values: Mapping[str, Plain], *, drawing: Drawing, applicant_id: int, by: Viewer
) -> dict[str, str]:
    """What is wrong, by field, with the people and accounts newly named; one query for each of the two kinds."""
    named: dict[str, dict[str, int]] = {"person": {}, "account": {}}
    for field in form:
        value = values.get(field.name)
        if field.kind in named and field.source == "own" and isinstance(value, int):
            named[field.kind][field.name] = value
    people, accounts = named["person"], named["account"]
    here = {person.pk for person in active_people(people.values())} if people else set()
    seen: set[int] = set()
    if accounts:
        rows = Account.objects.visible_to(by).filter(pk__in=set(accounts.values()))
        seen = set(rows.values_list("pk", flat=True))
    own = {name for name, key in people.items() if key == applicant_id} & _barred(drawing)
    found = {name: _("申请人不能审批自己的申请，请选择别人。") for name in own}
    found |= {name: _("没有这个人。") for name, key in people.items() if key not in here}
    found |= {name: _("没有这家客户，或者您看不到它。") for name, key in accounts.items() if key not in seen}
    return found


def _barred(drawing: Drawing) -> set[str]:
    """Fields that name the approver of a step which the applicant may not take."""
    steps = [rules_of(drawing, node) for node in drawing.nodes if node.kind == "user"]
    return {
        part.partition(":")[2]
        for rules in steps
        if rules.own != "allow" and rules.kind != "do"
        for part in parts_of(rules.who)
        if part.startswith("field:")
    }
