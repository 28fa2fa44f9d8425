from typing import Any

from django import forms

from allauth.mfa.models import Authenticator

class BaseAuthenticateForm(forms.Form):
    user: Any
    def _emit_authentication_failed(self, authenticator: Authenticator) -> None: ...

class AuthenticateForm(BaseAuthenticateForm): ...
class ReauthenticateForm(BaseAuthenticateForm): ...
