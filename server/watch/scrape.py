"""What Prometheus reads: the meters of all processes of one part, and what the database knows.

The web part adds its processes up by files in memory, as prometheus-client does it; so the place
of these files has to be known before prometheus-client is first imported.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

    from server.watch.meters import HouseNow

ReadHouse = Callable[[], "HouseNow"]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus-client looks for the place of its files."""

PATH = "/metrics"


@contextmanager
def shared_meters() -> Iterator[None]:
    """Let processes that are forked within this block share their meters.

    In memory, where there is a file system of it: on a full disk a process that writes into such
    a file would be killed.
    """
    if "prometheus_client" in sys.modules:
        raise RuntimeError("The meters were loaded before it was said that they are shared.")
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it is ours alone
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="stepback-meters-", dir=place) as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


def make_registry(read_house: ReadHouse) -> CollectorRegistry:
    """Gather the meters of this process, or of all that share them, and the house's gauges."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    from server.watch.meters import METERS

    registry = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # registers itself
    else:
        registry.register(METERS)
    registry.register(_House(read_house))
    return registry


class _House:
    """Reads the house's gauges anew each time."""

    def __init__(self, read_house: ReadHouse) -> None:
        self._read_house = read_house

    def describe(self) -> Iterable[Metric]:
        """Nothing is read before somebody asks."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Give each gauge that is known now."""
        from prometheus_client.core import GaugeMetricFamily

        from server.watch.meters import HOUSE

        known = self._read_house()
        for gauge in HOUSE:
            if gauge.name in known:
                yield GaugeMetricFamily(gauge.name, gauge.help, value=known[gauge.name])


def listen_for_scrapes(host: str, port: int, read_house: ReadHouse) -> Callable[[], None]:
    """Answer Prometheus in a thread of this process; gives what ends it. May raise OSError."""
    from prometheus_client import start_http_server

    server, thread = start_http_server(port, host, make_registry(read_house))

    def end() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return end


class ScrapedBeside:
    """A WSGI application whose meters are read at a port of their own, and nowhere else."""

    def __init__(self, application: WSGIApplication, port: int, read_house: ReadHouse) -> None:
        from prometheus_client import make_wsgi_app

        self._application, self._port = application, str(port)
        self._meters: WSGIApplication = make_wsgi_app(make_registry(read_house))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the socket that a request came in at; no header can say another one."""
        if environ["SERVER_PORT"] != self._port:
            return self._application(environ, start_response)
        if environ["PATH_INFO"] == PATH:
            return self._meters(environ, start_response)
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
