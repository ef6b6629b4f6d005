"""This machine once more, booted by a systemd of its own, with Stepback in /opt/stepback: what is
written there is in memory, and gone afterwards.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from tests.deploy.front import PATIENCE_S, Place, children_of, free_port
from tests.small_disk import mounted

ROOT = Path(__file__).parents[2]
OPT = Path("/opt/stepback")
NSPAWN = shutil.which("systemd-nspawn")
SYSTEMD = Path("/lib/systemd")


@dataclass(frozen=True)
class Machine:
    """A machine that has booted."""

    leader: int
    """Its first process, as the one outside knows it."""
    written: Path
    """All that was written on it, in the folders that lie over this machine's own."""

    def run(self, command: str, *, fails: bool = False) -> str:
        """Type a command as root; gives what it prints. It has to do what is expected."""
        done = subprocess.run(self.typed(command), capture_output=True, text=True)
        said = done.stdout + done.stderr
        if bool(done.returncode) != fails:
            raise AssertionError(f"{command}: {said}{self.last_lines()}")
        return said

    def last_lines(self) -> str:
        """The end of the machine's log."""
        command = self.typed("journalctl --no-pager --output=cat --lines=30")
        return subprocess.run(command, capture_output=True, text=True).stdout

    def typed(self, command: str) -> list[str]:
        """What runs a command there."""
        path = f"/usr/local/bin:{os.defpath}:/usr/sbin"
        clean = ["env", "-i", "HOME=/root", f"PATH={path}", "LANG=C.UTF-8"]
        return ["nsenter", "-t", str(self.leader), "-a", *clean, "bash", "-ec", command]

    def write(self, path: str, text: str) -> None:
        """Write a file, and the folder in which it lies."""
        command = f"install -D -m 0640 /dev/stdin {path}"
        subprocess.run(self.typed(command), input=text, text=True, check=True)

    def show(self, unit: str, name: str) -> str:
        """What systemd knows of a unit."""
        return self.run(f"systemctl show --value --property={name} {unit}").strip()

    @contextmanager
    def follow(self, unit: str) -> Iterator[Log]:
        """Read a unit's log from its beginning, as long as the block goes on."""
        command = f"journalctl --unit={unit} --output=cat --no-tail --follow"
        with subprocess.Popen(
            self.typed(command), stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as reading:
            try:
                yield Log(reading)
            finally:
                os.killpg(reading.pid, signal.SIGKILL)  # whoever enters begins another process

    @contextmanager
    def reach(self, port: int, *, is_encrypted: bool = False) -> Iterator[Place]:
        """A place out here that leads to a port there, since its network is its own."""
        here = free_port()
        lead = ["nsenter", "-t", str(self.leader), "-n", SYSTEMD / "systemd-socket-proxyd"]
        listen = ["systemd-socket-activate", "--listen", f"127.0.0.1:{here}"]
        with subprocess.Popen(
            [*listen, *lead, f"127.0.0.1:{port}"], stderr=subprocess.PIPE, text=True
        ) as leading:
            assert leading.stderr is not None
            leading.stderr.readline()  # that it listens
            try:
                yield Place(here, is_encrypted=is_encrypted)
            finally:
                leading.kill()


@dataclass(frozen=True)
class Log:
    """A log that goes on."""

    reading: subprocess.Popen[str]

    def wait_for(self, pattern: str) -> str:
        """Read up to a line with the pattern; gives the line."""
        read = []
        for line in self.reading.stdout or ():
            read.append(line)
            if re.search(pattern, line):
                return line
        raise AssertionError(f"no {pattern!r} in {''.join(read)}")


@contextmanager
def booted(folder: Path) -> Iterator[Machine]:
    """Boot until the block ends; skips where no systemd can be booted."""
    if NSPAWN is None:
        pytest.skip("systemd-nspawn is not there: apt-get install -y systemd-container")
    with ExitStack() as undone, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        memory = undone.enter_context(mounted("tmpfs", folder / "memory", "mode=755"))
        for name in ("upper", "work", "stepback", "venv"):
            (memory / name).mkdir()
        layers = f"lowerdir=/,upperdir={memory}/upper,workdir={memory}/work"
        root = undone.enter_context(mounted("overlay", folder / "root", layers))
        install(memory / "venv")
        told.bind(str(folder / "notify"))
        command = [
            *(NSPAWN, "--quiet", "--register=no", "--keep-unit", "--notify-ready=yes"),
            *("--private-network", f"--directory={root}"),
            f"--bind-ro={sys.base_prefix}:/opt/python",
            f"--overlay={ROOT}:{memory / 'stepback'}:{OPT}",
            f"--overlay={sys.prefix}:{memory / 'venv'}:{OPT}/.venv",
            *("--boot", "systemd.unit=basic.target"),
        ]
        environ = {**os.environ, "NOTIFY_SOCKET": str(folder / "notify")}
        with (folder / "console").open("w") as console:
            nspawn = subprocess.Popen(
                command, env=environ, stdin=subprocess.DEVNULL, stdout=console, stderr=console
            )
        try:
            machine = Machine(leader_of(nspawn, told, folder / "console"), memory)
            told.close()  # or whoever tells waits for a reader
            # A Python with a library of its own finds it where it was.
            machine.run("echo /opt/python/lib >/etc/ld.so.conf.d/00-python.conf && ldconfig")
            yield machine
        finally:
            for first in children_of(nspawn.pid):
                os.kill(first, signal.SIGKILL)  # and with it all that it has begun
            nspawn.wait(PATIENCE_S)


def install(upper: Path) -> None:
    """Write what differs there from the folder in which all is installed here: Python is not where
    it was, since it may be where a unit sees nothing, and the project neither.
    """
    ours = Path(sys.prefix)
    (site,) = ours.glob("lib/python*/site-packages")
    (pointing,) = site.glob("*stepback*.pth")
    command = (ours / "bin/stepback").read_text()
    for theirs, text in {
        "bin/stepback": re.sub(r"^#!.*", f"#!{OPT}/.venv/bin/python3", command),
        "pyvenv.cfg": "home = /opt/python/bin\n",
        pointing.relative_to(ours): f"{OPT}\n",
        ".installed-requirements.lock": installed("requirements.lock"),
    }.items():
        path = upper / theirs
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (upper / "bin/stepback").chmod(0o755)
    (upper / "bin/python3").symlink_to("/opt/python/bin/python3")


def installed(lock: str) -> str:
    """What bin/prepare writes where all of a lock file is installed; whoever runs tests has it."""
    read = [ROOT / each for each in (lock, "pyproject.toml", "bin/prepare")]
    return f"{sha256(b''.join(each.read_bytes() for each in read)).hexdigest()}  -\n"


def leader_of(nspawn: subprocess.Popen[bytes], told: socket.socket, console: Path) -> int:
    """Wait until it has booted; gives its first process. Skips where it cannot."""
    leader = 0
    with os.fdopen(os.pidfd_open(nspawn.pid)) as ended:
        while told in select.select([told, ended], [], [], PATIENCE_S)[0]:
            said = told.recv(4096).decode()
            if found := re.search(r"X_NSPAWN_LEADER_PID=([0-9]+)", said):
                leader = int(found[1])
            if "READY=1" in said.splitlines():
                return leader
    pytest.skip(f"no systemd can be booted here: {console.read_text()[-500:]}")
