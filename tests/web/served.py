"""A house at an address of this machine, for programs that are not ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from werkzeug.serving import make_server

from server.app import create_app
from server.config import Settings


@contextmanager
def served(settings: Settings, *, public_url: str = "") -> Iterator[str]:
    """Serve a house that is there already; gives its address, which its feeds name as well,
    unless others reach it by `public_url`.
    """
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    app = create_app(replace(settings, public_url=public_url or url))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["stepback"].database.close()
