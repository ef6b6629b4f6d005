"""What the nginx in front sends in our place: we decide, and it reads and sends a finished file.

An answer with X-Accel-Redirect has no bytes: it names a place that nobody can ask for from outside
(`internal` in deploy/nginx.conf), and nginx answers the very request with the file that lies there.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from server.web.ranges import Answer, Asked

HAND_OVER = "X-Accel-Redirect"
INSIDE = "/_stepback/"
"""Where the shelf lies for nginx; deploy/nginx.conf has of it the folder of the renders."""

_ON_THE_SHELF = re.compile(r"renders/[0-9a-f]{2}/[0-9a-f]{64}/[0-9a-f]{16,64}\.[0-9a-z]{2,5}")
_ONE_RANGE = re.compile(r"bytes=(?:[0-9]{1,15}-[0-9]{0,15}|-[0-9]{1,15})", re.ASCII)


def inside_address(path: PurePath) -> str:
    """Where nginx finds a published file, by its path on the shelf.

    Empty for a path of any other form: then nothing is handed over, whatever a row of the
    database may say.
    """
    is_known = _ON_THE_SHELF.fullmatch(str(path)) is not None
    return f"{INSIDE}{path}" if is_known else ""


def is_alike_from_nginx(asked: Asked, answer: Answer) -> bool:
    """True for what nginx answers as we do, byte for byte: a whole file, or one plain range of it.

    A HEAD with a range, several ranges, a range that is none and conditions it takes differently;
    they are rare and small, and are answered from here.
    """
    if asked.method != "GET" or asked.has_precondition:
        return False
    if asked.range is None:
        return answer.status == 200
    return answer.status == 206 and _ONE_RANGE.fullmatch(asked.range) is not None
