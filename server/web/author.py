"""Who is shown what only an author needs: whoever sits at the machine."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from flask import Request, request
from werkzeug.exceptions import Forbidden, NotFound

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


def may_write(asked: Request) -> bool:
    """True when a request may read and write the scripts' files.

    With an encrypted public address nobody may: there a proxy stands in front, and one that does
    not say for whom it asks would open the files to everybody.
    """
    return is_author(asked) and not get_rooms().settings.is_https


def admit_author() -> None:
    """Let whoever may write in, and nothing that another site has sent.

    Everybody else is told that there is nothing here.
    """
    if not may_write(request):
        raise NotFound
    own = request.host_url.removesuffix("/")
    if request.method not in SAFE_METHODS and request.headers.get("Origin") != own:
        raise Forbidden


def _is_this_machine(host: str) -> bool:
    try:
        name = (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return False
    machine = socket.gethostname().lower()
    names = {"localhost", machine, machine.partition(".")[0], f"{machine.partition('.')[0]}.local"}
    return name in names or is_loopback(name)
