"""The account team: joining opens the account, thin teams are warned about, nobody joins twice."""

import datetime as dt

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account, TeamMember
from panshi.domains.accounts.reports.team import TeamWarning, incomplete, team, warnings
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.identity.models import Person
from tests.factories.accounts import make_account
from tests.factories.organisation import SINCE, Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(owner=company.owner, unit=company.units.east_one)


def test_joining_opens_the_account_and_leaving_closes_it(
    company: Company, account: Account, at: dt.datetime
) -> None:
    director, outsider = company.viewer("director"), company.viewer("outsider")
    assert not Account.objects.visible_to(outsider).exists()
    member = services.add_member(
        account=account, person=company.outsider, role="market_support", by=director, at=at
    )
    assert Account.objects.visible_to(outsider).get() == account
    services.remove_member(member=member, by=director, at=at)
    assert not Account.objects.visible_to(outsider).exists()
    assert Event.objects.filter(account_id=account.pk, kind__startswith="accounts.member_").count() == 2


def test_what_the_team_refuses(company: Company, account: Account, at: dt.datetime) -> None:
    director = company.viewer("director")
    member = services.add_member(account=account, person=company.teammate, role="sponsor", by=director, at=at)

    def add(person: Person, role: str) -> None:
        services.add_member(account=account, person=person, role=role, by=director, at=at)

    with pytest.raises(services.CannotChangeTeam):
        add(company.teammate, "sponsor")
    with pytest.raises(services.CannotChangeTeam):
        add(company.teammate, "king")
    Person.objects.filter(pk=company.colleague.pk).update(is_active=False)
    with pytest.raises(services.CannotChangeTeam):
        add(company.colleague, "manager")
    services.remove_member(member=member, by=director, at=at)
    with pytest.raises(services.CannotChangeTeam):
        services.remove_member(member=member, by=director, at=at)
    with pytest.raises(NotAllowed):
        services.add_member(
            account=account, person=company.teammate, role="sponsor", by=company.viewer("owner"), at=at
        )
    assert not TeamMember.objects.exists()


def test_setting_the_team_keeps_who_stays(company: Company, account: Account, at: dt.datetime) -> None:
    director = company.viewer("director")
    first = [(company.teammate.pk, "sales_support"), (company.supervisor.pk, "supervisor")]
    kept = services.set_team(account=account, members=first, by=director, at=at)[1]
    second = [(company.supervisor.pk, "supervisor"), (company.general_manager.pk, "sponsor")]
    later = at + dt.timedelta(days=9)
    services.set_team(account=account, members=second, by=director, at=later)
    known = {member.person_id: member.since_on for member in TeamMember.objects.all()}
    assert known == {company.supervisor.pk: kept.since_on, company.general_manager.pk: later.date()}


def test_what_a_team_lacks_is_told(company: Company, account: Account, at: dt.datetime) -> None:
    director = company.viewer("director")
    thin = team(account, viewer=director)
    assert [member.name for member in thin.members] == ["沈南舟"]
    assert set(thin.warnings) == {
        TeamWarning.TOO_FEW,
        TeamWarning.NO_TECHNICAL,
        TeamWarning.NO_SPONSOR,
        TeamWarning.NO_SUPERVISOR,
    }
    members = [
        (company.teammate.pk, "sales_support"),
        (company.supervisor.pk, "supervisor"),
        (company.general_manager.pk, "sponsor"),
    ]
    services.set_team(account=account, members=members, by=director, at=at)
    assert team(account, viewer=director).warnings == ()


def test_six_people_are_too_many_and_one_person_in_three_roles_is_one() -> None:
    six = [(person, "sales_support") for person in range(6)]
    assert TeamWarning.TOO_MANY in warnings(six)
    one = [(1, role) for role in ("manager", "supervisor", "sponsor", "sales_support")]
    assert warnings(one) == (TeamWarning.TOO_FEW,)


def test_the_filter_of_incomplete_teams_agrees_with_the_warnings(company: Company) -> None:
    """Whatever team an account has: it is found exactly if its page warns."""
    people = [company.owner, company.teammate, company.colleague, company.supervisor, company.director]
    people += [company.outsider, company.rival]
    full = [("supervisor", 3), ("sponsor", 4), ("sales_support", 1)]
    teams: list[tuple[bool, list[tuple[str, int]]]] = [
        (True, full),
        (False, full),
        (False, [*full, ("manager", 2)]),
        (False, [*full, ("finance_support", 2)]),
        (True, [*full, ("manager", 0)]),
        (True, [*full, ("market_support", 2), ("finance_support", 5)]),
        (True, [*full, ("market_support", 2)]),
        (True, []),
        (False, []),
        *((True, [pair for pair in full if pair != left]) for left in full),
        (True, [(role, 1) for role, _place in full]),
    ]
    accounts = []
    for owned, roles in teams:
        account = make_account(owner=people[0] if owned else None, unit=company.units.east_one)
        for role, place in roles:
            TeamMember.objects.create(account=account, person=people[place], role=role, since_on=SINCE)
        accounts.append(account)
    Person.objects.filter(pk=company.rival.pk).update(is_active=False)
    gone = make_account(owner=people[0], unit=company.units.east_one)
    for role, place in [*full, ("market_support", 6)]:
        TeamMember.objects.create(account=gone, person=people[place], role=role, since_on=SINCE)
    viewer = company.viewer("operations")
    lacking = set(Account.objects.filter(incomplete()).values_list("pk", flat=True))
    for account in (*accounts, gone):
        assert (account.pk in lacking) is bool(team(account, viewer=viewer).warnings), account.pk
    assert lacking not in (set(), {account.pk for account in (*accounts, gone)})
    assert set(Account.objects.filter(~incomplete()).values_list("pk", flat=True)).isdisjoint(lacking)
