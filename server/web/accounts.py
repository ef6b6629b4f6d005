"""Accounts of therapists: Flask-Security, with a datastore, words and pages of our own."""

from __future__ import annotations

from flask import Flask, render_template
from flask_security import Security

from server.config import Settings
from server.web.account import account
from server.web.accounts_datastore import AccountDatastore, get_datastore
from server.web.accounts_factors import HouseCodes, HousePasskeys, HouseRecoveryCodes
from server.web.accounts_forms import PasskeyForm, SignInForm
from server.web.accounts_passwords import HousePasswords
from server.web.accounts_settings import security_settings
from server.web.accounts_sign_in import find_account_of_sign_in, how_it_ended, install_sign_in
from server.web.colleagues import colleagues
from server.web.csrf import install_csrf
from server.web.welcome import welcome


def install_accounts(app: Flask, settings: Settings) -> None:
    """Let therapists sign in: with a password and a code, or with a passkey."""
    app.config.update(security_settings(settings))
    datastore, gated_json = AccountDatastore(app.extensions["stepback"].database), app.json
    security = Security(
        app,
        datastore,
        login_form=SignInForm,
        wan_register_form=PasskeyForm,
        password_util_cls=HousePasswords,
        totp_cls=HouseCodes,
        mf_recovery_codes_util_cls=HouseRecoveryCodes,
        webauthn_util_cls=HousePasskeys,
    )
    app.json = gated_json  # Flask-Security has put one of its own there, without the gate
    _look_only_when_asked(app, security)
    security.want_json(lambda _request: False)  # our pages are for people
    security.render_template = render_template
    security.login_manager.user_loader(
        lambda uniquifier: find_account_of_sign_in(get_datastore(), uniquifier)
    )
    security.login_manager.request_loader(lambda _request: None)
    security.login_context_processor(how_it_ended)
    install_sign_in(app)
    for blueprint in (account, colleagues, welcome):
        app.register_blueprint(blueprint)
    install_csrf(app)


def _look_only_when_asked(app: Flask, security: Security) -> None:
    """Take out what looks at the session's cookie for every answer, sound and feed included.

    Who asks is found by the table of access, and nobody is remembered beyond a session.
    """
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
