"""What every answer says to browsers about safety, and the refusal of requests from other sites."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.exceptions import Forbidden

from server.config import Settings
from server.render import cookie_secret, server_secret
from server.web.gate import SAFE_METHODS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# blob: for sound alone: it is how a page hands a growing practice to the browser piece by piece
# (Media Source Extensions); a blob is made by our own script or not at all.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
)

ENCRYPTED_ONLY = ("Strict-Transport-Security", "max-age=31536000")

PERSONAL_PATHS = (
    *("/api", "/author", "/courses", "/join", "/my-practice", "/room", "/sittings"),
    *("/from-my-therapist", "/with-therapist", "/worksheets", "/listen", "/account", "/welcome"),
    *("/sign-in", "/sign-out", "/subscribe/tests"),
)
"""What they answer is one person's own, or one device's, and is kept by no cache."""

NO_STORE = ("Cache-Control", "no-store")


class SafeHeaders:
    """Wraps a WSGI application: adds the headers to every answer, whoever made it.

    They are added here and not in a hook of Flask's, so that a range of audio pays one list
    for them and no answer can miss them.
    """

    def __init__(
        self, application: WSGIApplication, *, is_https: bool, sound_origin: str = ""
    ) -> None:
        self._application = application
        self._headers = [*HEADERS, ENCRYPTED_ONLY] if is_https else [*HEADERS]
        if sound_origin:
            self._headers[0] = (self._headers[0][0], policy_with(sound_origin))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the wrapped application does, with the headers added."""
        added = self._headers
        is_personal = environ.get("PATH_INFO", "").startswith(PERSONAL_PATHS)

        def start(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: object = None,
        ) -> Callable[[bytes], object]:
            if is_personal:
                headers = [pair for pair in headers if pair[0].lower() != "cache-control"]
                headers.append(NO_STORE)
            return start_response(status, headers + added, exc_info)  # type: ignore[arg-type]

        return self._application(environ, start)


def policy_with(sound_origin: str) -> str:
    """The policy of a house whose sound is sent by somebody else too: a page plays it, or its
    service worker fetches it for that.
    """
    policy = CONTENT_SECURITY_POLICY
    for directive in ("media-src 'self'", "connect-src 'self'"):
        policy = policy.replace(directive, f"{directive} {sound_origin}")
    return policy


def install_security(app: Flask, *, is_https: bool, sound_origin: str = "") -> None:
    """Add the headers to every answer of an app, and refuse unsafe requests of other sites."""
    app.wsgi_app = SafeHeaders(  # type: ignore[method-assign]
        app.wsgi_app, is_https=is_https, sound_origin=sound_origin
    )

    @app.before_request
    def refuse_other_sites() -> None:
        if (
            request.method not in SAFE_METHODS
            and request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site"
        ):
            raise Forbidden


def install_session(app: Flask, settings: Settings) -> None:
    """Let an app sign the cookie that remembers who has signed in."""
    is_https = settings.is_https
    app.secret_key = cookie_secret(server_secret(settings.secret_path))
    app.config.update(
        # With this prefix no other host of the domain can put a cookie in its place.
        SESSION_COOKIE_NAME="__Host-stepback_session" if is_https else "stepback_session",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
