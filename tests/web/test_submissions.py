"""Worksheets that come back: each is kept once and sealed, for its writer, until undone."""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from server.care import PairField, Worksheet
from server.store.care import (
    AuditRow,
    ClientRow,
    ReviewRow,
    SubmissionConflictRow,
    SubmissionRow,
    list_submission_conflicts,
    list_submissions,
    make_id,
    open_submission,
)
from tests.web.conftest import House
from tests.web.filled_worksheets import bring_worksheets, fill, find_pair, submission
from tests.web.people_house import People
from tests.web.test_canary import files_with_it, has_marker, headers_of, tables_with_it

MARKER = "quïttenmus"


@pytest.fixture
def worksheet(house: House) -> Worksheet:
    return bring_worksheets(house.settings.scripts_path)


@pytest.fixture
def phone(people: People) -> FlaskClient:
    return people.phone_of(people.ines)


def own_rows(people: People, client_id: str) -> tuple[SubmissionRow, ...]:
    with people.database.reading() as db:
        client = db.get(ClientRow, client_id)
        assert client is not None
        return list_submissions(db, client.id)


def test_what_comes_is_kept_sealed(people: People, phone: FlaskClient, worksheet: Worksheet):
    """With the worksheet as it is now, opened by the client's key alone; no word is told again."""
    sent = submission(worksheet, assignment=make_id())
    answer = phone.post("/api/submissions", json=sent)
    assert answer.status_code == 201
    told = answer.get_json()
    assert told.keys() == {
        *("id", "template", "assignment", "is_marked", "answered_at", "received_at")
    }
    assert (told["id"], told["assignment"]) == (sent["id"], sent["assignment"])
    assert not told["is_marked"]
    (row,) = own_rows(people, people.ines)
    answered = open_submission(row, people.keys.get(people.ines))
    pair = find_pair(worksheet)
    assert isinstance(pair, PairField)
    assert answered["answers"][pair.name] == sent["answers"][pair.name]
    assert answered["worksheet"]["title"] == worksheet.title
    assert {each["kind"] for each in answered["worksheet"]["fields"]} >= {"pair"}


def test_the_same_again_is_the_same(people: People, phone: FlaskClient, worksheet: Worksheet):
    """200, the same bytes, one row: also when the worksheet has changed meanwhile, or is gone."""
    sent = submission(worksheet)
    first = phone.post("/api/submissions", json=sent)
    again = phone.post("/api/submissions", json=sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    path = people.app.extensions["stepback"].settings.scripts_path / "worksheets"
    (path / f"{worksheet.name}.yaml").unlink()
    assert phone.post("/api/submissions", json=sent).data == first.data
    assert len(own_rows(people, people.ines)) == 1


def test_a_different_one_with_the_same_id_is_kept_beside(
    people: People, phone: FlaskClient, worksheet: Worksheet
):
    """409, once however often it comes, and sealed."""
    sent = submission(worksheet)
    phone.post("/api/submissions", json=sent)
    other = {**sent, "answers": fill(worksheet, "snow")}
    for _ in range(2):
        assert phone.post("/api/submissions", json=other).status_code == 409
    assert len(own_rows(people, people.ines)) == 1
    with people.database.reading() as db:
        (conflict,) = list_submission_conflicts(db, sent["id"])
    seal = people.keys.get(people.ines)
    body = json.loads(seal.open(conflict.sealed_body, f"submission_conflicts:{conflict.id}"))
    assert body["answers"] == other["answers"]


def test_somebody_elses_id_is_no_way_in(people: People, phone: FlaskClient, worksheet: Worksheet):
    """The same content with the same id from another client is another submission."""
    sent = submission(worksheet)
    phone.post("/api/submissions", json=sent)
    assert people.phone_of(people.jo).post("/api/submissions", json=sent).status_code == 409
    (row,) = own_rows(people, people.ines)
    assert row.client_id == people.ines
    with people.database.reading() as db:
        (conflict,) = list_submission_conflicts(db, sent["id"])
    assert conflict.client_id == people.jo


@pytest.mark.parametrize(
    "change",
    [
        {"id": "short"},
        {"template": "No Such"},
        {"template": "no-such-worksheet"},
        {"answers": {}},
        {"answers": {"nobody": "asked"}},
        {"answered_at": "today"},
        {"assignment": "x"},
        {"more": 1},
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    people: People, phone: FlaskClient, worksheet: Worksheet, change: dict[str, object]
):
    """422 with the field, and nothing is kept."""
    answer = phone.post("/api/submissions", json={**submission(worksheet), **change})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"]
    assert own_rows(people, people.ines) == ()


def test_a_full_worksheet_in_any_script_has_room(phone: FlaskClient, worksheet: Worksheet):
    """Letters that take twelve bytes each in JSON, and room for many questions more."""
    pair = find_pair(worksheet)
    assert pair is not None
    answers = fill(worksheet)
    for side in ("first", "second"):
        answers[pair.name][side]["text"] = side[0] + "𒀀" * (pair.longest - 1)
    body = json.dumps(submission(worksheet, answers=answers))
    statuses = [
        phone.post(
            "/api/submissions", data=body.ljust(kib * 1024), content_type="application/json"
        ).status_code
        for kib in (500, 513)
    ]
    assert statuses == [201, 413]


def test_nearly_the_same_is_marked(phone: FlaskClient, worksheet: Worksheet):
    """By the server, whatever the phone has heard of it."""
    pair = find_pair(worksheet)
    assert pair is not None
    answers = fill(worksheet)
    first = answers[pair.name]["first"]["text"]
    answers[pair.name]["second"]["text"] = first + " "
    answer = phone.post("/api/submissions", json=submission(worksheet, answers=answers))
    assert answer.status_code == 201
    assert answer.get_json()["is_marked"]


def test_the_check_answers_anybody_and_keeps_nothing(
    people: People, worksheet: Worksheet, caplog: pytest.LogCaptureFixture
):
    """Yes or no; not a row more, not a word in the log."""
    caplog.set_level(logging.DEBUG)
    path = f"/api/worksheets/{worksheet.name}/check"
    stranger = people.stranger()
    text = f"It is only {MARKER}, and I am beside you."
    for second, expected in ((text.upper(), True), ("Pull yourself together, you.", False)):
        answer = stranger.post(path, json={"first": text, "second": second})
        assert answer.get_json() == {"is_nearly_identical": expected}
        assert "Set-Cookie" not in answer.headers
    assert MARKER not in caplog.text
    assert tables_with_it(people.database) == []
    assert stranger.post("/api/worksheets/none/check", json={"first": "", "second": ""}
                         ).status_code == 404  # fmt: skip


def test_own_ones_are_read_by_their_writer_alone(
    people: People, phone: FlaskClient, worksheet: Worksheet
):
    """Opened, the latest first; nobody else finds one, and a stranger finds no list."""
    for day in ("21", "28"):
        sent = submission(worksheet, day, answered_at=f"2026-11-{day}T08:00:00Z")
        phone.post("/api/submissions", json=sent)
    told = phone.get("/api/submissions")
    assert told.headers["Cache-Control"] == "no-store"
    found = told.get_json()["submissions"]
    assert [each["answers"] for each in found] == [fill(worksheet, "28"), fill(worksheet, "21")]
    assert found[0]["worksheet"]["title"] == worksheet.title
    assert people.phone_of(people.jo).get("/api/submissions").get_json() == {"submissions": []}
    for browser in (people.stranger(), people.signed_in(people.ada)):
        assert browser.get("/api/submissions").status_code == 404
        assert browser.post("/api/submissions", json=submission(worksheet)).status_code == 404


def test_take_back_deletes_it_with_what_came_of_it(
    people: People, phone: FlaskClient, worksheet: Worksheet
):
    """The row, the therapist's review of it and what came beside; the audit says that it was."""
    sent = submission(worksheet)
    phone.post("/api/submissions", json=sent)
    phone.post("/api/submissions", json={**sent, "answers": fill(worksheet, "snow")})
    now_at = datetime.now(UTC)
    with people.database.writing() as db:
        db.add(
            ReviewRow(
                id="7" * 32,
                submission_id=sent["id"],
                client_id=people.ines,
                therapist_id=people.ada,
                sealed_text=b"\x01",
                made_at=now_at,
            )
        )
    path = f"/api/submissions/{sent['id']}"
    other, stranger = people.phone_of(people.jo), people.stranger()
    assert [each.delete(path).status_code for each in (other, stranger)] == [404, 404]
    assert phone.delete(path).status_code == 204
    assert phone.delete(path).status_code == 404
    with people.database.reading() as db:
        left = [db.query(table).count() for table in
                (SubmissionRow, SubmissionConflictRow, ReviewRow)]  # fmt: skip
        deeds = [(row.actor, row.action, row.subject) for row in db.query(AuditRow)]
    assert left == [0, 0, 0]
    for late in (sent, {**sent, "answers": fill(worksheet, "snow")}):
        answer = phone.post("/api/submissions", json=late)
        assert (answer.status_code, answer.data) == (204, b"")
    assert phone.get("/api/submissions").get_json() == {"submissions": []}
    assert deeds == [(f"client:{people.ines}", "take-back-worksheet", sent["id"])]


def test_whoever_has_left_sends_nothing_more(
    people: People, phone: FlaskClient, worksheet: Worksheet
):
    """The phone is told that it belongs to no client, and keeps its worksheet for itself."""
    with people.database.writing() as db:
        client = db.get(ClientRow, people.ines)
        assert client is not None
        client.left_at = datetime.now(UTC)
    assert phone.post("/api/submissions", json=submission(worksheet)).status_code == 404


def test_sent_by_many_at_once_it_is_one_row(people: People, worksheet: Worksheet):
    """Eight requests with the same submission: one 201, seven 200, one body."""
    sent = submission(worksheet)
    answers: list[tuple[int, bytes]] = []
    ready = threading.Barrier(8)

    def send() -> None:
        phone = people.phone_of(people.ines)
        ready.wait(timeout=60)
        answer = phone.post("/api/submissions", json=sent)
        answers.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(status for status, _ in answers) == [200] * 7 + [201]
    assert len({body for _, body in answers}) == 1
    assert len(own_rows(people, people.ines)) == 1


def test_no_word_is_anywhere_in_clear(
    people: People,
    house: House,
    phone: FlaskClient,
    worksheet: Worksheet,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    """Given in every way there is, right and wrong: in no log, header, error, table or file."""
    caplog.set_level(logging.DEBUG)
    sent = submission(worksheet, MARKER)
    pair = find_pair(worksheet)
    assert pair is not None
    wrong = fill(worksheet, MARKER)
    wrong[pair.name]["first"]["rating"] = MARKER
    long = fill(worksheet, MARKER)
    long[pair.name]["first"]["text"] = MARKER * 1000

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError(MARKER)

    answers = [
        phone.post("/api/submissions", json=sent),
        phone.post("/api/submissions", json=sent),
        phone.post("/api/submissions", json={**sent, "answers": fill(worksheet, MARKER * 2)}),
        phone.post("/api/submissions", json={**submission(worksheet), "answers": wrong}),
        phone.post("/api/submissions", json={**submission(worksheet), "answers": long}),
        phone.post("/api/submissions", json={**submission(worksheet), "answers": MARKER}),
        phone.post("/api/submissions", json={**submission(worksheet), "answered_at": MARKER}),
        phone.post("/api/submissions", data=f'{{"{MARKER}', content_type="application/json"),
        people.stranger().post("/api/submissions", json=sent),
        phone.post(f"/api/worksheets/{worksheet.name}/check",
                   json={"first": MARKER, "second": MARKER}),
        phone.post(f"/api/worksheets/{worksheet.name}/check",
                   json={"first": MARKER * 1000, "second": 1}),
    ]  # fmt: skip
    with monkeypatch.context() as patched:
        patched.setattr("server.web.submissions_api.add_submission", fail)
        answers.append(phone.post("/api/submissions", json=submission(worksheet, MARKER)))
    statuses = [answer.status_code for answer in answers]
    assert statuses == [201, 200, 409, 422, 422, 422, 422, 400, 404, 200, 422, 500]
    for answer in answers:
        assert not has_marker(answer.data), answer.status_code
        assert not has_marker(headers_of(answer))
    assert not has_marker(caplog.text.encode())
    assert tables_with_it(house.database) == []
    settings = house.settings
    assert files_with_it(settings.data_path, settings.cache_path, settings.keys_path) == []
    with house.database.reading() as db:
        assert db.query(SubmissionRow).count() == 1
    assert has_marker(phone.get("/api/submissions").data)  # its writer reads it
