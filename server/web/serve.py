"""Runs the web tier: gunicorn with gevent workers, each with an application of its own.

SIGHUP starts it anew without a pause: a new master, of the code that lies there now, takes over the
sockets, and the old one ends once the new one can answer.
"""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.systemd import sd_notify
from gunicorn.workers.ggevent import GeventWorker

from server.config import Settings
from server.errors import StepbackError
from server.watch.lines import set_up_log

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MakeApplication = Callable[[Settings], "WSGIApplication"]
"""Settings → the application, such as server.app.create_app."""

SIOCGIFADDR = 0x8915
"""Linux: ask a network interface for its address; nothing is sent anywhere."""

LOOPBACK = ("127.0.0.0/8", "::1")
CONNECTIONS_PER_WORKER = 4000
SPARE_FILES = 200
UNSENT_BYTES = 128 * 1024
"""So much of an answer the kernel may hold that is not on its way: sixteen seconds of sound.

It would take megabytes for each of thousands who listen, and end some when it has too many.
"""
GRACEFUL_SECONDS = 60
GAVE_UP = 1
"""How gunicorn exits when it has tried its address five times."""


def serve(settings: Settings, make_application: MakeApplication, first_page: str = "") -> None:
    """Answer requests until SIGTERM or SIGINT; prints the addresses once it listens, of this page.

    Raises StepbackError where another program has the port.

    `make_application` is called in each worker, after gevent has patched what waits, so what it
    imports should be imported in it and not before.
    """
    set_up_log(level=settings.log_level, is_json=settings.log_format == "json")
    _allow_connections()
    master = os.getpid()
    try:
        _Server(settings, make_application, first_page).run()
    except SystemExit as ended:
        if ended.code == GAVE_UP and os.getpid() == master and _is_taken(settings):
            raise StepbackError(
                f"Something else listens at port {settings.port} of {settings.host}: stop it, or "
                f"choose another port, such as STEPBACK_PORT={settings.port % 65_535 + 1}."
            ) from ended
        raise


def _is_taken(settings: Settings) -> bool:
    """Whether another program has the port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with closing(socket.socket(family)) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((settings.host, settings.port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


class _Master(Arbiter):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's master, which starts anew as a whole or not at all."""

    def handle_hup(self) -> None:
        """Start a master of the code that lies there now.

        gunicorn would start new workers of this one, whose modules are partly the old ones.
        """
        self.reexec()


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """gunicorn, configured by our settings alone."""

    def __init__(
        self, settings: Settings, make_application: MakeApplication, first_page: str
    ) -> None:
        self._settings, self._make_application = settings, make_application
        self._first_page = first_page
        super().__init__()

    def load_config(self) -> None:
        """Hand every option to gunicorn; no file and no command line is read."""
        for name, value in _options(self._settings, self._first_page).items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Make the application; runs in a worker."""
        return self._make_application(self._settings)

    def run(self) -> None:
        """Answer until a signal ends it."""
        _Master(self).run()


def _allow_connections() -> None:
    """Raise this process's limit of open files as far as its connections and files need."""
    most, wanted = resource.RLIMIT_NOFILE, CONNECTIONS_PER_WORKER + SPARE_FILES
    soft, hard = resource.getrlimit(most)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        reachable = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(most, (reachable, hard))


def _options(settings: Settings, first_page: str) -> dict[str, object]:
    return {
        "bind": [_place(settings.host, settings.port), *_scraped_at(settings)],
        "workers": settings.web_workers,
        "worker_class": _GeventWorker,
        "worker_connections": CONNECTIONS_PER_WORKER,
        "timeout": 60,
        "graceful_timeout": GRACEFUL_SECONDS,
        "keepalive": 5,
        "backlog": 2048,
        "limit_request_line": 4094,
        "limit_request_fields": 64,
        "limit_request_field_size": 8190,
        "accesslog": None,
        "errorlog": "-",
        "logger_class": _OneLog,
        "loglevel": settings.log_level,
        "forwarded_allow_ips": ",".join(map(str, (*LOOPBACK, *settings.proxies))),
        "control_socket_disable": True,
        "proc_name": "stepback-web",
        "when_ready": partial(_open, first_page),
        "post_worker_init": _take_over,
    }


def _scraped_at(settings: Settings) -> list[str]:
    """Where the meters are read, if they are: `server.watch.scrape` tells by the port."""
    port = settings.metrics_port
    return [_place(settings.metrics_host, port)] if port else []


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class _GeventWorker(GeventWorker):  # type: ignore[misc] # gunicorn has no types
    """Ends when the master tells it to or is gone, from its first moment, and only then.

    Ctrl-C, which reaches every process of a terminal, is the master's to hear: told twice, a worker
    would say goodbye with a traceback.
    """

    def init_process(self) -> None:
        """End at once where it is told to before it hears as a worker does.

        By the handlers that it has from the master it would note that down for nobody, and the
        master would wait for it as long as for a request.
        """
        for told in (signal.SIGTERM, signal.SIGQUIT):
            signal.signal(told, _end_at_once)
        super().init_process()

    def init_signals(self) -> None:
        """Hear all that a worker hears but SIGINT."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def notify(self) -> None:
        """Tell the master that it lives; without one take nothing new, and finish what is begun.

        gunicorn would leave at once, in the midst of what somebody is listening to.
        """
        if self.ppid == os.getppid():
            super().notify()
        else:
            self.alive = False


def _end_at_once(_number: int, _frame: FrameType | None) -> None:
    os._exit(0)  # nothing has been begun that wants an end


class _OneLog(Logger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's own lines, written as all others are."""

    def setup(self, cfg: Any) -> None:  # noqa: ANN401 - gunicorn has no types
        """Hand them on, instead of writing them in a format of their own."""
        self.cfg = cfg
        self.loglevel = self.LOG_LEVELS[cfg.loglevel]
        self.error_log.setLevel(self.loglevel)
        self.error_log.propagate = True


def _take_over(worker: Any) -> None:  # noqa: ANN401 - gunicorn has no types
    """End the former master, if there is one: this worker of the new one can answer.

    A new version that cannot start never comes here, and the former one goes on. systemd is told
    first whom to look after from now on.
    """
    former, master = os.environ.get("GUNICORN_PID"), worker.ppid
    if former is not None and _parent_of(master) == int(former):
        sd_notify(f"MAINPID={master}", worker.log)
        os.kill(int(former), signal.SIGTERM)


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _open(
    first_page: str,
    arbiter: Any,  # noqa: ANN401 - gunicorn has no types
) -> None:
    """Say where it listens; each connection has from its socket how much the kernel may hold."""
    for listener in arbiter.LISTENERS:
        listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    for listener in arbiter.LISTENERS[:1]:  # the meters' own is for nobody to type
        for host, port in _addresses(*listener.sock.getsockname()[:2]):
            with suppress(OSError):  # nobody reads it, and nothing else hangs on it
                print(f"Stepback listens at http://{host}:{port}{first_page}", flush=True)


def _addresses(host: str, port: int) -> Iterator[tuple[str, int]]:
    """Name the addresses to type: for `any`, this machine's own and those in its networks."""
    if host == "0.0.0.0":  # noqa: S104 - a comparison
        yield "127.0.0.1", port
        yield from ((address, port) for address in _network_addresses())
    else:
        yield f"[{host}]" if ":" in host else host, port


def _network_addresses() -> Iterator[str]:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as asking:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # an interface without an address
                packed = fcntl.ioctl(asking, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                address = socket.inet_ntoa(packed[20:24])
                if not address.startswith("127."):
                    yield address
