"""Each line says what it is about, in both formats; none is secret, and none stops the service."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys

import pytest
from structlog.contextvars import clear_contextvars

from server.watch.lines import about, make_formatter
from server.watch.masking import MASK, MaskedRecord
from tests.conftest import ROOT
from tests.watch.test_masking import FILE, TOKEN

PROGRAM = """
import logging, os, sys
from server.watch.lines import set_up_log
set_up_log(level="info", is_json=False)
log = logging.getLogger("house")
for _ in range(3):
    log.info("still here")
opened = os.open("first.txt", os.O_CREAT | os.O_WRONLY)
os.write(1, f"{opened} served".encode())
"""


@pytest.fixture
def logger() -> logging.Logger:
    """A logger whose lines are kept as they would be written."""
    return logging.Logger("house")


def lines_of(logger: logging.Logger, *, is_json: bool) -> list[str]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(make_formatter(is_json=is_json))
    logger.addHandler(handler)
    return lines


@pytest.fixture(autouse=True)
def masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records as a process of the house makes them, about nothing yet."""
    clear_contextvars()
    monkeypatch.setattr(logging, "_logRecordFactory", MaskedRecord)


def test_text_is_a_line_for_people(logger: logging.Logger):
    """When, how grave, who, what; then what it is about and what was handed over."""
    lines = lines_of(logger, is_json=False)
    with about(request="ab12"):
        logger.info("answered %d", 3, extra={"fields": {"status": 200}})
    assert lines[0].endswith(" INFO house: answered 3 request=ab12 status=200")
    logger.info("alone")
    assert lines[1].endswith(" INFO house: alone")


def test_json_is_one_object_a_line(logger: logging.Logger):
    """Also where the message has several lines, quotes and an exception."""
    lines = lines_of(logger, is_json=True)
    with about(render="9f0a"):
        try:
            raise LookupError('a "word"')
        except LookupError:
            logger.exception('two\nlines, "quoted"', extra={"fields": {"ms": 7}})
    [line] = lines
    assert "\n" not in line
    told = json.loads(line)
    assert told["event"] == 'two\nlines, "quoted"'
    assert (told["level"], told["logger"], told["render"], told["ms"]) == (
        *("error", "house"),
        *("9f0a", 7),
    )
    assert 'LookupError: a "word"' in told["exception"]
    assert told["timestamp"].endswith("Z")


@pytest.mark.parametrize("is_json", [True, False])
def test_nothing_secret_is_in_any_part_of_a_line(logger: logging.Logger, is_json: bool):
    """Message, arguments, fields, context, exception and stack; and JSON stays JSON."""
    lines = lines_of(logger, is_json=is_json)
    with about(request=TOKEN):
        try:
            raise LookupError(f'"{FILE}"')
        except LookupError:
            logger.exception(
                'asked "%s"\\', FILE, stack_info=True, extra={"fields": {"route": FILE}}
            )
    assert TOKEN not in lines[0]
    assert lines[0].count(MASK) >= 4
    assert not is_json or json.loads(lines[0])["route"] == f"/feed/private/{MASK}"


def test_what_hangs_on_a_record_otherwise_is_not_written(logger: logging.Logger):
    """Only `fields` are: libraries hang requests and words on their records."""
    lines = lines_of(logger, is_json=True)
    logger.info("asked", extra={"body": "a word"})
    assert "a word" not in lines[0]


@pytest.mark.parametrize(
    "closed",
    ["2>/dev/full", "2>&-", "2> >(exec 0<&-)"],
    ids=["full disk", "closed", "nobody reads"],
)
def test_a_log_that_cannot_be_written_stops_nothing(closed: str, tmp_path):
    """And no other file takes the place of a standard error that was closed before the start."""
    (tmp_path / "house.py").write_text(PROGRAM)
    command = f'sleep 0.1; exec "{sys.executable}" house.py {closed}'
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 2
    assert (tmp_path / "first.txt").read_text() == ""
