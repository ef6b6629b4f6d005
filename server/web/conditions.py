"""Conditional answers of what is put together for each request: a strong tag of its bytes."""

from __future__ import annotations

import hashlib

from flask import Response, request


def answer_conditionally(response: Response, *, cache_control: str) -> Response:
    """Add a strong tag of the content, and answer 304 where the client has it."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest())
    response.headers["Cache-Control"] = cache_control
    response.make_conditional(request.environ)
    return response
