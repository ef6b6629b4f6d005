"""`stepback demo`: it runs, shows its people without an account, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from bench.ranges import free_port
from server.cli.demo import HOST, check_demo, demo_settings
from server.config import Settings
from server.errors import SettingsError
from tests.browser.watched import ROOT, STEPBACK

MARK = "Demo: sample data, thrown away at stop."


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A demo that was started."""

    process: subprocess.Popen[str]
    folder: Path

    def wait_for(self, pattern: str) -> str:
        """Read what it says until this is said."""
        for line in self.process.stdout or ():
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(f"it never said {pattern}")

    def wait_for_all(self) -> int:
        """Wait until every process of it has ended: each holds the pipe that is read here."""
        self.process.communicate()
        return self.process.returncode


@contextmanager
def started(tmp_path: Path, **environ: str) -> Iterator[Demo]:
    """Start a demo whose folder will be in tmp_path."""
    environment = {
        **os.environ,
        "TMPDIR": str(tmp_path),
        "STEPBACK_VOICE": "silent",
        "STEPBACK_PORT": str(free_port()),
        **environ,
    }
    with subprocess.Popen(
        [STEPBACK, "demo"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            told = next(iter(process.stdout or ()))
            found = re.search(r"in (\S+), thrown away", told)
            assert found, told
            yield Demo(process=process, folder=Path(found[1]))
        finally:
            process.terminate()


def test_a_stranger_looks_around_and_nothing_stays(tmp_path):
    """One press each: the therapist's case, the client's page; and all is gone at SIGTERM."""
    real = tmp_path / "real"
    with started(tmp_path, STEPBACK_DATA=str(real), STEPBACK_KEYS=str(real)) as demo:
        address = demo.wait_for(r"listens at (http://\S+)/demo")
        assert address.startswith(f"http://{HOST}:")
        browser = build_opener(HTTPCookieProcessor(CookieJar()))

        def page(path: str, *, is_pressed: bool = False) -> str:
            body = b"" if is_pressed else None
            with browser.open(Request(address + path, data=body)) as answer:
                return str(answer.read().decode())

        assert MARK in page("/demo")
        room = page("/demo/ada", is_pressed=True)
        assert MARK in room
        case = page(re.search(r'href="(/room/clients/[^"/]+)"', room)[1])
        assert MARK in case
        assert "Nobody asked me along." in page(
            re.search(r'href="(/[^"]+/submissions/\w+)"', case)[1]
        )
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        given = page("/demo/ines", is_pressed=True)
        assert MARK in given
        assert "For the evenings." in given
        assert demo.folder.parent == tmp_path
        assert (demo.folder / "data" / "stepback.db").exists()
        demo.process.send_signal(signal.SIGTERM)
        assert demo.wait_for_all() == 0
        assert not demo.folder.exists()
    assert not real.exists()


def test_what_is_stopped_at_once_is_gone_as_well(tmp_path):
    """Ctrl-C while the people are still being made."""
    with started(tmp_path) as demo:
        demo.process.send_signal(signal.SIGINT)
        assert demo.wait_for_all() == 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_killed_is_gone_as_well(tmp_path):
    """A command that can do nothing any more: its keeper sees the end of the pipe."""
    with started(tmp_path) as demo:
        demo.wait_for("(listens) at")
        demo.process.kill()
        demo.wait_for_all()
        assert not demo.folder.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STEPBACK_HOST", "0.0.0.0"),
        ("STEPBACK_HOST", "192.168.1.20"),
        ("STEPBACK_HOST", "sit.example"),
        ("STEPBACK_HOST", "::"),
        ("STEPBACK_PUBLIC_URL", "https://sit.example"),
    ],
)
def test_a_public_address_is_refused(tmp_path, name, value):
    """Anybody who reaches it is a therapist: so nobody else may, and it says why not."""
    environ = {**os.environ, name: value, "TMPDIR": str(tmp_path)}
    said = subprocess.run(
        [STEPBACK, "demo"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert f"Start it without {name}, which is '{value}'." in said.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_another_address_of_this_machine_is_taken(tmp_path, host):
    """Whoever looks from the other side of WSL has only 127.0.0.1."""
    environ = {"STEPBACK_HOST": host, "STEPBACK_SCRIPTS": str(ROOT / "scripts")}
    assert check_demo(Settings.from_environment(environ), environ) == ROOT / "scripts"
    assert demo_settings(environ, tmp_path).host == host


def test_nothing_of_a_house_is_reached(tmp_path):
    """Whatever the environment says of a real house: the demo is in its own folder."""
    environ = {
        "STEPBACK_DATA": "/srv/stepback/data",
        "STEPBACK_DATABASE_URL": "postgresql://a:b@db.example/stepback",
        "STEPBACK_QUEUE_URL": "redis://queue.example",
        "STEPBACK_SMTP_URL": "smtp://mail.example",
        "STEPBACK_MAIL_FROM": "sit@sit.example",
        "STEPBACK_SENTRY_DSN": "https://key@errors.example/1",
        "STEPBACK_METRICS_PORT": "9100",
        "STEPBACK_PORT": "9000",
        "STEPBACK_TITLE": "Linden Street",
    }
    settings = demo_settings(environ, tmp_path)
    own = ("data_path", "keys_path", "cache_path", "scripts_path", "sounds_path")
    assert {getattr(settings, name).parent for name in own} == {tmp_path}
    assert settings.database_address == tmp_path / "data" / "stepback.db"
    assert settings.queue_address == tmp_path / "data" / "queue.db"
    assert (settings.smtp_url, settings.sentry_dsn, settings.metrics_port) == ("", "", 0)
    assert (settings.port, settings.title) == (9000, "Linden Street")
    assert settings.public_url == f"http://{HOST}:9000"


def test_no_practices_is_told(tmp_path):
    """Started in the wrong folder: what is missing, and what to do."""
    environ = {"STEPBACK_SCRIPTS": str(tmp_path / "none")}
    with pytest.raises(SettingsError, match=r"Start the demo in Stepback's own folder"):
        check_demo(Settings.from_environment(environ), environ)
