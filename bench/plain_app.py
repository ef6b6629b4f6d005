"""The real application with one plain view beside it, as the measure for its ranges."""

from __future__ import annotations

import os

from flask import Response

from server.app import create_app
from server.config import Settings
from server.web.access import open_to_anybody

app = create_app(Settings.from_environment(os.environ))


@app.get("/hi")
def hi() -> Response:
    """Answer as little as a view can."""
    return Response("hi", content_type="text/plain")


open_to_anybody(app, "hi")
