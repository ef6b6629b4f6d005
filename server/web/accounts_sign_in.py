"""From a sign-in that Flask-Security has accepted to the row that counts, and to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import cast

from flask import Flask, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import user_logged_out
from flask_security import password_changed, user_authenticated, user_failed_authn
from flask_security.utils import set_request_attr
from werkzeug.exceptions import UnsupportedMediaType

from server.store.care import Deed, add_deed, add_sign_in, find_therapist, hash_token
from server.store.care.accounts import end_sign_in, end_sign_ins, is_idle, is_long
from server.web.accounts_datastore import Account, AccountDatastore, get_datastore
from server.web.accounts_settings import RECOVERY_CODES_URL, SIGN_IN_URL
from server.web.browser import browser_words
from server.web.people import NOBODY, SIGN_IN, deed_by
from server.web.rooms import get_rooms

View = Callable[..., ResponseReturnValue]

KEPT_AT_SIGN_IN = ("_user_id", "_fresh", "_id", "_flashes", "fs_paa", "fs_cc", "tf_remember_login")


def find_account_of_sign_in(datastore: AccountDatastore, uniquifier: str) -> Account | None:
    """Whom Flask-Security may take for signed in: whoever the row of the sign-in says."""
    token = session.get(SIGN_IN)
    account = datastore.find_user(fs_uniquifier=uniquifier)
    if account is None or not isinstance(token, str):
        return None
    with get_rooms().database.reading() as db:
        therapist = find_therapist(db, token, datetime.now(UTC))
    if therapist is None or therapist.id != account.therapist_id:
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return account


def how_it_ended() -> dict[str, bool]:
    """Why a browser is signed out by itself: nothing was asked for so long, or it was long ago."""
    token, now_at = session.get(SIGN_IN), datetime.now(UTC)
    if not isinstance(token, str):
        return {}
    with get_rooms().database.reading() as db:
        return {"was_idle": is_idle(db, token, now_at), "was_long": is_long(db, token, now_at)}


def install_sign_in(app: Flask) -> None:
    """Listen to what Flask-Security says, and go before and after its views."""
    user_authenticated.connect(_begin, app)
    user_logged_out.connect(_end, app)
    user_failed_authn.connect(_note_failure, app)
    password_changed.connect(_end_others, app)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("security."):
            app.view_functions[endpoint] = _watched(endpoint, cast(View, view))


def _begin(_app: Flask, user: Account, **_told: object) -> None:
    """Both factors were right: a sign-in of its own begins, and nothing of before goes on."""
    now_at, before = datetime.now(UTC), session.get(SIGN_IN)
    kept = {name: session[name] for name in KEPT_AT_SIGN_IN if name in session}
    with get_rooms().database.writing() as db:
        if isinstance(before, str):
            end_sign_in(db, user.therapist_id, hash_token(before), now_at)
        token = add_sign_in(db, user.therapist_id, browser_words(request), now_at)
        add_deed(db, _deed(user, "sign-in"), now_at)
    session.clear()
    g.pop("csrf_token", None)
    session.update(kept, **{SIGN_IN: token})


def _end(_app: Flask, **_told: object) -> None:
    token, now_at = session.pop(SIGN_IN, None), datetime.now(UTC)
    if not isinstance(token, str):
        return
    with get_rooms().database.writing() as db:
        therapist = find_therapist(db, token, now_at)
        if therapist is not None and end_sign_in(db, therapist.id, hash_token(token), now_at):
            add_deed(db, deed_by(therapist.id, therapist.room_id, "sign-out"), now_at)


def _end_others(_app: Flask, user: Account, **_told: object) -> None:
    """A new password ends whatever was signed in with the one before."""
    now_at, token = datetime.now(UTC), session.get(SIGN_IN)
    with get_rooms().database.writing() as db:
        end_sign_ins(db, user.therapist_id, now_at, but_hash=hash_token(token) if token else None)
        add_deed(db, _deed(user, "change-password"), now_at)


def _note_failure(_app: Flask, user: Account, **_told: object) -> None:
    _note(
        Deed(actor=NOBODY, action="sign-in-failed", room_id=user.room_id, subject=user.therapist_id)
    )


def _note(deed: Deed) -> None:
    with get_rooms().database.writing() as db:
        add_deed(db, deed, datetime.now(UTC))


def _deed(user: Account, action: str) -> Deed:
    return deed_by(user.therapist_id, user.room_id, action)


def _watched(endpoint: str, view: View) -> View:
    @wraps(view)
    def answer(**given: str) -> ResponseReturnValue:
        if request.is_json:
            raise UnsupportedMediaType
        if endpoint in SETTING_UP and _is_set_up_meanwhile():
            session.clear()
            return redirect(SIGN_IN_URL)
        had_sign_in = SIGN_IN in session
        answered = view(**given)
        if g.pop("tried_nobody", False):
            _note(Deed(actor=NOBODY, action="sign-in-failed"))
        if not had_sign_in and SIGN_IN in session and _has_no_recovery_codes():
            return redirect(RECOVERY_CODES_URL)
        return answered

    return answer


SETTING_UP = ("security.two_factor_setup", "security.two_factor_token_validation")


def _is_set_up_meanwhile() -> bool:
    """True for a first sign-in left lying open by one who knew the password alone.

    As soon as its owner has a second factor, it may not give the account another one.
    """
    if SIGN_IN in session or session.get("tf_state") not in (
        "setup_from_login",
        "validating_profile",
    ):
        return False
    account = get_datastore().find_user(fs_uniquifier=str(session.get("tf_user_id")))
    return account is not None and bool(account.tf_totp_secret and account.tf_primary_method)


def _has_no_recovery_codes() -> bool:
    account = get_datastore().find_user(fs_uniquifier=str(session.get("_user_id")))
    return account is not None and not account.mf_recovery_codes
