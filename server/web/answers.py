"""Answers that more than one subject gives."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, current_app, request
from pydantic import BaseModel


def answer_json(
    document: BaseModel | dict[str, Any],
    status: int = 200,
    *,
    content_type: str = "application/json",
) -> Response:
    """Answer a document as JSON."""
    value = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
    return Response(current_app.json.dumps(value), status=status, content_type=content_type)


def answer_conditionally(response: Response, *, cache_control: str) -> Response:
    """Add a strong tag of the content, and answer 304 where whoever asks has it."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest())
    response.headers["Cache-Control"] = cache_control
    response.make_conditional(request.environ)
    return response
