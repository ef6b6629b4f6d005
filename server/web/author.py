"""Who is shown what only an author needs, and who may write: here, or as a room's head."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from flask import Request
from werkzeug.exceptions import Forbidden

from server.store.care import TherapistRow
from server.web.gate import SAFE_METHODS
from server.web.networks import is_loopback
from server.web.rooms import get_rooms

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
"""Headers by which a proxy says that it asks for somebody else."""


def is_author(asked: Request) -> bool:
    """True when a request may see what is there for the author of a practice.

    It comes from this very machine, not through a proxy on it, and by a name of this machine:
    another site may let its own name lead here (DNS rebinding), and would be read and written
    for as if it were ours.
    """
    if any(name in asked.headers for name in FORWARDED):
        return False
    return is_loopback(asked.remote_addr or "") and _is_this_machine(asked.host)


def may_write(asked: Request, therapist: TherapistRow | None) -> bool:
    """True when a request may read and write the scripts' files; `therapist` is signed in with it.

    The head of a practice room may, from wherever they can sign in, and whoever sits at the
    machine; not by that alone where the public address is encrypted. There a proxy stands in
    front, and one that does not say for whom it asks would open the files to everybody.
    """
    return _is_head(therapist) or (is_author(asked) and not get_rooms().settings.is_https)


def refuse_other_origins(asked: Request, therapist: TherapistRow | None) -> None:
    """Raise Forbidden for what would change something and comes from no page of this house."""
    # Who writes because they sit here has no proxy in between.
    own = _own_origins(asked) if _is_head(therapist) else {_direct_origin(asked)}
    if asked.method not in SAFE_METHODS and asked.headers.get("Origin") not in own:
        raise Forbidden


def _is_head(therapist: TherapistRow | None) -> bool:
    return therapist is not None and therapist.is_head


def _direct_origin(asked: Request) -> str:
    return asked.host_url.removesuffix("/")


def _own_origins(asked: Request) -> set[str]:
    """Where the pages of this house are that may have sent a request.

    A proxy need not hand on the name that a browser asked for, nor that it came encrypted. Where
    the house is encrypted, its cookie is too, but for what browsers trust like it: this machine.
    """
    settings = get_rooms().settings
    public = urlsplit(settings.public_url)
    own = {f"{public.scheme}://{public.netloc}", f"https://{asked.host}"}
    if not settings.is_https or _is_this_machine(asked.host):
        own.add(_direct_origin(asked))
    return own


def _is_this_machine(host: str) -> bool:
    try:
        name = (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return False
    machine = socket.gethostname().lower()
    names = {"localhost", machine, machine.partition(".")[0], f"{machine.partition('.')[0]}.local"}
    return name in names or is_loopback(name)
