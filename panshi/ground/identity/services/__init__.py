"""Writes of identity, by noun: people, units, roles, and what happens at the door."""

from panshi.ground.identity.services.people import (
    CannotChangePerson,
    CannotCreatePerson,
    CannotDeactivatePerson,
    CannotSetPassword,
    change_person,
    choose_appearance,
    create_person,
    deactivate_person,
    reactivate_person,
    reset_password,
    set_password,
)
from panshi.ground.identity.services.roles import CannotEndRole, CannotGiveRole, end_role, give_role
from panshi.ground.identity.services.signin import (
    end_session,
    note_failed_sign_in,
    note_second_factor,
    note_sign_in,
    note_sign_out,
    remove_second_factor,
)
from panshi.ground.identity.services.units import (
    CannotCloseUnit,
    CannotPlaceUnit,
    change_unit,
    close_unit,
    create_unit,
    move_unit,
    reopen_unit,
)

__all__ = [
    "CannotChangePerson",
    "CannotCloseUnit",
    "CannotCreatePerson",
    "CannotDeactivatePerson",
    "CannotEndRole",
    "CannotGiveRole",
    "CannotPlaceUnit",
    "CannotSetPassword",
    "change_person",
    "change_unit",
    "choose_appearance",
    "close_unit",
    "create_person",
    "create_unit",
    "deactivate_person",
    "end_role",
    "end_session",
    "give_role",
    "move_unit",
    "note_failed_sign_in",
    "note_second_factor",
    "note_sign_in",
    "note_sign_out",
    "reactivate_person",
    "remove_second_factor",
    "reopen_unit",
    "reset_password",
    "set_password",
]
