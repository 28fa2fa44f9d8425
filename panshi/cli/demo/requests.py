"""The demo company's requests: in every state, over the last weeks, so that inboxes and statistics say something."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils import timezone

from panshi.cli.demo.load import Staffing
from panshi.domains.accounts.models import Account, ClassProposal, Pool
from panshi.domains.accounts.reports.merging import MergeChoices
from panshi.domains.accounts.services.classes import propose_class, propose_found
from panshi.domains.analytics.reports.classes import account_keys, findings, table_version, trade_before
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import viewer_of
from panshi.workflow.models import Request, Task
from panshi.workflow.roles import holders_of
from panshi.workflow.services import approve, reject, send_back, start_request, withdraw

PORTION: Final = 2000
TOPICS: Final = (
    ("样机试用审批", "客户要求先试用一台减速机三个月，再决定批量采购。"),
    ("客户来访接待", "客户采购与技术共六人来访两天，参观装配车间。"),
    ("技术交流会费用", "在客户现场办一次润滑与选型的技术交流会。"),
)


def load_requests(*, staff: Staffing, pool: Pool, at: dt.datetime) -> None:
    """Evaluate the classes, then let people apply and decide: agreed, turned down, sent back, taken back, waiting."""
    _evaluate(at - dt.timedelta(days=21))
    _classes(staff, at)
    _owners(staff, at)
    _pools(staff, pool, at)
    _merge(staff, at)
    _for_everybody(staff, at)


def _viewer(person: Person, at: dt.datetime) -> Viewer:
    return viewer_of(person.pk, on=timezone.localdate(at))


def _evaluate(at: dt.datetime) -> None:
    """A night of three weeks ago: the table was asked about every account."""
    on, after = timezone.localdate(at), 0
    version, trade = table_version(on), trade_before(on)
    while keys := account_keys(after, PORTION):
        propose_found(
            findings=findings(keys, trade=trade, on=on),
            table_version=version,
            unknown=trade.unknown,
            on=on,
            by=Viewer.system(),
            at=at,
        )
        after = keys[-1]


def _ask(
    process: str, refs: Iterable[RecordRef], values: Mapping[str, Any], person: Person, at: dt.datetime
) -> Request:
    return start_request(process=process, subjects=tuple(refs), values=values, by=_viewer(person, at), at=at)


def _task(request: Request, at: dt.datetime) -> tuple[Task, Viewer] | None:
    """What waits, and the first person who may act on it."""
    task = Task.objects.open().filter(request=request).order_by("pk").first()
    if task is None:
        return None
    seats = task.seats.filter(state="open").values_list("person_id", "role", "unit_id")
    people = sorted(holders_of(seats, on=timezone.localdate(at)) - {task.barred_id})
    return (task, viewer_of(people[0], on=timezone.localdate(at))) if people else None


def _agree(request: Request, times: int, at: dt.datetime) -> dt.datetime:
    """So many agree one after the other, each after some hours; answers when the last did."""
    for turn in range(times):
        at += dt.timedelta(hours=3 + 5 * turn)
        found = _task(request, at)
        if found is None:
            break
        approve(task=found[0], remark="同意", by=found[1], at=at)
    return at


def _refuse(request: Request, at: dt.datetime) -> None:
    if (found := _task(request, at)) is not None:
        reject(task=found[0], remark="依据不充分，本季度后再议", by=found[1], at=at)


def _return(request: Request, at: dt.datetime) -> None:
    if (found := _task(request, at)) is not None:
        send_back(task=found[0], remark="请补充与客户沟通的情况", by=found[1], at=at)


def _classes(staff: Staffing, at: dt.datetime) -> None:
    """Supervisors hand in what the table proposed of their teams; one account is strategic by evaluation."""
    for number, (code, person) in enumerate(sorted(staff.supervisors.items())):
        began = at - dt.timedelta(days=18 - number)
        open_ = ClassProposal.objects.visible_to(_viewer(person, at), "accounts.edit").open()
        rows = list(open_.filter(account__unit=staff.units[code]).order_by("-account__sales_12m", "pk")[:12])
        if not rows:
            continue
        refs = [RecordRef("class.proposal", row.pk) for row in rows]
        asked = _ask("key_account_class", refs, {"reason": "按夜间评估结果办理"}, person, began)
        if number < 5:
            _agree(asked, 6, began)
        elif number == 5:
            _refuse(asked, began + dt.timedelta(hours=4))
        elif number == 6:
            _return(asked, began + dt.timedelta(hours=4))
        elif number == 7:
            _agree(asked, 1, began)
    person = staff.managers["KA11"][0]
    account = (
        Account.objects.owned_by(person.pk).standing().filter(pool=None).order_by("-sales_12m", "pk").first()
    )
    if account is not None:
        began = at - dt.timedelta(days=2)
        reason = "行业内首家采用我方整机方案，同行正来参观，具有样板作用。"
        made = propose_class(
            account=account,
            key_class="strategic",
            enters=True,
            reason=reason,
            by=_viewer(person, at),
            at=began,
        )
        asked = _ask(
            "key_account_class", [RecordRef("class.proposal", made.pk)], {"reason": reason}, person, began
        )
        _agree(asked, 2, began)


def _owners(staff: Staffing, at: dt.datetime) -> None:
    """Key accounts that change hands: done, waiting for the one who takes over, overdue, turned down."""
    for number, (code, people) in enumerate(sorted(staff.managers.items())):
        if number > 5 or len(people) < 2:
            continue
        rows: Sequence[Account] = list(
            Account.objects.owned_by(people[0].pk).standing().filter(pool=None).order_by("-is_key", "pk")[3:5]
        )
        if not rows:
            continue
        began = at - dt.timedelta(days=(16, 12, 9, 6, 3, 1)[number])
        values = {"act": "hand_over", "new_owner": people[1].pk, "reason": f"{code} 分工调整，由同组同事接手"}
        asked = _ask("owner_change", [RecordRef("account", row.pk) for row in rows], values, people[0], began)
        if number in (0, 1):
            _agree(asked, 6, began)
        elif number == 3:
            _refuse(asked, began + dt.timedelta(hours=6))
        elif number == 4:
            _agree(asked, 1, began)


def _pools(staff: Staffing, pool: Pool, at: dt.datetime) -> None:
    """More than the limit of the pool, for a while."""
    until = timezone.localdate(at) + dt.timedelta(days=60)
    for number, people in enumerate(list(staff.managers.values())[:4]):
        began = at - dt.timedelta(days=11 - 3 * number)
        values = {
            "extra": str(5 + 10 * number),
            "until_on": until.isoformat(),
            "reason": "展会收集的线索集中，需要一段时间逐家联系。",
        }
        asked = _ask("pool_exception", [RecordRef("pool", pool.pk)], values, people[-1], began)
        if number == 0:
            _agree(asked, 4, began)
        elif number == 1:
            withdraw(request=asked, remark="线索已分给同事", by=_viewer(people[-1], at), at=began)
        elif number == 2:
            _agree(asked, 1, began)


def _merge(staff: Staffing, at: dt.datetime) -> None:
    """Two archives of what a supervisor holds for one customer."""
    code, person = sorted(staff.supervisors.items())[-1]
    rows = Account.objects.standing().filter(unit=staff.units[code], is_key=False, parent=None, group=None)
    pair = list(rows.filter(pool=None).order_by("pk")[:2])
    if len(pair) < 2:
        return
    choices = MergeChoices(
        reason="同一地址、同一法定代表人", winner_version=pair[0].version, loser_version=pair[1].version
    )
    values = {"reason": choices.reason, "choices": json.dumps(choices.plain(), ensure_ascii=False)}
    _ask(
        "account_merge",
        [RecordRef("account", row.pk) for row in pair],
        values,
        person,
        at - dt.timedelta(days=1),
    )


def _for_everybody(staff: Staffing, at: dt.datetime) -> None:
    """Something small waits for every person one can sign in as, so that no inbox is empty."""
    applicants = [people[0] for people in staff.managers.values()]
    singles = [person for name, person in staff.people.items() if not name[-1].isdigit()]
    for number, person in enumerate(singles):
        title, text = TOPICS[number % len(TOPICS)]
        began = at - dt.timedelta(days=1 + number % 5, hours=number)
        values = {"title": title, "text": text, "second": person.pk, "amount": str(2000 + 350 * number)}
        asked = _ask("general_approval", (), values, applicants[number % len(applicants)], began)
        _agree(asked, 1, began)
    for people in staff.managers.values():
        began = at - dt.timedelta(days=2)
        values = {"title": TOPICS[0][0], "text": TOPICS[0][1], "second": people[0].pk}
        asked = _ask("general_approval", (), values, people[-1], began)
        _agree(asked, 1, began)
