"""Flask-Security's forms where this house asks for less than it, or for something else."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_security import LoginForm
from flask_security.webauthn import WebAuthnRegisterForm

from server.web.accounts_settings import AFTER_SIGN_IN
from server.web.addresses import is_own_path

FIRST = "first"


class SignInForm(LoginForm):
    """E-mail address and password. Nobody is remembered: others may sit at the machine."""

    remember = None

    def __init__(self, *given: Any, **more: Any) -> None:  # noqa: ANN401 - as Flask-Security does
        super().__init__(*given, **more)
        if not is_own_path(self.next.data or ""):  # nobody is led to another site
            self.next.data = AFTER_SIGN_IN

    def validate(self, **given: Any) -> bool:  # noqa: ANN401 - as Flask-Security calls it
        """Check, and note whether an account was tried out that is not here."""
        is_right = bool(super().validate(**given))
        g.tried_nobody = not is_right and self.user is None and bool(self.password.data)
        return is_right


class PasskeyForm(WebAuthnRegisterForm):
    """A passkey's name. Each stands for both factors."""

    def validate(self, **given: Any) -> bool:  # noqa: ANN401 - as Flask-Security calls it
        """Check the name; what it is for is not for the browser to say."""
        self.usage.data = FIRST
        return bool(super().validate(**given))
