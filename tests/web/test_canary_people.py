"""What is written in a case is found sealed, and open nowhere but where docs/safety.md says.

Each text has a mark of its own, so that one found in the wrong place says which field let it out.
"""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import request_finished
from werkzeug.test import TestResponse

from server.render.produce import produce
from server.render.voices import real_voices
from server.render.worker import Worker
from tests.web.canary_case import (
    ENTRY,
    LADDER,
    OTHER_ENTRY,
    SHEET,
    WHEN,
    Canary,
    mark,
    marks_in,
    marks_in_backup,
    marks_in_files,
    marks_in_tables,
)
from tests.web.conftest import House
from tests.web.filled_worksheets import bring_worksheets
from tests.web.live_house import LiveHouse, put_lines, write_live_scripts
from tests.web.people_house import settle_people
from tests.web.told_elsewhere import Told, listening

SPOKEN = """---
title: Spoken back
slug: spoken-back
summary: Your own words.
intention: To hear them.
track: ground
minutes: [1, 2]
language: en
voice: silent
words:
  line-1: {ask: What is line 1, default: Nothing, longest: 200}
credits: The words are our own.
---

# Words

You wrote: {line-1}.

[silence fill]
"""

QUEUED = {"place", "roomword", "spoken"}
"""Words for a recording that is being made."""

SAT = {"live", "livelater"}
"""Words in a live sitting, as long as it lasts."""

THERAPISTS = {"therapist", "colleague"}
"""Names of therapists."""

OPEN = {
    "table renders": QUEUED,
    "table sitting_words": SAT,
    "table therapists": THERAPISTS,
    "database": QUEUED | SAT | THERAPISTS,
    "backup": QUEUED | SAT | THERAPISTS,
}
"""All that may lie open, by docs/safety.md, while nothing is made yet and a sitting goes on."""

PUBLIC = (
    *("/", "/about", "/map", "/feed", "/feed/tracks/ground", "/subscribe", "/sign-in", "/listen"),
    *("/health", "/ready", "/metrics", "/api/openapi.json", "/api/practices", "/worksheets"),
)
"""What is the same for everybody; metrics are at a port of their own, and looked into there."""

Arguments = list[tuple[object, ...]]


@pytest.fixture
def arguments(monkeypatch: pytest.MonkeyPatch) -> Arguments:
    """What every process was started with."""
    started: Arguments = []
    begin = subprocess.Popen.__init__

    def begin_and_note(self: Any, args: Any, *more: Any, **named: Any) -> None:
        started.append((args, named.get("env")))
        begin(self, args, *more, **named)

    monkeypatch.setattr(subprocess.Popen, "__init__", begin_and_note)
    return started


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """All that is told to an operator, with everything turned on."""
    with listening(monkeypatch) as told:
        yield told


@pytest.fixture
def canary(
    house: House,
    told: Told,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Canary]:
    """A house in which a whole case was written."""
    caplog.set_level(logging.DEBUG)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    write_live_scripts(house.settings)
    bring_worksheets(house.settings.scripts_path)
    unlisted = house.settings.scripts_path / "unlisted"
    unlisted.mkdir()
    (unlisted / "spoken-back.md").write_text(SPOKEN)
    with closing(LiveHouse(settings=house.settings)) as live:
        put_lines(live.rooms)
        made = Canary(live=live, people=settle_people(live.app))
        with request_finished.connected_to(made.note_answer, live.app):
            made.write_everything()
            made.open_pages()
            yield made


def places(
    canary: Canary,
    told: Told,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    arguments: Arguments,
) -> dict[str, set[str]]:
    """Wherever a mark is, and of which fields."""
    settings = canary.live.settings
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    logged = "\n".join(f"{each.getMessage()} {each.__dict__}" for each in records)
    assert logged
    assert canary.told
    found = {
        "log": marks_in(logged),
        "addresses": marks_in(" ".join(path for path, _, _ in canary.told)),
        "headers": marks_in(b"\n".join(headers for _, _, headers in canary.told)),
        "arguments": marks_in(repr(arguments)),
        "backup": marks_in_backup(settings.database_path, tmp_path),
        **{name: marks_in(data) for name, data in told.look().items()},
        **marks_in_tables(settings.database_path),
        **marks_in_files(
            {
                "data": settings.data_path,
                "keys": settings.keys_path,
                "scripts": settings.scripts_path,
                "shelf": settings.cache_path,
                "temporary": tmp_path / "temporary",
            }
        ),
    }
    return {place: marks for place, marks in found.items() if marks}


@pytest.mark.sqlite
def test_what_was_written_lies_open_nowhere_but_where_it_is_said(
    canary: Canary, told: Told, caplog: pytest.LogCaptureFixture, tmp_path: Path,
    arguments: Arguments, monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    """No log, address, header, argument, table, file or copy has more of it than is told, nor has
    anything that goes to Prometheus, Sentry or a collector of spans.

    Neither while a recording waits, nor when requests go wrong, nor once it is made; and a leak
    of each kind would be seen.
    """

    def look() -> dict[str, set[str]]:
        return places(canary, told, caplog, tmp_path, arguments)

    assert look() == OPEN
    for path in PUBLIC:
        for who in (canary.people.stranger(), canary.phone, canary.desk):
            assert marks_in(who.get(path).data) == set(), path
    assert set(refused(canary)) == {400, 404, 409, 413, 415, 422}
    fail_everywhere(canary, monkeypatch)
    assert look() == OPEN

    make(canary, canary.ids["place"])
    assert arguments  # an encoder was started
    canary.rooms.database.empty_log()
    assert look() == {
        **OPEN,
        "table renders": QUEUED - {"place"},
        "database": OPEN["database"] - {"place"},
        "backup": OPEN["backup"] - {"place"},
        "shelf": {"place"},  # its captions, and what was said in each of its clips
    }

    assert b"ZeroDivisionError" in told.to_sentry.everything
    assert all(word in told.to_collector.everything for word in (b"INSERT", b"/api/submissions"))
    for place, plant in (leaks(canary, tmp_path, arguments) | told.leaks(mark("leak"))).items():
        plant()
        assert "leak" in look()[place], place


def refused(canary: Canary) -> Iterator[int]:
    """Send marks in all the wrong ways; gives the statuses. No refusal says a mark again."""
    phone, said = canary.phone, mark("refused")
    much = {"words": {"place": said * 9000}}
    for path in ("/api/renders", "/api/submissions", "/api/ladders", "/api/session-entries"):
        for how in (
            {"data": f'{{"x": "{said}', "content_type": "application/json"},
            {"data": said, "content_type": "text/plain"},
            {"json": {"id": said, "practice": said, "words": {"place": [said]}}},
            {"json": much},
        ):
            yield checked(phone.post(path, **how))
    yield checked(phone.post("/api/submissions", json=canary.worksheet("refused")))
    for path in (f"/my-practice/entries/{OTHER_ENTRY}/note", "/with-therapist/devices/remove"):
        yield checked(phone.post(path, data={"text": said, "device": said, "x": said}))
    yield checked(canary.desk.post(f"{canary.case}/notes/{SHEET}", data={"text": said}))
    yield checked(canary.desk.post(f"{canary.case}/notes", data={"text": said * 40_000}))


def checked(answer: TestResponse) -> int:
    assert answer.status_code >= 400
    assert marks_in(answer.data) == set(), answer.text
    return answer.status_code


def fail_everywhere(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each door fail while it holds a text, with an error that says it."""
    text, phone, desk, case = mark("fault"), canary.phone, canary.desk, canary.case
    sheet = canary.worksheet("fault", id="f" * 32)
    ladder = {"id": LADDER, "practice": "soft-ground", "title": text, "began_at": WHEN}
    doors: tuple[tuple[str, Callable[[], TestResponse]], ...] = (
        ("entry_notes.put_entry_note",
         lambda: phone.post(f"/my-practice/entries/{ENTRY}/note", data={"text": text})),
        ("ladders_api.keep_ladder",
         lambda: phone.post("/api/ladders", json={**ladder, "rungs": [{"words": text}]})),
        ("submissions_api.add_submission", lambda: phone.post("/api/submissions", json=sheet)),
        ("submissions_api.are_nearly_identical",
         lambda: phone.post("/api/worksheets/friend-and-self/check",
                            json={"first": text, "second": text})),
        ("podcast.make_private_feed",
         lambda: phone.post("/with-therapist/podcast", data={"name": text})),
        ("spoken.find_danger",
         lambda: phone.post(f"/worksheets/mine/{SHEET}/spoken/text", data={"text": text})),
        ("case_notes.add_note", lambda: desk.post(f"{case}/notes", data={"text": text})),
        ("case_submission.keep_review",
         lambda: desk.post(f"{case}/submissions/{SHEET}/review", data={"question": text})),
        ("clients.add_client", lambda: desk.post("/room/invite", data={"name": text})),
        ("giving.add_assignment",
         lambda: desk.post(f"{case}/give/worksheet/friend-and-self", data={"message": text})),
    )  # fmt: skip

    def fail(*_: object, **__: object) -> None:
        try:
            raise LookupError(text)
        except LookupError as error:
            raise ZeroDivisionError(text) from error

    for name, ask in doors:
        with monkeypatch.context() as patched:
            patched.setattr(f"server.web.{name}", fail)
            assert checked(ask()) == 500, name


def make(canary: Canary, key: str) -> None:
    """Let a worker speak what was ordered, with the silent voice."""
    voices = real_voices(canary.live.settings)
    worker = Worker(settings=canary.live.settings, produce=produce, voices=voices)
    worker.perform(key)
    worker.stop()
    voices.close()
    assert canary.phone.get(f"/api/renders/{key}").get_json()["state"] == "done"


def leaks(canary: Canary, tmp_path: Path, arguments: Arguments) -> dict[str, Callable[[], object]]:
    """A way to let something out, for each kind of place."""
    leak, path = mark("leak"), canary.live.settings.database_path

    def write() -> None:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE practice_rooms SET name = ?", (leak,))

    def ask() -> None:
        canary.people.stranger().get(f"/?q={leak}")

    return {
        "log": lambda: logging.getLogger("server.web").info("was written: %s", leak),
        "arguments": lambda: subprocess.run(["true", leak], check=True),
        "addresses": ask,
        "table practice_rooms": write,
        "database": lambda: None,
        "backup": lambda: None,
        "temporary": lambda: (tmp_path / "temporary" / leak).touch(),
        "shelf": lambda: canary.rooms.shelf.publish(canary.rooms.shelf.root / "x", leak.encode()),
    }
