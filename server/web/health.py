"""For whoever watches the house: is the process alive, and is everything ready."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response

from server.render import run_checks
from server.web.answers import answer_json
from server.web.rooms import get_rooms

health = Blueprint("health", __name__)


@health.get("/health")
def alive() -> Response:
    """Say that this process answers; nothing else is asked."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@health.get("/ready")
def ready() -> Response:
    """Say which checks fail, by name alone: what was found is the operator's business."""
    rooms = get_rooms()
    checks = run_checks(rooms.settings, rooms.database, rooms.catalogue, datetime.now(UTC))
    is_ready = all(check.ok for check in checks)
    document = {
        "ready": is_ready,
        "checks": [{"name": check.name, "ok": check.ok} for check in checks],
        "failing": [check.name for check in checks if not check.ok],
    }
    response = answer_json(document, 200 if is_ready else 503)
    response.headers["Cache-Control"] = "no-store"
    if not is_ready:
        response.headers["Retry-After"] = "10"
    return response
