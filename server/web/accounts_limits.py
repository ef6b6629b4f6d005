"""How often somebody may be wrong, per account and network: nobody locks another one out."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import cast

from flask import Flask, Response, request, session
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter

from server.store.care.accounts import normalise_email
from server.web.accounts_failures import SCHEME
from server.web.asking import find_address

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

UNREADABLE = "unreadable"
"""Where a proxy says something that is no address."""

WIDTHS = {4: 24, 6: 64}
"""How many bits of an address are one network's."""


def find_network() -> str:
    """The network that asks. A proxy on this very machine says for whom it asks."""
    address = find_address()
    return (
        str(ip_network(f"{address}/{WIDTHS[address.version]}", strict=False))
        if address
        else UNREADABLE
    )


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

    Comes when all routes are there.
    """
    limiter = Limiter(
        find_network,
        app=app,
        storage_uri=f"{SCHEME}://",
        strategy="moving-window",
        headers_enabled=True,
    )
    for endpoint, is_failure in WATCHED.items():
        for limit, key in _limits_of(endpoint):
            watch = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=is_failure)
            view = cast(View, app.view_functions[endpoint])
            app.view_functions[endpoint] = cast(View, watch(view))
    for endpoint in ("welcome.show", "welcome.accept"):
        watch = limiter.limit(PER_NETWORK, key_func=find_network, deduct_when=_is_nothing)
        app.view_functions[endpoint] = cast(View, watch(cast(View, app.view_functions[endpoint])))


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
