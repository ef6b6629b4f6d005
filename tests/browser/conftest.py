"""A whole Stepback: real web, real worker, real voice, watched for look-ups; and a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import playwright
import pytest
from playwright.sync_api import Browser, sync_playwright

from server.app import create_app
from server.config import Settings
from server.render.covers import Picture, make_picture
from tests.browser.axe import LOOKS, USUAL_LOOKS, Looks
from tests.browser.preview import Preview, serve_app
from tests.browser.watched import ROOT, Watched
from tests.browser.whole_house import WholeHouse, run_whole_house
from tests.covers import draw_once, lay_covers
from tests.growing import Encoded, encode
from tests.new_database import make_database
from tests.render.conftest import SCRIPT as SMALL_STEP
from tests.web.conftest import house_in

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The first is the same browser without what a window needs: a device of its own costs half."""

DRIVER = Path(playwright.__file__).parent / "driver" / "node"
UNUSED = (
    # Playwright's own, again: of two lists the last one counts.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    # Two pages behind the address bar of each window, for half of what a new context costs.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
)
BROWSER_ARGUMENTS = [
    f"--disable-features={','.join(UNUSED)}",
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A running Stepback."""

    url: str
    folder: Path

    def outside_calls(self) -> list[str]:
        """The system calls that went, or tried to go, to another machine."""
        lines = [
            line for path in self.folder.glob("*.calls") for line in path.read_text().splitlines()
        ]
        return [line for line in lines if is_outside(line)]


def is_outside(call: str) -> bool:
    """True for a call that names an internet address which is not this machine's own."""
    named = re.search(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', call)
    if named is None:
        return False
    address = named[1] or named[2]
    return not (address.startswith("127.") or address in ("::1", "0.0.0.0"))


@contextmanager
def run_house(folder: Path, *, is_watched: bool = False, **changes: str) -> Iterator[House]:
    """Run web and worker on a free port of this machine, as ./run starts them.

    `is_watched` writes their calls to other machines down, which takes an eighth of their time.
    """
    environment = {
        "STEPBACK_DATA": str(folder / "data"),
        "STEPBACK_KEYS": str(folder / "keys"),
        "STEPBACK_CACHE": str(folder / "audio_cache"),
        "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
        "STEPBACK_HOST": "127.0.0.1",
        "STEPBACK_PORT": "0",
        "STEPBACK_LEAST_FREE_MB": "1",
        "STEPBACK_RENDER_AHEAD": "no",  # nothing but what a test asks for
        # Whoever loads a voice, or the application, takes a core for seconds: one of each will do.
        "STEPBACK_VOICE_PROCESSES": "1",
        "STEPBACK_WEB_WORKERS": "1",
        **changes,
    }
    make_database(folder / "data" / "stepback.db")
    lay_covers(environment)
    calls = [folder / f"{name}.calls" if is_watched else None for name in ("worker", "web")]
    worker = Watched("worker", environment, calls[0])
    web = Watched("serve", environment, calls[1])
    try:
        url = web.wait_for(r"Stepback listens at (http://127\.0\.0\.1:\d+)")[1]
        worker.wait_for("worker ready", seconds=180)
        yield House(url=url, folder=folder)
    finally:
        web.stop()
        worker.stop()


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> Iterator[House]:
    """The whole library, and a practice of a minute, spoken with the real voice."""
    folder = tmp_path_factory.mktemp("house")
    scripts = shutil.copytree(ROOT / "scripts", folder / "scripts")
    (scripts / "small-step.md").write_text(SMALL_STEP)
    with run_house(folder, is_watched=True, STEPBACK_SCRIPTS=str(scripts)) as running:
        yield running


@pytest.fixture(autouse=True)
def standing_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """In houses of this process, which have no worker: one that has drawn each cover already."""
    monkeypatch.setattr("server.render.covers.read_picture", make_picture)
    monkeypatch.setattr(Picture, "draw", draw_once)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install -y chromium-headless-shell")
    if subprocess.run([DRIVER, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("Playwright's driver does not start: apt-get install -y libatomic1")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Encoded:
    """Twelve seconds of bells."""
    return encode(tmp_path_factory.mktemp("bells"), 12)


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    """The web part of a house of its own."""
    with run_preview(tmp_path) as preview:
        yield preview


@contextmanager
def run_preview(folder: Path, **changes: str) -> Iterator[Preview]:
    """Answer from a house in a folder; `changes` are settings of its web part."""
    house = house_in(folder, **changes)
    settings = house.settings
    environment = {
        "STEPBACK_DATA": str(settings.data_path),
        "STEPBACK_KEYS": str(settings.keys_path),
        "STEPBACK_CACHE": str(settings.cache_path),
        "STEPBACK_SCRIPTS": str(settings.scripts_path),
        "STEPBACK_HOST": "127.0.0.1",
        "STEPBACK_PORT": "0",
        "STEPBACK_VOICE": "silent",
        "STEPBACK_LEAST_FREE_MB": "1",
        **changes,
    }
    app = create_app(Settings.from_environment(environment))
    with serve_app(app) as (url, gate):
        yield Preview(
            url=url,
            database=house.database,
            shelf=house.shelf,
            scripts_path=settings.scripts_path,
            gate=gate,
        )
    app.extensions["stepback"].database.close()
    house.database.close()


@pytest.fixture(scope="session")
def whole_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHouse]:
    """Web and worker with the real voice, over two short practices."""
    with run_whole_house(tmp_path_factory.mktemp("sitting")) as running:
        yield running


@pytest.fixture(
    params=[
        pytest.param(USUAL_LOOKS, id="usual looks"),
        pytest.param(tuple(LOOKS), id="every look", marks=pytest.mark.long),
    ]
)
def looks(request: pytest.FixtureRequest) -> Looks:
    """In which of their looks pages are looked at."""
    return request.param
