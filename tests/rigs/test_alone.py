"""Nothing leaves the machine: the kernel is asked, not the programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_watching import free_ports
from tests.conftest import ROOT
from tests.web.conftest import SCRIPT, house_in

pytestmark = [
    pytest.mark.rig,
    pytest.mark.sqlite,
    pytest.mark.real_voice,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the network away"),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

TRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg")
AT_HOME = re.compile(r'sa_family=AF_UNIX|sa_family=AF_NETLINK|inet_addr\("127\.0\.0\.1"\)|"::1"')
SOMEWHERE = re.compile(r"sa_family=")


def strangers(log: str) -> list[str]:
    """The calls of a log by which something was sent to an address that is not this machine's."""
    return [
        line for line in log.splitlines() if SOMEWHERE.search(line) and not AT_HOME.search(line)
    ]


def test_a_house_without_a_network_calls_nobody(tmp_path: Path, counted) -> None:
    """Web, worker and the real voice, without any route: all works, no call is even tried."""
    port = str(free_ports()[0])
    house = house_in(tmp_path, STEPBACK_PORT=port, STEPBACK_VOICE="joe")
    scripts = house.settings.scripts_path
    (scripts / "soft-ground.md").write_text(SCRIPT.replace("voice: silent", "voice: joe"))
    house.database.close()
    settings = {
        "STEPBACK_DATA": str(tmp_path / "data"),
        "STEPBACK_KEYS": str(tmp_path / "keys"),
        "STEPBACK_CACHE": str(tmp_path / "cache"),
        "STEPBACK_SCRIPTS": str(scripts),
        "STEPBACK_PORT": port,
        "STEPBACK_WEB_WORKERS": "1",
        "STEPBACK_LEAST_FREE_MB": "1",
    }
    log = tmp_path / "calls.log"
    program = (sys.executable, "-m", "tests.rigs.alone", str(tmp_path), port)
    done = subprocess.run(
        ["unshare", "--net", *TRACE, "-o", log, *program],
        cwd=ROOT,
        env={**os.environ, **settings, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100_000
    calls = log.read_text(errors="replace")
    assert strangers(calls) == []
    at_home = sum("connect(" in line for line in calls.splitlines())
    assert at_home > 5
    counted(f"{at_home} connections, all to this machine; 0 to anywhere else")


@pytest.mark.parametrize("where", ["192.0.2.1", "2001:db8::1"])
def test_a_call_would_be_seen(tmp_path: Path, where: str) -> None:
    """A program that does call somebody is found by the same means."""
    family = "AF_INET6" if ":" in where else "AF_INET"
    call = f"import socket as s; s.socket(s.{family}, s.SOCK_DGRAM).connect_ex(({where!r}, 9))"
    log = tmp_path / "calls.log"
    subprocess.run(["unshare", "--net", *TRACE, "-o", log, sys.executable, "-c", call], check=True)
    assert any(where in line for line in strangers(log.read_text()))
