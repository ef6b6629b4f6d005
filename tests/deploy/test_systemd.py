"""The units, run by a systemd behind nginx, and set up by the lines that docs/updating.md gives."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from tests.deploy.booted import ROOT, Machine, booted
from tests.deploy.front import NGINX, Place, shipped, write_certificate
from tests.deploy.people import Asking, order
from tests.deploy.test_restart import NO_LIMIT
from tests.deploy.test_units import UNITS

pytestmark = [
    pytest.mark.real_voice,
    pytest.mark.long,
    pytest.mark.timeout(900),
    pytest.mark.skipif(NGINX is None, reason="nginx is not there: apt-get install -y nginx-light"),
]

PRACTICE = "three-breaths"
OUR_SETTINGS = (
    "STEPBACK_SCRIPTS=/opt/stepback/tests/small_library",
    "STEPBACK_RENDER_AHEAD=no",
    "STEPBACK_WEB_WORKERS=1",  # all is begun six times
    "STEPBACK_VOICE_PROCESSES=1",
    "STEPBACK_LOG_FORMAT=text",
)
STATE, CACHE = "/var/lib/stepback", "/var/cache/stepback"


@dataclass(frozen=True)
class Installed:
    """A house on a machine of its own, and the way to its nginx."""

    machine: Machine
    outside: Place
    key: str
    """Of a recording that its worker has made."""
    sound: bytes
    health: str
    """What `stepback doctor` said then."""

    def main_pid(self, unit: str = "stepback-web") -> int:
        """The main process of a unit, as systemd knows it."""
        pid = int(self.machine.show(unit, "MainPID"))
        assert pid > 0, self.machine.last_lines()
        return pid

    def reload(self) -> None:
        """Begin the web anew; returns when the old one has ended."""
        old = self.main_pid()
        self.machine.run("systemctl reload stepback-web")
        while self.main_pid() == old or old in self.processes():
            self.outside.ask("GET", "/health")

    def processes(self) -> set[int]:
        """All that its account runs."""
        owners = self.machine.run("stat --format='%U %n' /proc/[0-9]* || true")
        return set(map(int, re.findall(r"^stepback /proc/(\d+)$", owners, re.MULTILINE)))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Set up as an operator does, and order a recording."""
    folder = tmp_path_factory.mktemp("machine")
    with booted(folder) as machine:
        *lines, last = lines_of("docs/updating.md")
        machine.run("\n".join(lines))
        change_what_is_theirs(machine, folder)
        machine.run(last)
        with (
            machine.reach(443, is_encrypted=True) as outside,
            machine.follow("stepback-worker") as log,
        ):
            log.wait_for("worker ready")
            with closing(outside.connect()) as connection:
                key = json.load(order(connection, PRACTICE))["key"]
            assert "done" in log.wait_for(f"render (done|failed) key={key}")
            answer, sound = outside.ask("GET", f"/audio/{key}.mp3")
            assert (answer.status, answer.getheader("Content-Type")) == (200, "audio/mpeg")
            yield Installed(machine, outside, key, sound, machine.run("stepback doctor"))


def lines_of(document: str) -> list[str]:
    """The first lines of a document that are to be typed."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(r"^```\n(.+?)^```", text, re.DOTALL | re.MULTILINE)[0].splitlines()


def change_what_is_theirs(machine: Machine, folder: Path) -> None:
    """Change the settings and nginx's file: two practices are enough here, made when they are asked
    for; and all who ask come from one address. And have a certificate.
    """
    machine.run(f"printf '%s\\n' {' '.join(OUR_SETTINGS)} >>/etc/stepback/stepback.env")
    machine.write("/etc/nginx/conf.d/stepback.conf", shipped(NO_LIMIT))
    write_certificate(folder)
    for name in ("fullchain.pem", "privkey.pem"):
        machine.write(f"/etc/letsencrypt/live/sit.example/{name}", (folder / name).read_text())


def test_a_recording_is_made_and_played(installed: Installed):
    """The worker spoke it with a real voice, nginx may read it, and all is in order."""
    machine = installed.machine
    (path,) = machine.run(f"find {CACHE}/renders -name '*.mp3'").split()
    assert machine.run(f"sha256sum {path}").split()[0] == sha256(installed.sound).hexdigest()
    assert "ok  worker: The worker is alive." in installed.health
    assert "NOT" not in installed.health


def test_what_is_its_own_is_in_two_folders_and_closed(installed: Installed):
    """Its account owns nothing else of the machine, and nobody else may look at what it has."""
    machine = installed.machine
    account = machine.run("id --user stepback").strip()
    find = ["find", machine.written, "-uid", account, "-printf", "/%P\n"]
    owned = subprocess.run(find, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    assert owned
    allowed = f"/upper{STATE}", f"/upper{CACHE}"
    assert [each for each in owned if not each.startswith(allowed)] == []
    assert machine.run(f"find {STATE} {CACHE} -not -user stepback") == ""
    assert machine.run(f"stat --format=%a {STATE} {CACHE}").split() == ["700", "750"]
    for unit in UNITS:
        within = f"nsenter --target {installed.main_pid(unit)} --mount"
        machine.run(f"{within} touch {CACHE}/tmp/x && {within} rm {CACHE}/tmp/x")
        for folder in ("/opt/stepback", "/etc", "/usr"):
            assert "Read-only" in machine.run(f"{within} touch {folder}/x", fails=True)


def test_a_reload_loses_no_request(installed: Installed):
    """Another main process, of which systemd knows; of steady requests none fails."""
    restarts = installed.machine.show("stepback-web", "NRestarts")
    asking = Asking(installed.outside, installed.key, PRACTICE, installed.sound)
    with asking.steadily():
        asking.wait_for(20)
        installed.reload()
        asking.wait_for(20)
    assert asking.failed == []
    assert installed.machine.show("stepback-web", "NRestarts") == restarts
    assert installed.machine.show("stepback-web", "ActiveState") == "active"


@pytest.mark.parametrize("unit", UNITS)
def test_who_is_killed_is_begun_anew(installed: Installed, unit: str):
    """By systemd, a second later; and it works."""
    machine = installed.machine
    with machine.follow(unit) as log:
        machine.run(f"kill -9 {installed.main_pid(unit)}")
        log.wait_for("Scheduled restart job")
        log.wait_for("Started ")
    assert machine.show(unit, "ActiveState") == "active"
    assert installed.outside.ask("GET", f"/audio/{installed.key}.mp3")[1] == installed.sound


def test_they_end_when_they_are_told_and_begin_again(installed: Installed):
    """Without being killed, also after a reload, with nothing left and with all that was there."""
    machine = installed.machine
    installed.reload()
    units = " ".join(UNITS)
    machine.run(f"systemctl stop {units}")
    for unit in UNITS:
        assert machine.show(unit, "Result") == "success"
    assert installed.processes() == set()
    machine.run(f"systemctl start {units}")
    assert installed.outside.ask("GET", f"/audio/{installed.key}.mp3")[1] == installed.sound
