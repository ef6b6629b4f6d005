"""How often somebody may be wrong, per account and network: nobody locks another one out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from flask import Flask, Response, after_this_request, request, session
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter

from server.store.care.accounts import normalise_email
from server.web.accounts_failures import SCHEME, DatabaseFailures
from server.web.networks import find_network

View = Callable[..., ResponseReturnValue]

PER_ACCOUNT = "10 per 15 minutes"
"""So often may one network be wrong with one account."""

PER_NETWORK = "100 per hour"
"""So often may one network be wrong with all accounts together."""

PER_SECOND_FACTOR = "30 per hour"
"""So often may all networks be wrong with a code: only who knows the password comes so far."""

PER_CODES = "20 per 10 minutes"
"""So often may one network be wrong with the code of a loudspeaker."""

LOUDSPEAKER = "loudspeaker_api.join"


def _account() -> str:
    return normalise_email(request.form.get("email", ""))[:254] or _begun()


def _begun() -> str:
    """Whose sign-in has been begun, or who is signed in and shows once more that it is them."""
    return str(session.get("tf_user_id") or session.get("_user_id") or "")


def _is_wrong(answer: Response) -> bool:
    """True where the form is shown again: what is right leads on."""
    return answer.status_code == 200


def _is_refused(answer: Response) -> bool:
    """True where a passkey led back to where it was asked for."""
    return answer.location is not None and "passkey" in answer.location


def _is_nothing(answer: Response) -> bool:
    """True for a link that leads nowhere."""
    return answer.status_code == 404


WATCHED: dict[str, Callable[[Response], bool]] = {
    "security.login": _is_wrong,
    "security.two_factor_token_validation": _is_wrong,
    "security.mf_recovery": _is_wrong,
    "security.verify": _is_wrong,
    "security.change_password": _is_wrong,
    "welcome.send_link": _is_wrong,
    "security.wan_signin_response": _is_refused,
    "security.wan_verify_response": _is_refused,
    LOUDSPEAKER: _is_nothing,
}
SECOND_FACTORS = ("security.two_factor_token_validation", "security.mf_recovery")


def install_limits(app: Flask) -> None:
    """Watch how often a sign-in or a code is wrong; one time more is a 429 with Retry-After.

    A try is counted before it is looked at, and taken off the count when it was right: of many at
    the same moment no more are looked at than may be wrong. Comes when all routes are there.
    """
    limiter = Limiter(
        find_network,
        app=app,
        storage_uri=f"{SCHEME}://",
        strategy="moving-window",
        headers_enabled=True,
    )
    for endpoint, is_failure in WATCHED.items():
        view = cast(View, app.view_functions[endpoint])
        for limit, key in _limits_of(endpoint):
            view = cast(View, limiter.limit(limit, key_func=key, methods=["POST"])(view))
        app.view_functions[endpoint] = _taking_off(limiter, is_failure, view)
    for endpoint in ("welcome.show", "welcome.accept"):
        view = cast(View, app.view_functions[endpoint])
        watched = cast(View, limiter.limit(PER_NETWORK, key_func=find_network)(view))
        app.view_functions[endpoint] = _taking_off(limiter, _is_nothing, watched)


def _taking_off(limiter: Limiter, is_failure: Callable[[Response], bool], view: View) -> View:
    """Take a try off the counts again when it is answered, unless it was wrong."""

    @wraps(view)
    def watched(*given: object, **named: object) -> ResponseReturnValue:
        @after_this_request
        def take_off(answer: Response) -> Response:
            counted = [each.key for each in limiter.current_limits if not each.breached]
            if counted and not is_failure(answer):
                cast(DatabaseFailures, limiter.storage).take_off(counted)
            return answer

        return view(*given, **named)

    return watched


def _limits_of(endpoint: str) -> list[tuple[str, Callable[[], str]]]:
    if endpoint == LOUDSPEAKER:
        return [(PER_CODES, find_network)]
    limits: list[tuple[str, Callable[[], str]]] = [
        (PER_ACCOUNT, lambda: f"{_account()} {find_network()}"),
        (PER_NETWORK, find_network),
    ]
    if endpoint in SECOND_FACTORS:
        limits.append((PER_SECOND_FACTOR, _begun))
    return limits
