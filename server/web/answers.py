"""Answers that more than one subject gives."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
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
