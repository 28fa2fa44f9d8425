"""Writes of identity: each does one thing, refuses once, and leaves nothing behind when it refuses."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from panshi.ground.audit.models import Change, Event
from panshi.ground.base.refusals import NotAllowed, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity import services
from panshi.ground.identity.models import Assignment, Person, Unit
from panshi.ground.identity.reports import viewer_of
from tests.factories.organisation import AT, PASSWORD, SINCE, Company, make_person, make_unit

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def last_event() -> Event:
    event: Event = Event.objects.order_by("-pk")[0]
    return event


class TestPeople:
    def test_a_person_is_created_with_spelling_and_one_event(self, system: Viewer) -> None:
        person = services.create_person(username="shen", name="沈南舟", password=PASSWORD, by=system, at=AT)

        assert (person.pinyin, person.initials) == ("shennanzhou", "snz")
        assert person.check_password(PASSWORD)
        assert person.password.startswith("argon2")
        assert (last_event().kind, last_event().subject_id) == ("identity.person_created", person.pk)

    def test_the_event_holds_no_personal_value(self, system: Viewer) -> None:
        services.create_person(username="shen", name="沈南舟", password=None, by=system, at=AT)

        assert last_event().payload == "{}"
        assert Change.objects.filter(event=last_event(), field="name", after="沈南舟").exists()

    @pytest.mark.parametrize("username", ["shen", "SHEN", "Shen"])
    def test_a_name_is_taken_in_any_case(self, system: Viewer, username: str) -> None:
        services.create_person(username="shen", name="沈南舟", password=None, by=system, at=AT)

        with pytest.raises(services.CannotCreatePerson) as refusal:
            services.create_person(username=username, name="沈北舟", password=None, by=system, at=AT)
        assert set(refusal.value.errors) == {"username"}
        assert Person.objects.count() == 1

    @pytest.mark.parametrize("weak", ["short-1", "1234567890", "password1234", "shennanzhou"])
    def test_a_weak_password_is_refused(self, system: Viewer, weak: str) -> None:
        with pytest.raises(services.CannotSetPassword):
            services.create_person(username="shennanzhou", name="沈南舟", password=weak, by=system, at=AT)
        assert not Person.objects.exists()
        assert not Event.objects.exists()

    def test_one_may_change_oneself_and_nobody_else(self, company: Company) -> None:
        me = company.viewer("owner")
        changed = services.change_person(
            person=company.owner,
            name="沈南洲",
            email="s@example.com",
            phone="13800000000",
            expected_version=1,
            by=me,
            at=AT,
        )
        assert (changed.name, changed.pinyin, changed.version) == ("沈南洲", "shennanzhou", 2)

        with pytest.raises(NotAllowed):
            services.change_person(
                person=company.colleague, name="某人", email="", phone="", expected_version=1, by=me, at=AT
            )

    def test_a_record_that_moved_on_is_not_overwritten(self, company: Company) -> None:
        with pytest.raises(Stale) as stale:
            services.change_person(
                person=company.owner,
                name="沈",
                email="",
                phone="",
                expected_version=7,
                by=company.viewer("owner"),
                at=AT,
            )
        assert stale.value.theirs == 1

    def test_a_person_without_a_name_is_refused(self, company: Company) -> None:
        with pytest.raises(services.CannotChangePerson):
            services.change_person(
                person=company.owner,
                name="",
                email="",
                phone="",
                expected_version=1,
                by=company.viewer("owner"),
                at=AT,
            )

    def test_a_temporary_password_is_strong_and_must_be_changed(self, company: Company) -> None:
        administrator = company.viewer("administrator")
        first = services.reset_password(person=company.owner, by=administrator, at=AT)
        second = services.reset_password(person=company.owner, by=administrator, at=AT)
        company.owner.refresh_from_db()

        assert first != second
        assert len(second) == 17
        assert company.owner.check_password(second)
        assert company.owner.must_change_password

        services.set_password(
            person=company.owner, password=PASSWORD, by=Viewer(person_id=company.owner.pk), at=AT
        )
        company.owner.refresh_from_db()
        assert not company.owner.must_change_password

    def test_only_administrators_reset_passwords(self, company: Company) -> None:
        with pytest.raises(NotAllowed):
            services.reset_password(person=company.owner, by=company.viewer("director"), at=AT)
        with pytest.raises(NotAllowed):
            services.set_password(
                person=company.owner, password=PASSWORD, by=company.viewer("director"), at=AT
            )

    def test_a_deactivated_person_holds_no_right(self, company: Company) -> None:
        services.deactivate_person(person=company.owner, by=company.viewer("administrator"), at=AT)
        assert not viewer_of(company.owner.pk, on=TODAY).spans

        services.reactivate_person(person=company.owner, by=company.viewer("administrator"), at=AT)
        assert viewer_of(company.owner.pk, on=TODAY).may("accounts.view")

    def test_the_last_administrator_cannot_be_deactivated(self, company: Company) -> None:
        administrator = company.viewer("administrator")
        with pytest.raises(services.CannotDeactivatePerson):
            services.deactivate_person(person=company.administrator, by=administrator, at=AT)
        company.administrator.refresh_from_db()
        assert company.administrator.is_active

        make_person("管二", role="administrator", unit=company.units.head)
        services.deactivate_person(person=company.administrator, by=administrator, at=AT)
        company.administrator.refresh_from_db()
        assert not company.administrator.is_active

    def test_an_administrator_to_come_does_not_count_today(self, company: Company, system: Viewer) -> None:
        later = make_person("管后")
        services.give_role(
            person=later,
            unit=company.units.head,
            role="administrator",
            since_on=TODAY + dt.timedelta(days=30),
            by=system,
            at=AT,
        )
        with pytest.raises(services.CannotDeactivatePerson):
            services.deactivate_person(person=company.administrator, by=system, at=AT)


class TestRoles:
    def test_nobody_gives_himself_rights(self, company: Company) -> None:
        for name in ("owner", "director", "general_manager", "operations", "compliance", "newcomer"):
            with pytest.raises(NotAllowed):
                services.give_role(
                    person=getattr(company, name),
                    unit=company.units.head,
                    role="administrator",
                    since_on=SINCE,
                    by=company.viewer(name),
                    at=AT,
                )
        assert not Assignment.objects.filter(role="administrator").exclude(person=company.administrator)

    def test_a_role_counts_from_its_first_to_its_last_day(self, company: Company, system: Viewer) -> None:
        services.give_role(
            person=company.newcomer,
            unit=company.units.south,
            role="finance",
            since_on=TODAY,
            until_on=TODAY + dt.timedelta(days=2),
            by=system,
            at=AT,
        )
        held = [
            viewer_of(company.newcomer.pk, on=TODAY + dt.timedelta(days=days)).may("accounts.view")
            for days in range(-1, 4)
        ]
        assert held == [False, True, True, True, False]

    def test_several_roles_add_up(self, company: Company, system: Viewer) -> None:
        services.give_role(
            person=company.owner,
            unit=company.units.south,
            role="finance",
            since_on=SINCE,
            by=system,
            at=AT,
        )
        span = viewer_of(company.owner.pk, on=TODAY).span("accounts.view")
        assert span is not None
        assert span.units == {company.units.south.pk, company.units.south_one.pk}

    @pytest.mark.parametrize(
        ("role", "until_on", "field"),
        [
            ("key_account_manager", None, "role"),
            ("no_such_role", None, "role"),
            ("finance", SINCE - dt.timedelta(days=1), "until_on"),
        ],
    )
    def test_a_role_is_refused(
        self, company: Company, system: Viewer, role: str, until_on: dt.date | None, field: str
    ) -> None:
        before = Assignment.objects.count()
        with pytest.raises(services.CannotGiveRole) as refusal:
            services.give_role(
                person=company.owner,
                unit=company.units.east_one,
                role=role,
                since_on=SINCE,
                until_on=until_on,
                by=system,
                at=AT,
            )
        assert set(refusal.value.errors) == {field}
        assert Assignment.objects.count() == before

    def test_the_last_administrator_keeps_the_role(self, company: Company) -> None:
        assignment = Assignment.objects.get(person=company.administrator)
        with pytest.raises(services.CannotEndRole):
            services.end_role(
                assignment=assignment, until_on=TODAY, by=company.viewer("administrator"), at=AT
            )
        assignment.refresh_from_db()
        assert assignment.until_on is None

    def test_an_ended_role_stays_as_history(self, company: Company, system: Viewer) -> None:
        assignment = Assignment.objects.get(person=company.owner)
        services.end_role(assignment=assignment, until_on=TODAY, by=system, at=AT)

        assert viewer_of(company.owner.pk, on=TODAY).may("accounts.view")
        assert not viewer_of(company.owner.pk, on=TODAY + dt.timedelta(days=1)).may("accounts.view")
        assert Assignment.objects.filter(pk=assignment.pk).exists()


class TestUnits:
    def test_units_never_close_a_circle(self, company: Company, system: Viewer) -> None:
        units = company.units
        for parent in (units.east, units.east_one):
            with pytest.raises(services.CannotPlaceUnit):
                services.move_unit(unit=units.east, parent=parent, by=system, at=AT)
        units.east.refresh_from_db()
        assert units.east.parent_id == units.head.pk

    def test_moving_a_unit_moves_what_a_leader_sees(self, company: Company, system: Viewer) -> None:
        services.move_unit(unit=company.units.south_one, parent=company.units.east, by=system, at=AT)
        span = company.viewer("director").span("accounts.view")
        assert span is not None
        assert company.units.south_one.pk in span.units

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"code": "TAKEN"}, "code"),
            ({"name": ""}, "name"),
            ({"kind": "galaxy"}, "kind"),
            ({"code": ""}, "code"),
        ],
    )
    def test_a_wrong_unit_is_refused(self, system: Viewer, values: dict[str, str], field: str) -> None:
        make_unit("总部", code="TAKEN")
        wanted = {"code": "NEW", "name": "新部门", "kind": "department"} | values
        with pytest.raises(services.CannotPlaceUnit) as refusal:
            services.create_unit(**wanted, parent=None, by=system, at=AT)
        assert set(refusal.value.errors) == {field}
        assert Unit.objects.count() == 1

    def test_a_change_is_guarded_and_recorded(self, company: Company, system: Viewer) -> None:
        unit = company.units.east_two
        wanted = {"code": unit.code, "kind": "team", "parent": company.units.south}
        changed = services.change_unit(
            unit=unit, name="南区二组", **wanted, expected_version=1, by=system, at=AT
        )
        assert (changed.name, changed.parent_id, changed.version) == ("南区二组", company.units.south.pk, 2)
        assert last_event().payload == '{"fields":["name","parent"]}'

        with pytest.raises(Stale):
            services.change_unit(unit=unit, name="又改", **wanted, expected_version=1, by=system, at=AT)

    def test_a_unit_closes_only_when_empty(self, company: Company, system: Viewer) -> None:
        for full in (company.units.east, company.units.east_one):
            with pytest.raises(services.CannotCloseUnit):
                services.close_unit(unit=full, by=system, at=AT)
        assert not services.close_unit(unit=company.units.east_two, by=system, at=AT).active
        assert services.reopen_unit(unit=company.units.east_two, by=system, at=AT).active


class TestDoor:
    def test_addresses_are_kept_apart_from_the_event(self, company: Company) -> None:
        services.note_sign_in(address="192.0.2.7", by=company.viewer("owner"), at=AT)
        event = last_event()
        assert (event.kind, event.subject_id, event.payload) == ("identity.signed_in", company.owner.pk, "{}")
        assert Change.objects.get(event=event).after == "192.0.2.7"

    def test_an_unknown_name_is_not_kept(self, company: Company) -> None:
        nobody = Viewer(person_id=None)
        services.note_failed_sign_in(
            username="my-secret-password", step="password", address="192.0.2.7", by=nobody, at=AT
        )
        event = last_event()
        assert event.subject_id is None
        assert "secret" not in event.payload
        assert not Change.objects.filter(event=event, after__contains="secret").exists()

    def test_a_lost_second_factor_is_taken_away_by_an_administrator_only(self, company: Company) -> None:
        Authenticator.objects.create(user_id=company.owner.pk, type="totp", data={})
        with pytest.raises(NotAllowed):
            services.remove_second_factor(person=company.owner, by=company.viewer("owner"), at=AT)
        services.remove_second_factor(person=company.owner, by=company.viewer("administrator"), at=AT)
        assert not Authenticator.objects.exists()
        assert last_event().kind == "identity.second_factor_changed"

    def test_one_ends_ones_own_session_only(self, company: Company) -> None:
        session = UserSession.objects.create(
            user_id=company.owner.pk, ip="192.0.2.7", session_key="k", user_agent="Firefox"
        )
        with pytest.raises(NotAllowed):
            services.end_session(session=session, by=company.viewer("colleague"), at=AT)
        services.end_session(session=session, by=company.viewer("owner"), at=AT)
        assert not UserSession.objects.exists()


def test_looks_are_kept_if_they_exist(company: Company) -> None:
    me = company.viewer("owner")
    services.choose_appearance(language="en", theme="dark", by=me)
    services.choose_appearance(language="tlh", theme="plaid", by=me)
    company.owner.refresh_from_db()
    assert (company.owner.language, company.owner.theme) == ("en", "dark")
