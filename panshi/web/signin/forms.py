"""allauth's form for the second factor, with failed codes recorded like failed passwords."""

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.utils import timezone

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity import services
from panshi.ground.identity.models import Person


def _note_wrong_code(person: Person) -> None:
    services.note_failed_sign_in(
        username=person.username,
        step="code",
        address=get_adapter().get_client_ip(context.request),
        by=Viewer(person_id=None),
        at=timezone.now(),
    )


class CodeForm(AuthenticateForm):
    """The code asked for at sign-in."""

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        _note_wrong_code(self.user)


class CodeAgainForm(ReauthenticateForm):
    """The code asked for again before something sensitive."""

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        _note_wrong_code(self.user)
