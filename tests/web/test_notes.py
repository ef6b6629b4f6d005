"""Private notes: their author's alone, sealed, changed, deleted for good, and put back."""

from __future__ import annotations

import html
import re

from flask.testing import FlaskClient
from sqlalchemy import select

from server.store.care import AuditRow, ClientRow, NoteRow
from tests.web.people_house import People

WORDS = "She <b>laughed</b> at “ought”.\r\nAsk again in May."


def notes_of(people: People, client_id: str) -> str:
    return f"/room/clients/{client_id}/notes"


def write(browser: FlaskClient, path: str, text: str = WORDS) -> str:
    """Write a note; gives its id."""
    answer = browser.post(path, data={"text": text})
    assert answer.status_code == 302, answer.text
    page = browser.get(path).text
    return re.findall(rf"{path}/([0-9a-f]{{32}})\"", page)[0]


def removed_of(page: str) -> str:
    found = re.search(r'name="removed" value="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def test_a_note_is_written_and_read(people: People):
    """As it was written, whatever is in it; the form is empty again."""
    ada, path = people.signed_in(people.ada), notes_of(people, people.ines)
    write(ada, path)
    page = ada.get(path).text
    assert "She &lt;b&gt;laughed&lt;/b&gt; at “ought”.\nAsk again in May." in page
    assert page.count("Ask again in May.") == 1


def test_a_note_is_sealed(people: People):
    """Nothing of it is in the row, and its key is the client's."""
    write(people.signed_in(people.ada), notes_of(people, people.ines))
    with people.database.reading() as db:
        row = db.scalars(select(NoteRow)).one()
    assert b"laughed" not in row.sealed_text
    seal = people.keys.get(people.ines)
    assert "laughed" in seal.open(row.sealed_text, f"notes:{row.id}")


def test_a_note_is_changed(people: People):
    """What it said before is gone, and the page says that it was changed."""
    ada, path = people.signed_in(people.ada), notes_of(people, people.ines)
    note_id = write(ada, path)
    assert "Ask again in May." in ada.get(f"{path}/{note_id}").text
    assert ada.post(f"{path}/{note_id}", data={"text": "Asked."}).status_code == 302
    page = ada.get(path).text
    assert "Asked." in page
    assert "in May" not in page
    assert "changed since" in page


def test_a_note_is_deleted_and_put_back(people: People):
    """In between nothing of it is kept; afterwards it is as it was."""
    ada, path = people.signed_in(people.ada), notes_of(people, people.ines)
    note_id = write(ada, path)
    before = ada.get(path).text
    deleted = ada.post(f"{path}/{note_id}/delete")
    assert deleted.status_code == 200
    assert "laughed" not in deleted.text
    with people.database.reading() as db:
        assert db.scalars(select(NoteRow)).first() is None
    assert "laughed" not in ada.get(path).text
    back = {"removed": removed_of(deleted.text)}
    for _ in range(2):  # a second press changes nothing
        assert ada.post(f"{path}/{note_id}/undo", data=back).status_code == 302
    assert without_tokens(ada.get(path).text) == without_tokens(before)


def test_a_note_that_is_gone_is_deleted_again(people: People):
    """The page that says so may be loaded again."""
    ada, path = people.signed_in(people.ada), notes_of(people, people.ines)
    note_id = write(ada, path)
    ada.post(f"{path}/{note_id}/delete")
    assert ada.post(f"{path}/{note_id}/delete").status_code == 302


def test_only_what_was_deleted_here_is_put_back(people: People):
    """Nobody makes a note of somebody's by sending one."""
    ada, path = people.signed_in(people.ada), notes_of(people, people.ines)
    note_id = write(ada, path)
    removed = removed_of(ada.post(f"{path}/{note_id}/delete").text)
    of_jo = f"{notes_of(people, people.jo)}/{note_id}/undo"
    for address, sent in (
        (of_jo, {"removed": removed}),
        (f"{path}/{'0' * 32}/undo", {"removed": removed}),
        (f"{path}/{note_id}/undo", {"removed": removed[:-8]}),
        (f"{path}/{note_id}/undo", {"removed": "ä%"}),
        (f"{path}/{note_id}/undo", {}),
    ):
        assert ada.post(address, data=sent).status_code == 404, sent
    with people.database.writing() as db:
        client = db.get(ClientRow, people.ines)
        assert client is not None
        client.therapist_id = people.bo
    bo = people.signed_in(people.bo)
    assert bo.post(f"{path}/{note_id}/undo", data={"removed": removed}).status_code == 404


def without_tokens(page: str) -> str:
    """The page, but for what differs from second to second."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_an_empty_or_endless_note_is_refused(people: People):
    """With a sentence at the field, and nothing typed is lost."""
    ada, path = people.signed_in(people.ada), notes_of(people, people.ines)
    note_id = write(ada, path)
    for text in (" ", "word " * 900):
        for address in (path, f"{path}/{note_id}"):
            answer = ada.post(address, data={"text": text})
            assert answer.status_code == 422
            assert 'id="text-problem"' in answer.text
            assert text.strip() in answer.text
    assert ada.post(path, data={"text": "x", "therapist_id": people.bo}).status_code == 400


def test_nobody_else_reads_a_note(people: People):
    """Not the client, not a colleague, not whoever takes the client over."""
    ada, path = people.signed_in(people.ada), notes_of(people, people.ines)
    note_id = write(ada, path)
    of_jo = f"{notes_of(people, people.jo)}/{note_id}"
    assert ada.get(of_jo).status_code == 404
    assert ada.post(of_jo, data={"text": "Mine"}).status_code == 404
    for who in (people.signed_in(people.bo), people.signed_in(people.cy)):
        for address in (path, f"{path}/{note_id}"):
            assert who.get(address).status_code == 404
            assert who.post(address, data={"text": "Mine"}).status_code == 404
        assert who.post(f"{path}/{note_id}/delete").status_code == 404
    assert people.phone_of(people.ines).get(path).status_code == 302
    with people.database.writing() as db:
        client = db.get(ClientRow, people.ines)
        assert client is not None
        client.therapist_id = people.bo
    bo = people.signed_in(people.bo)
    assert "laughed" not in bo.get(path).text
    assert bo.get(f"{path}/{note_id}").status_code == 404
    assert bo.post(f"{path}/{note_id}/delete").status_code == 302
    with people.database.reading() as db:
        assert db.get(NoteRow, note_id) is not None


def test_ones_own_notes_are_no_reading_of_anothers(people: People):
    """They are the therapist's words: the audit is for the client's."""
    ada, path = people.signed_in(people.ada), notes_of(people, people.ines)
    write(ada, path)
    ada.get(path)
    with people.database.reading() as db:
        assert db.scalars(select(AuditRow)).all() == []
