"""What people do with tasks, told as stories: agree, turn down, hand on, ask others, take back."""

import datetime as dt

import pytest

from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.notices.models import Notice
from panshi.workflow import services
from panshi.workflow.models import Act, Copy, Request, Seat, Task
from tests.factories.organisation import AT, Company
from tests.workflow.processes import agree, make_process, nodes_open, open_task, start, step, viewer

pytestmark = pytest.mark.django_db


def line(request: Request) -> list[str]:
    return list(Act.objects.filter(request=request).order_by("pk").values_list("kind", flat=True))


def test_a_request_goes_from_superior_to_director_and_ends_agreed(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior"), step("second", "role:general_manager")])
    request = start("leave", company.owner)
    assert (request.number, request.state, request.unit_id) == (
        "SQ000001",
        "running",
        company.units.east_one.pk,
    )
    task = open_task(request)
    assert (task.node, [seat.role for seat in task.seats.all()]) == ("first", ["key_account_supervisor"])
    agree(request, company.supervisor, remark="同意")
    assert nodes_open(request) == ["second"]
    agree(request, company.general_manager)
    request.refresh_from_db()
    assert (request.state, request.outcome, request.ended_at) == ("approved", "approved", AT)
    assert line(request) == ["started", "approved", "approved", "ended"]


def test_turned_down_it_ends_and_nobody_has_it_any_more(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior"), step("second", "role:general_manager")])
    request = start("leave", company.owner)
    with pytest.raises(services.CannotReject) as refusal:
        services.reject(task=open_task(request), remark=" ", by=viewer(company.supervisor), at=AT)
    assert list(refusal.value.errors) == ["remark"]
    services.reject(task=open_task(request), remark="预算不足", by=viewer(company.supervisor), at=AT)
    request.refresh_from_db()
    assert (request.state, request.remark, nodes_open(request)) == ("rejected", "预算不足", [])


def test_who_comes_second_is_told_and_nothing_happens_twice(company: Company) -> None:
    make_process(
        "leave",
        [step("first", "person:" + company.supervisor.username + ",person:" + company.director.username)],
    )
    request = start("leave", company.owner)
    task = open_task(request)
    agree(request, company.director)
    with pytest.raises(services.CannotAct, match="秦越"):
        services.approve(task=task, by=viewer(company.supervisor), at=AT)
    assert line(request).count("approved") == 1
    with pytest.raises(services.CannotFindTask):
        services.approve(task=Task(pk=10**9), by=viewer(company.supervisor), at=AT)


def test_outsiders_cannot_act(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior")])
    request = start("leave", company.owner)
    for name in ("owner", "outsider", "rival", "compliance", "administrator", "general_manager"):
        with pytest.raises((NotAllowed, Refused)):
            services.approve(task=open_task(request), by=company.viewer(name), at=AT)
    assert nodes_open(request) == ["first"]


def test_handed_on_the_new_persons_voice_counts(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior")])
    request = start("leave", company.owner)
    boss = viewer(company.supervisor)
    for to in (company.supervisor, company.owner):
        with pytest.raises(services.CannotDelegate):
            services.delegate(task=open_task(request), to=to, by=boss, at=AT)
    services.delegate(task=open_task(request), to=company.outsider, remark="请代看", by=boss, at=AT)
    with pytest.raises(services.CannotAct, match="转交"):
        services.approve(task=open_task(request), by=boss, at=AT)
    assert Request.objects.visible_to(viewer(company.outsider)).exists()
    agree(request, company.outsider)
    request.refresh_from_db()
    assert request.state == "approved"
    make_process("leave", [step("first", "applicant.superior", delegate="no")])
    other = start("leave", company.owner)
    with pytest.raises(services.CannotDelegate, match="不能转交"):
        services.delegate(task=open_task(other), to=company.outsider, by=boss, at=AT)


def test_a_signer_before_is_heard_first_and_the_asker_decides(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior")])
    request = start("leave", company.owner)
    boss = viewer(company.supervisor)
    with pytest.raises(services.CannotAddSigner):
        services.add_signer(task=open_task(request), signer=company.director, place="beside", by=boss, at=AT)
    services.add_signer(task=open_task(request), signer=company.director, place="before", by=boss, at=AT)
    with pytest.raises(services.CannotAct, match="加签"):
        services.approve(task=open_task(request), by=boss, at=AT)
    services.reject(task=open_task(request), remark="我有保留", by=viewer(company.director), at=AT)
    assert nodes_open(request) == ["first"]
    agree(request, company.supervisor)
    request.refresh_from_db()
    assert request.state == "approved"


def test_a_signer_after_must_agree_as_well(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior")])
    for outcome in ("approved", "rejected"):
        request = start("leave", company.owner)
        services.add_signer(
            task=open_task(request),
            signer=company.director,
            place="after",
            by=viewer(company.supervisor),
            at=AT,
        )
        with pytest.raises(services.CannotAct, match="加签"):
            services.approve(task=open_task(request), by=viewer(company.director), at=AT)
        agree(request, company.supervisor)
        assert nodes_open(request) == ["first"]
        if outcome == "approved":
            agree(request, company.director)
        else:
            services.reject(task=open_task(request), remark="不行", by=viewer(company.director), at=AT)
        request.refresh_from_db()
        assert request.state == outcome


def test_one_of_several_takes_a_task_and_may_put_it_back(company: Company) -> None:
    make_process("leave", [step("first", "unit:key_account_supervisor,unit:key_account_director")])
    request = start("leave", company.owner)
    task = open_task(request)
    services.claim(task=task, by=viewer(company.director), at=AT)
    with pytest.raises(services.CannotClaim):
        services.claim(task=task, by=viewer(company.director), at=AT)
    with pytest.raises(services.CannotAct, match="秦越"):
        services.approve(task=task, by=viewer(company.supervisor), at=AT)
    services.release(task=task, by=viewer(company.director), at=AT)
    with pytest.raises(services.CannotRelease):
        services.release(task=task, by=viewer(company.director), at=AT)
    agree(request, company.supervisor)


RULES = {
    "all agree": ("all", 0, "yyy", "approved"),
    "all, one against": ("all", 0, "yny", "rejected"),
    "any, first agrees": ("any", 0, "y", "approved"),
    "any, first refuses": ("any", 0, "n", "rejected"),
    "two thirds": ("percent", 66, "yy", "approved"),
    "two thirds missed": ("percent", 66, "nn", "rejected"),
    "two thirds after a no": ("percent", 66, "nyy", "approved"),
    "veto": ("veto", 0, "n", "rejected"),
    "no veto": ("veto", 0, "yyy", "approved"),
}


@pytest.mark.parametrize("rule", RULES)
def test_countersign(company: Company, rule: str) -> None:
    sign, percent, voices, state = RULES[rule]
    signers = [company.supervisor, company.director, company.general_manager]
    who = ",".join(f"person:{person.username}" for person in signers)
    make_process("leave", [step("first", who, sign=sign, percent=percent)])
    request = start("leave", company.owner)
    for number, voice in enumerate(voices):
        request.refresh_from_db()
        assert request.state == "running", f"open before voice {number}"
        if voice == "y":
            agree(request, signers[number])
        else:
            services.reject(task=open_task(request), remark="不", by=viewer(signers[number]), at=AT)
        if number < len(voices) - 1:
            with pytest.raises(services.CannotAct, match="已经表过态"):
                agree(request, signers[number])
    request.refresh_from_db()
    assert request.state == state


def test_a_role_is_spread_to_its_holders_where_all_are_asked(company: Company) -> None:
    make_process("leave", [step("first", "role:key_account_manager", sign="all")])
    request = start("leave", company.supervisor)
    people = set(Seat.objects.filter(task=open_task(request)).values_list("person_id", flat=True))
    assert people == {company.owner.pk, company.colleague.pk, company.outsider.pk}


def test_who_agreed_before_is_passed_over_where_the_definition_says_so(company: Company) -> None:
    steps = [
        step("one", "applicant.superior"),
        step("two", "unit:key_account_supervisor"),
        step("three", "role:general_manager"),
    ]
    make_process("leave", steps, repeat="pass")
    request = start("leave", company.owner)
    agree(request, company.supervisor)
    assert nodes_open(request) == ["three"]
    assert line(request) == ["started", "approved", "repeat_passed"]
    make_process("asked", steps)
    again = start("asked", company.owner)
    agree(again, company.supervisor)
    assert nodes_open(again) == ["two"]


def test_nobody_approves_their_own_request_where_forbidden(company: Company) -> None:
    who = f"person:{company.supervisor.username}"
    make_process("up", [step("one", who)])
    make_process("queue", [step("one", who, own="queue")])
    make_process("allow", [step("one", who, own="allow")])
    up = start("up", company.supervisor)
    assert open_task(up).seats.get().role == "key_account_director"
    with pytest.raises(services.CannotAct, match="不能审批自己"):
        agree(up, company.supervisor)
    agree(up, company.director)
    queued = start("queue", company.supervisor)
    assert (open_task(queued).queued, open_task(queued).seats.count()) == (True, 0)
    agree(start("allow", company.supervisor), company.supervisor)


def test_a_role_without_anybody_waits_in_the_administrators_queue(company: Company) -> None:
    make_process("law", [step("one", "role:legal")])
    request = start("law", company.owner)
    assert open_task(request).queued
    assert line(request) == ["started", "queued"]
    told = Notice.objects.filter(kind="workflow.nobody").values_list("person_id", flat=True)
    assert set(told) == {company.administrator.pk, company.operations.pk}
    with pytest.raises(NotAllowed):
        services.assign_task(
            task=open_task(request), to=[company.director], by=viewer(company.director), at=AT
        )
    manager = viewer(company.administrator)
    with pytest.raises(services.CannotAssign):
        services.assign_task(task=open_task(request), to=[company.owner], by=manager, at=AT)
    services.assign_task(task=open_task(request), to=[company.director], by=manager, at=AT)
    assert not open_task(request).queued
    agree(request, company.director)
    request.refresh_from_db()
    assert request.state == "approved"


def test_many_are_agreed_to_each_for_itself(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior")])
    make_process("words", [step("first", "applicant.superior", comment="always")])
    first, second, third = (
        start("leave", company.owner),
        start("words", company.owner),
        start("leave", company.owner),
    )
    tasks = [open_task(request) for request in (third, second, first)]
    services.withdraw(request=third, by=viewer(company.owner), at=AT)
    answers = services.approve_many(tasks=tasks, by=viewer(company.supervisor), at=AT)
    assert [bool(answer.problem) for answer in answers] == [False, True, True]
    states = list(Request.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["approved", "running", "withdrawn"]


def test_urging_is_for_the_applicant_and_not_too_often(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior")])
    request = start("leave", company.owner)
    with pytest.raises(NotAllowed):
        services.urge(request=request, by=viewer(company.outsider), at=AT)
    assert services.urge(request=request, by=viewer(company.owner), at=AT) == 1
    with pytest.raises(services.CannotUrge, match="60"):
        services.urge(request=request, by=viewer(company.owner), at=AT)
    services.urge(request=request, by=viewer(company.owner), at=AT + dt.timedelta(minutes=60))
    assert Notice.objects.filter(kind="workflow.urged", person=company.supervisor).count() == 2
    agree(request, company.supervisor)
    with pytest.raises(services.CannotChangeEnded):
        services.urge(request=request, by=viewer(company.owner), at=AT + dt.timedelta(days=2))


def test_copies_and_mentions_open_the_request_to_people(company: Company) -> None:
    make_process("leave", [step("first", "applicant.superior")], copy="role:compliance")
    request = start("leave", company.owner)
    by = viewer(company.owner)
    assert services.copy(request=request, to=[company.outsider], by=by, at=AT) == 1
    assert services.copy(request=request, to=[company.outsider], by=by, at=AT) == 0
    with pytest.raises(services.CannotCopy):
        services.copy(request=request, to=[], by=by, at=AT)
    services.take_note(request=request, by=viewer(company.outsider), at=AT)
    assert Copy.objects.get(person=company.outsider).read_at == AT
    with pytest.raises(services.CannotComment):
        services.comment(request=request, text=" ", by=by, at=AT)
    services.comment(request=request, text="@顾言 请看", mentioned=[company.teammate], by=by, at=AT)
    for name in ("outsider", "teammate"):
        assert Request.objects.visible_to(company.viewer(name)).exists()
    agree(request, company.supervisor)
    assert Copy.objects.filter(person=company.compliance).exists()


def test_a_step_that_informs_and_a_step_that_acts_wait_for_nobody(company: Company) -> None:
    make_process(
        "leave",
        [
            step("one", "applicant.superior"),
            step("tell", "role:compliance", kind="inform"),
            step("act", "", kind="action", action="nothing"),
        ],
    )
    request = start("leave", company.owner)
    agree(request, company.supervisor)
    request.refresh_from_db()
    assert (request.state, line(request)[-3:]) == ("approved", ["copied", "performed", "ended"])
