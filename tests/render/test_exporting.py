"""A copy of one client: all of it, for whom it is, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import CaseNotFound, KeyGone, StepbackError, StorageFull
from server.render.exporting import Copying, flatten, quote_cell
from server.store import Database, Shelf
from server.store.care import (
    AssignmentRow,
    ClientRow,
    Deed,
    KeyRing,
    NoteRow,
    SubmissionRow,
    add_deed,
    check_audit,
    list_deeds,
    make_id,
    open_audited,
)
from server.store.care.private_feed_tables import PrivateFeedRow
from tests.full_case import KINDS, MARKER, NOON, Filling, has_marker, settle_client
from tests.new_database import new_database

NOW = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Practice:
    """A client with everything, and where a copy of it is put."""

    database: Database
    copying: Copying
    ines: str
    case: Filling
    out: Path

    def export(self, *, is_whole: bool = True, client_id: str | None = None):
        deed = Deed(actor="operator", action="export", client_id=client_id or self.ines)
        return self.copying.export_client(deed, self.out, NOW, is_whole=is_whole)

    def read(self) -> dict[str, Any]:
        with zipfile.ZipFile(self.out) as zipped:
            assert zipped.testzip() is None
            return json.loads(zipped.read("client.json"))

    def names(self) -> set[str]:
        with zipfile.ZipFile(self.out) as zipped:
            return set(zipped.namelist())

    def file(self, name: str) -> bytes:
        with zipfile.ZipFile(self.out) as zipped:
            return zipped.read(name)


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    keys, shelf = KeyRing(tmp_path / "keys"), Shelf(tmp_path / "cache")
    database = open_audited(new_database(tmp_path / "data" / "stepback.db"), keys.path)
    ines = settle_client(database, keys)
    case = Filling(
        database=database,
        shelf=shelf,
        keys=keys,
        secret_path=tmp_path / "data" / "secret.key",
        client_id=ines,
    )
    copying = Copying(database=database, shelf=shelf, keys=keys)
    (tmp_path / "out").mkdir()
    yield Practice(
        database=database, copying=copying, ines=ines, case=case, out=tmp_path / "out" / "ines.zip"
    )
    database.close()


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_all_there_is_is_in_it(practice: Practice) -> None:
    """Every kind of thing, opened; the tables say the same; the sound is whole."""
    practice.case.fill()
    made = practice.export()
    said = practice.read()
    assert said["client"][0]["name"] == f"{MARKER} name"
    assert [each["answers"]["self_rating"] for each in said["submissions"]] == [0, 1, 2]
    assert said["submissions"][1]["is_marked"] is True
    assert said["submission_conflicts"][0]["body"] == {"situation": f"{MARKER} conflict"}
    assert said["reviews"][0]["text"] == {"rule": f"{MARKER} rule"}
    assert said["notes"][0]["text"] == f"{MARKER} private note"
    assert said["ladders"][0]["ladder"] == {"rungs": [f"{MARKER} rung"]}
    assert said["entry_notes"][0]["text"] == f"{MARKER} beside"
    assert said["assignments"][0]["details"] == {"message": f"{MARKER} message"}
    assert said["sittings"][0]["words"] == {"obstacle": f"{MARKER} in a sitting"}
    assert len(said["entries"]) == 4
    assert {each["what"] for each in said["consents"]} == set(KINDS)
    assert [each["action"] for each in said["audit"]] == ["export"]
    assert said["unreadable"] == []
    assert made.records == sum(
        len(found) for name, found in said.items() if name not in ("made_at", "recordings")
    )
    (feed,) = said["private_feeds"]
    assert (feed["name"], feed["is_neutral"]) == (f"{MARKER} phone", True)
    recordings = [each["file"] for each in said["recordings"]]
    assert len(recordings) == 2  # one of them was made for the feed
    assert all(has_marker(practice.file(name)) for name in recordings)
    table = rows(practice.file("tables/submissions.csv"))
    assert [each["answers.situation"] for each in table] == [
        f"{MARKER} situation {number}" for number in range(3)
    ]
    kinds = {name for name, found in said.items() if isinstance(found, list) and found}
    assert practice.names() == {
        *("client.json", "README.txt", *recordings),
        *(f"tables/{name}.csv" for name in kinds - {"recordings"}),
    }
    told = practice.file("README.txt").decode()
    assert "made on 2026-04-02 09:30 UTC" in told
    assert "It holds all that there is" in told
    assert "could not be opened" not in told


def test_no_hash_and_nobody_elses_id_is_in_it(practice: Practice) -> None:
    """Tokens, digests and devices stay where they are."""
    practice.case.fill()
    practice.export()
    text = json.dumps(practice.read())
    assert practice.case.device_hash not in text
    assert practice.case.key("invitation") not in text
    assert practice.case.key("feed token") not in text
    with practice.database.reading() as db:
        client = db.get(ClientRow, practice.ines)
    assert client is not None
    assert client.room_id not in text


def test_a_whole_copy_names_no_colleague(practice: Practice) -> None:
    """That somebody was offered is told; to whom is an id of another one, also in the audit."""
    practice.case.fill()
    with practice.database.writing() as db:
        for action, subject in (("offer-handover", "b" * 32), ("revoke-feed", "f" * 32)):
            deed = Deed(actor="nobody", action=action, client_id=practice.ines, subject=subject)
            add_deed(db, deed, NOW)
    practice.export()
    said = practice.read()
    told = {each["action"]: each["subject"] for each in said["audit"]}
    assert (told["offer-handover"], told["revoke-feed"]) == ("", "f" * 32)


def test_it_is_its_owners_alone_and_whole(practice: Practice) -> None:
    """0600, and where it fails nothing is there; that it was asked for stands in the audit."""
    practice.case.fill()
    practice.export()
    assert stat.S_IMODE(practice.out.stat().st_mode) == 0o600
    assert [path.name for path in practice.out.parent.iterdir()] == ["ines.zip"]
    with practice.database.reading() as db:
        assert [row.action for row in list_deeds(db, client_id=practice.ines)] == ["export"]
        assert check_audit(db).number is None


@pytest.mark.parametrize(("code", "error"), [(28, StorageFull), (5, StepbackError)])
def test_a_disk_that_fails_leaves_nothing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, code: int, error: type[Exception]
) -> None:
    """It is told calmly, an older copy stays, and no half one lies about."""
    practice.case.fill()
    practice.out.write_bytes(b"older")

    def fail(*_: object) -> None:
        raise OSError(code, "told")

    monkeypatch.setattr("server.render.exporting.shutil.copyfileobj", fail)
    with pytest.raises(error):
        practice.export()
    assert practice.out.read_bytes() == b"older"
    assert [path.name for path in practice.out.parent.iterdir()] == ["ines.zip"]


def test_a_spreadsheet_runs_nothing(practice: Practice) -> None:
    """A cell that would be a formula is text; in the JSON it stands as it was written."""
    practice.case.fill()
    practice.export()
    table = rows(practice.file("tables/submissions.csv"))
    assert table[0]["answers.friend"] == f"'=HYPERLINK({MARKER} friend 0)"
    said = practice.read()["submissions"][0]["answers"]["friend"]
    assert said == f"=HYPERLINK({MARKER} friend 0)"


@given(st.text(), st.sampled_from("=+-@\t\r\n＝＋－＠"))
def test_whatever_follows_a_sign_is_quoted(text: str, sign: str) -> None:
    """For each sign that begins a formula, and never twice."""
    assert quote_cell(f"{sign}{text}") == f"'{sign}{text}"
    assert quote_cell(quote_cell(f"{sign}{text}")) == f"'{sign}{text}"


def test_numbers_and_other_words_stay() -> None:
    """A number below nought is a number, and nothing else is touched."""
    for value in (-3, 4.5, True, None, "a = b", ""):
        assert quote_cell(value) is value
    assert flatten({"a": {"b": 1, "c": [1]}, "d": "x"}) == {"a.b": 1, "a.c": "[1]", "d": "x"}


def test_a_therapist_is_told_what_may_be_seen(practice: Practice) -> None:
    """Everything is let be seen: days instead of moments, no decisions, and nothing of devices."""
    practice.case.fill()
    practice.export(is_whole=False)
    said = practice.read()
    assert len(said["submissions"]) == 3
    entry = said["entries"][0]
    assert set(entry) == {
        *("id", "slug", "title", "is_live", "started_on", "practised_minutes"),
        *("kindness_before", "willingness_before", "kindness_after", "willingness_after"),
    }
    assert len(entry["started_on"]) == 10
    assert entry["practised_minutes"] == 1
    assert {each["answered_on"] for each in said["submissions"]} == {"2026-03-01"}
    theirs = ("client", "submissions", "ladders", "entries", "entry_notes")
    assert not re.search(r"\d:\d\d", json.dumps([said[kind] for kind in theirs]))
    assert said["notes"][0]["text"] == f"{MARKER} private note"
    assert not {"devices", "invitations", "sittings", "audit", "entry_conflicts"} & set(said)
    assert not {"consents", "submission_conflicts"} & set(said)
    told = practice.file("README.txt").decode()
    assert "what the client lets their therapist see" in told
    assert practice.ines in told


def test_a_therapist_gets_the_sound_of_what_they_gave(practice: Practice) -> None:
    """Without a moment, and nothing that a device of the client's had made."""
    practice.case.fill()
    practice.export(is_whole=False)
    (told,) = practice.read()["recordings"]
    assert set(told) == {"file", "title"}
    assert has_marker(practice.file(told["file"]))
    assert "audio/" in practice.file("README.txt").decode()


@pytest.mark.parametrize("change", ["withdrawn", "a colleague's", "revoked", "left"])
def test_sound_that_is_not_of_what_they_give_is_not_told(practice: Practice, change: str) -> None:
    """What was taken back, what a therapist of before gave, what no address has any more."""
    practice.case.fill()
    other = settle_client(practice.database, practice.copying.keys, "f" * 64)
    with practice.database.writing() as db:
        client, given = db.get_one(ClientRow, practice.ines), db.query(AssignmentRow).one()
        if change == "withdrawn":
            given.withdrawn_at = NOON
        elif change == "a colleague's":
            given.therapist_id = db.get_one(ClientRow, other).therapist_id
        elif change == "revoked":
            db.query(PrivateFeedRow).one().revoked_at = NOON
        else:
            client.left_at = NOON
    practice.export(is_whole=False)
    assert practice.read()["recordings"] == []
    assert not [name for name in practice.names() if name.startswith("audio/")]
    assert "audio/" not in practice.file("README.txt").decode()


@pytest.mark.parametrize(
    ("consents", "gone"),
    [
        ((), {"submissions", "submission_conflicts", "reviews", "ladders", "entries"}),
        (("worksheets",), {"ladders", "entries", "entry_notes"}),
        (("ladders",), {"submissions", "reviews", "entries", "entry_notes"}),
        (("practised",), {"submissions", "reviews", "ladders", "entry_notes"}),
        (("minutes", "felt", "notes"), {"entries", "entry_notes"}),
    ],
)
def test_what_is_not_let_be_seen_is_not_in_it(
    practice: Practice, consents: tuple[str, ...], gone: set[str]
) -> None:
    """Kind by kind; what the therapist gave and wrote stays theirs."""
    practice.case.fill(consents=consents)
    practice.export(is_whole=False)
    said = practice.read()
    assert not gone & set(said)
    assert said["assignments"]
    assert said["notes"]
    if consents == ("practised",):
        assert set(said["entries"][0]) == {"id", "slug", "title", "is_live", "started_on"}
    # And all of it is in the copy of all there is.
    practice.export()
    assert gone <= set(practice.read())


def test_of_one_who_left_nothing_of_theirs_is_told(practice: Practice) -> None:
    """From the moment on at which they left, whatever they had let be seen."""
    practice.case.fill()
    with practice.database.writing() as db:
        client = db.get(ClientRow, practice.ines)
        assert client is not None
        client.left_at = NOON
    practice.export(is_whole=False)
    assert not {"submissions", "reviews", "ladders", "entries"} & set(practice.read())


def test_a_colleagues_note_is_not_told(practice: Practice) -> None:
    """A note is its writer's; a therapist who took the case over gets their own."""
    practice.case.fill()
    colleague = settle_client(practice.database, practice.copying.keys, "f" * 64)
    with practice.database.writing() as db:
        other = db.get(ClientRow, colleague)
        assert other is not None
        note_id = make_id()
        sealed = practice.copying.keys.get(practice.ines).close("theirs", f"notes:{note_id}")
        db.add(
            NoteRow(
                id=note_id,
                client_id=practice.ines,
                therapist_id=other.therapist_id,
                sealed_text=sealed,
                made_at=NOON,
                changed_at=NOON,
            )
        )
    practice.export(is_whole=False)
    assert [each["text"] for each in practice.read()["notes"]] == [f"{MARKER} private note"]
    practice.export()
    assert len(practice.read()["notes"]) == 2


def test_one_that_was_changed_does_not_stop_the_rest(practice: Practice) -> None:
    """It is named, and everything else is there."""
    practice.case.fill()
    with practice.database.writing() as db:
        row = db.get(SubmissionRow, practice.case.id("submission", 1))
        assert row is not None
        row.sealed_answers = row.sealed_answers[:-1] + bytes([row.sealed_answers[-1] ^ 1])
    made = practice.export()
    said = practice.read()
    assert made.unreadable == 1
    assert said["unreadable"] == [f"submissions:{practice.case.id('submission', 1)}"]
    assert [each["answers"] is None for each in said["submissions"]] == [False, True, False]
    assert "1 could not be opened" in practice.file("README.txt").decode()


def test_recordings_that_are_gone_are_not_named(practice: Practice) -> None:
    """What was pruned from the shelf is not there, and that is no error."""
    practice.case.fill()
    for kind in ("done", "followed"):
        practice.copying.shelf.remove_render(practice.case.key(kind))
    assert practice.export().recordings == 0
    assert practice.read()["recordings"] == []


def test_nobody_is_copied_who_is_not_there(practice: Practice) -> None:
    """Neither an id of nothing nor one whose key is gone; nothing is written then."""
    with pytest.raises(CaseNotFound):
        practice.export(client_id="f" * 32)
    practice.copying.keys.forget(practice.ines)
    with pytest.raises(KeyGone):
        practice.export()
    assert list(practice.out.parent.iterdir()) == []
    with practice.database.reading() as db:
        assert list(list_deeds(db)) == []
