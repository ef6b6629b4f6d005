"""A house whose first process is gone, or that has no room for one more connection."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import psutil
import pytest

from tests.deploy.front import PATIENCE_S, stepback_serve
from tests.deploy.people import RIGHT, Listener, house_with_sound
from tests.served import served_environment

pytestmark = pytest.mark.rig

HANDLES = 96
CROWD = 200


def test_when_the_first_process_is_killed_its_workers_finish_and_go(tmp_path: Path):
    """Whoever listens hears it out; then nobody is left at the port, and it can be begun anew."""
    house, key = house_with_sound(tmp_path)
    environ = served_environment(house.settings, STEPBACK_WEB_WORKERS="2")
    with stepback_serve(environ) as (place, process):
        workers = psutil.Process(process.pid).children()
        listener = Listener(place, f"/audio/{key}.mp3")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=PATIENCE_S)
        with suppress(ConnectionRefusedError):
            while True:  # until its workers have noticed it
                socket.create_connection(("127.0.0.1", place.port)).close()
        assert listener.hear_out() == RIGHT
        assert listener.times_resumed == 0
        _, left = psutil.wait_procs(workers, timeout=PATIENCE_S)
        assert left == []
    anew = served_environment(house.settings, STEPBACK_PORT=str(place.port))
    with stepback_serve(anew) as (again, _):
        assert again.port == place.port
        assert again.ask("GET", "/health")[0].status == 200


def test_without_handles_it_waits_and_goes_on(tmp_path: Path):
    """More connections than there are handles: when they have gone it answers as before."""
    house, key = house_with_sound(tmp_path)
    environ = served_environment(house.settings)
    with stepback_serve(environ) as (place, process):
        assert place.ask("GET", "/health")[0].status == 200
        [worker] = psutil.Process(process.pid).children()
        worker.rlimit(psutil.RLIMIT_NOFILE, (HANDLES, HANDLES))
        with closing(place.connect()) as wanting:
            with ExitStack() as crowd:
                for _ in range(CROWD):
                    silent = crowd.enter_context(socket.socket())
                    silent.settimeout(PATIENCE_S)
                    silent.connect(("127.0.0.1", place.port))
                wanting.request("GET", "/health")
            assert wanting.getresponse().status == 200
        assert Listener(place, f"/audio/{key}.mp3").hear_out() == RIGHT
        assert worker.is_running()
