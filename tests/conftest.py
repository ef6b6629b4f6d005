"""What every room's tests share: golden files, scripts built by hand, the shipped practices."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.compiled import compile_once

if TYPE_CHECKING:
    from tests.grouping import Grouping
    from tests.proxy import Proxy

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"

# What is drawn is the same on a slow machine; how long it takes there is no promise of ours.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

MEASURED = {"care", "checker", "feed", "script", "sitting", "timeline"}
"""The pure rooms, whose branches all have to be gone through by their own tests."""


ENGINES = ("sqlite", "postgresql")
STORES = ("folder", "s3")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say what the tests of store and render run on; those of each engine run on it anyway."""
    parser.addoption("--database", choices=ENGINES, default="sqlite", help="the database's engine")
    parser.addoption("--store", choices=STORES, default="folder", help="where recordings are")
    parser.addoption("--times", type=int, default=1, help="how many times as much a rig does")


def pytest_configure(config: pytest.Config) -> None:
    """Tell those who make houses which engine it is."""
    if config.getoption("--database") == "postgresql":
        from tests import postgresql

        postgresql.is_asked_for = True


def pytest_report_header(config: pytest.Config) -> str:
    """Tell what it is."""
    return f"database: {config.getoption('--database')}, store: {config.getoption('--store')}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what watches how much is covered: Python is three times as slow while it is watched, so
    nothing else does. Nor do random examples, since what is covered is to be so every time.

    And leave out what looks into SQLite's file where there is none, and what is about a shelf
    that is a folder and nothing more.
    """
    no_file = pytest.mark.skip(reason="looks into SQLite's file")
    is_all = pytest.mark.skip(reason="is about a folder that is all there is")
    for item in items:
        if config.getoption("--store") != "folder" and item.get_closest_marker("folder"):
            item.add_marker(is_all)
        if config.getoption("--database") != "sqlite" and item.get_closest_marker("sqlite"):
            item.add_marker(no_file)
        is_measured = item.path.relative_to(ROOT / "tests").parts[0] in MEASURED
        is_random = hasattr(getattr(item, "function", None), "hypothesis")
        if is_measured and not is_random and not item.get_closest_marker("no_cover"):
            item.add_marker("watched")


def pytest_collection_finish() -> None:
    """What is imported by now stays: whoever collects rubbish need not look through it each time,
    and not after every few hundred objects. That is a tenth of a test's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Grouping | None:
    """Keep together what is marked as a group."""
    from tests.grouping import Grouping  # only where there are several processes

    return Grouping(config, log) if config.getoption("dist") == "loadgroup" else None


@pytest.fixture(autouse=True)
def databases(pytestconfig: pytest.Config) -> Iterator[None]:
    """What a test's own houses have on the server is closed and dropped when it ends.

    Commands and applications that a test has in its own process leave it to that one's end.
    """
    if pytestconfig.getoption("--database") == "sqlite":
        yield
        return
    from tests import postgresql  # which imports the store: no room's coverage is to need it

    before = postgresql.count_free()
    with postgresql.closed_afterwards():
        yield
    postgresql.drop_free(before)


@pytest.fixture(autouse=True)
def nothing_on_its_way() -> Iterator[None]:
    """What a test leaves unsent goes nowhere: its store is gone with it, and would be asked for
    ever, with a line in the log of each later test of this process.
    """
    yield
    for thread in threading.enumerate():
        if thread.name == "sending":
            outgoing = thread._target.__self__  # type: ignore[attr-defined]
            with outgoing._changed:
                names = [*outgoing._waiting, outgoing._sending]
            for name in filter(None, names):
                outgoing.drop(name)


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Applications are made by the thousand."""
    compile_once()


@pytest.fixture
def store_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """STEPBACK_STORE_URL as --store says: empty, or a place of the test's own in a real server."""
    if request.config.getoption("--store") == "folder":
        return ""
    from tests import s3_server  # only where it is wanted

    for name, value in s3_server.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return s3_server.new_url()


@pytest.fixture
def far_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The way to a real S3 server, and in the environment what opens it."""
    from tests import s3_server
    from tests.proxy import Proxy

    for name, value in s3_server.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with Proxy(s3_server.server_port()) as proxy:
        yield proxy


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the golden file of this name; `make golden` rewrites it."""

    def check_golden(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("STEPBACK_GOLDEN") == "rewrite":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return check_golden


@pytest.fixture(scope="session")
def scripts_path() -> Path:
    """The folder of the shipped practices."""
    return ROOT / "scripts"
