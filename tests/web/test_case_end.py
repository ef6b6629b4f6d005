"""The end of a case: a copy for the therapist, and all of a client deleted, by their own alone."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.errors import NotAllErased
from server.render import server_secret
from server.store.care import ClientDeviceRow, ClientRow, KeyRing, check_audit, list_deeds
from server.web.people import SIGN_IN
from tests.full_case import MARKER, NOON, Filling, files_with_it, has_marker
from tests.web.people_house import People

ACTIONS = ("export", "erase")


@pytest.fixture
def case(people: People) -> Filling:
    """Ines, of whom there is everything."""
    rooms = people.app.extensions["stepback"]
    with people.database.writing() as db:
        for device in db.query(ClientDeviceRow).filter_by(client_id=people.ines):
            device.joined_at = NOON
    filling = Filling(
        database=rooms.database,
        shelf=rooms.shelf,
        keys=rooms.keys,
        secret_path=rooms.settings.secret_path,
        client_id=people.ines,
    )
    filling.fill()
    return filling


def address(client_id: str, action: str) -> str:
    return f"/room/clients/{client_id}/{action}"


def places(people: People) -> list[Path]:
    settings = people.app.extensions["stepback"].settings
    return [settings.data_path, settings.cache_path, settings.keys_path]


def actions(people: People) -> list[tuple[str, str]]:
    with people.database.reading() as db:
        assert check_audit(db).number is None
        return [(row.actor, row.action) for row in list_deeds(db, client_id=people.ines)]


def test_a_copy_is_sent_and_nothing_of_it_stays(people: People, case: Filling) -> None:
    """What the client lets be seen, opened; the audit says who made it; no file is left."""
    before = files_with_it(*places(people))
    page = people.signed_in(people.ada).get(address(people.ines, "export"))
    assert page.status_code == 200
    assert "Ines" in page.text
    answer = people.signed_in(people.ada).post(address(people.ines, "export"))
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="client-{day}.zip"'
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as zipped:
        assert zipped.testzip() is None
        said = json.loads(zipped.read("client.json"))
    assert said["notes"][0]["text"] == f"{MARKER} private note"
    assert len(said["submissions"]) == 3
    assert "devices" not in said
    assert files_with_it(*places(people)) == before
    assert actions(people) == [(f"therapist:{people.ada}", "export")]


def test_a_copy_that_was_left_behind_goes_with_the_client(people: People, case: Filling) -> None:
    """As when the process was killed while it wrote or sent it."""
    settings = people.app.extensions["stepback"].settings
    folder = settings.data_path / "copies"
    folder.mkdir()
    for name in (f"{people.ines}-0.zip", f".{people.ines}-0.zip.part"):
        (folder / name).write_text(MARKER)
    (folder / f"{people.jo}-0.zip").write_text("another's")
    erase(people)
    assert [path.name for path in folder.iterdir()] == [f"{people.jo}-0.zip"]


def erase(people: People, name: str = "Ines"):
    return people.signed_in(people.ada).post(address(people.ines, "erase"), data={"name": name})


def test_a_client_is_erased_when_the_name_is_typed(people: People, case: Filling) -> None:
    """Nothing is left; whoever looks for them finds nobody, and their phone is a stranger's."""
    page = people.signed_in(people.ada).get(address(people.ines, "erase"))
    assert page.status_code == 200
    assert "Ines" in page.text
    assert not has_marker(page.data)
    answer = erase(people, "  ines ")
    assert (answer.status_code, answer.location) == (303, "/room/erased")
    assert "It is erased" in people.signed_in(people.ada).get("/room/erased").text
    assert files_with_it(*places(people)) == []
    assert actions(people) == [(f"therapist:{people.ada}", each) for each in ("erase", "erased")]
    for action in ACTIONS:
        asked = people.signed_in(people.ada).get(address(people.ines, action))
        assert asked.status_code == 404
    with people.database.reading() as db:
        assert db.get(ClientRow, people.ines) is None
        assert db.get(ClientRow, people.jo) is not None
    log = people.phone_of(people.ines).get("/api/session-entries")
    assert log.get_json()["entries"] == []


@pytest.mark.parametrize("name", ["", "Jo", "Ines Ines", "erased"])
def test_without_the_name_nothing_is_erased(people: People, case: Filling, name: str) -> None:
    """It is said at the field, and what was typed is still there."""
    answer = erase(people, name)
    assert answer.status_code == 422
    assert "This is not the name. Nothing was erased; if you are sure" in answer.text
    assert f'value="{name}"' in answer.text
    assert actions(people) == []
    assert people.keys.get(people.ines)


def test_a_form_without_the_field_erases_nothing(people: People, case: Filling) -> None:
    """Nor one with two of them."""
    browser = people.signed_in(people.ada)
    for data in ({}, {"name": ["Ines", "Ines"]}):
        assert browser.post(address(people.ines, "erase"), data=data).status_code == 422
    assert actions(people) == []


def test_an_erasure_that_was_cut_short_is_finished(
    people: People, case: Filling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says what is left to do; the key and with it the name have gone by then."""

    def stop(*_: object) -> None:
        raise NotAllErased

    with monkeypatch.context() as patched:
        patched.setattr("server.render.erasing._remove_sound", stop)
        answer = erase(people)
    assert answer.status_code == 503
    assert "cannot be read any more" in answer.text
    page = people.signed_in(people.ada).get(address(people.ines, "erase"))
    assert "Type the name, erased, if you are sure" in page.text
    copy = people.signed_in(people.ada).post(address(people.ines, "export"))
    assert copy.status_code == 404
    assert erase(people, "erased").status_code == 303
    assert files_with_it(*places(people)) == []


@pytest.mark.parametrize("action", ACTIONS)
def test_only_their_own_therapist_finds_them(people: People, case: Filling, action: str) -> None:
    """For everybody else a client of somebody's is answered like an id of nothing."""
    path, nobody = address(people.ines, action), address("f" * 32, action)
    for therapist in (people.bo, people.cy):
        browser = people.signed_in(therapist)
        for ask in (browser.get, browser.post):
            answer, of_nothing = ask(path), ask(nobody)
            assert answer.status_code == of_nothing.status_code == 404
            assert answer.data == of_nothing.data
    for browser in (people.stranger(), people.phone_of(people.ines)):
        assert browser.get(path).status_code == 302
        assert browser.post(path, data={"name": "Ines"}).status_code == 404
    forged = people.stranger()
    with forged.session_transaction() as session:
        session[SIGN_IN] = "made up"
    assert forged.post(path, data={"name": "Ines"}).status_code == 404
    assert actions(people) == []
    assert len(files_with_it(*places(people))) > 3


def test_no_word_comes_into_a_log(
    people: People, case: Filling, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a name nor a marker, whatever is done."""
    caplog.set_level("DEBUG")
    people.signed_in(people.ada).post(address(people.ines, "export"))
    erase(people, "wrong")
    erase(people)
    logged = "\n".join(f"{each.getMessage()} {each.__dict__}" for each in caplog.records)
    assert logged
    assert not has_marker(logged.encode())
    assert "Ines" not in logged


def test_the_secret_of_the_house_stays(people: People, case: Filling) -> None:
    """What others' names and recordings hang on is not touched."""
    path = people.app.extensions["stepback"].settings.secret_path
    before = server_secret(path)
    erase(people)
    assert server_secret(path) == before
    assert KeyRing(people.keys.path).get(people.jo)
