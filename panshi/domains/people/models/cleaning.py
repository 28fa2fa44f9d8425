"""What a contact's fields must be before they are saved, for forms, imports and the interface; all errors at once."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from panshi.calc.phones import phone_key
from panshi.calc.pinyin import spell
from panshi.domains.people.models.contacts import Contact
from panshi.ground.base.refusals import Refused

CONTACT_FIELDS: Final = (
    *("name", "title", "department", "phone", "mobile", "email", "wechat", "primary", "note"),
)


class CannotSaveContact(Refused):
    """One or more fields are not what they must be; `errors` names each."""


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields as stored. Raises `CannotSaveContact` with all errors at once."""
    if unknown := set(values) - set(CONTACT_FIELDS):
        raise ValueError(f"not fields of a contact that can be edited: {sorted(unknown)}")
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in values.items():
        if name == "primary":
            cleaned[name] = bool(value)
            continue
        text = str(value or "").strip()
        field: Any = Contact._meta.get_field(name)
        length = field.max_length
        if length is not None and len(text) > length:
            errors[name] = _("最多 %(length)d 个字符。") % {"length": length}
        cleaned[name] = text
    if "name" in cleaned and not cleaned["name"]:
        errors["name"] = _("请填写姓名。")
    if cleaned.get("email"):
        try:
            validate_email(cleaned["email"])
        except ValidationError:
            errors["email"] = _("邮箱格式不正确。")
    if errors:
        raise CannotSaveContact(next(iter(errors.values())), errors=errors)
    return cleaned


def derive(contact: Contact) -> None:
    """Fill what follows from name and numbers."""
    spelling = spell(contact.name)
    contact.pinyin, contact.initials = spelling.pinyin[:240], spelling.initials[:60]
    contact.phone_key, contact.mobile_key = phone_key(contact.phone), phone_key(contact.mobile)
