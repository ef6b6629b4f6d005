"""A client is invited, joins with a device, brings another one, and leaves."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Response
from flask.testing import FlaskClient

from server.store import Database, hash_device
from server.store.care import (
    AuditRow,
    ClientDeviceRow,
    ClientRow,
    ConsentRow,
    InvitationRow,
    TherapistRow,
    add_invitation,
    hash_token,
)
from server.web.device import COOKIE
from tests.web.people_house import People

NAME = "Zoë from Tuesday"
PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


def invite(browser: FlaskClient, name: str = NAME) -> tuple[str, Response]:
    """Invite somebody; gives the path of the link, and the page that shows it."""
    asked = browser.post("/room/invite", data={"name": name})
    assert asked.status_code == 307
    page = browser.post(asked.location, data={"name": name})
    assert page.status_code == 200
    return path_in(page), page


def path_in(page: Response) -> str:
    found = re.search(r'value="(http://sit\.example/join/[A-Za-z0-9_-]{43})"', page.text)
    assert found is not None, page.text
    return urlsplit(found[1]).path


def join(phone: FlaskClient, path: str, *seen: str) -> Response:
    """Look at an invitation and join."""
    assert phone.get(path).status_code == 200
    return phone.post(path, data={"seen": list(seen)}, headers={"User-Agent": PHONE})


def client_named(people: People, name: str) -> ClientRow:
    with people.database.reading() as db:
        for row in db.query(ClientRow):
            if people.keys.get(row.id).open(row.sealed_name, f"clients:{row.id}") == name:
                return row
    raise AssertionError(name)


# ── inviting ─────────────────────────────────────────────────────────────────────────────────


def test_a_therapist_sees_their_own_clients_by_name(people: People):
    """And nobody else's; the name is kept sealed."""
    ada = people.signed_in(people.ada)
    invite(ada, "Änne")
    page = ada.get("/room").text
    names = re.findall(r'class="row-title" href="/room/clients/[^>]*>([^<]+)<', page)
    assert names == ["Änne", "Ines", "Jo"]
    with people.database.reading() as db:
        assert not any("Änne".encode() in row.sealed_name for row in db.query(ClientRow))


@pytest.mark.sqlite
def test_a_link_is_absolute_shown_once_and_kept_as_a_hash(people: People):
    """By the address that the operator gave, whatever host was asked."""
    ada = people.signed_in(people.ada)
    path, page = invite(ada)
    assert "<svg" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    token = path.rpartition("/")[2]
    client = client_named(people, NAME)
    again = ada.get(f"/room/clients/{client.id}/link")
    assert token not in again.text
    assert "cannot be shown again" in again.text
    session = ada.get_cookie("stepback_session")
    assert session is not None
    ada.set_cookie("stepback_session", session.value, domain="evil.example")
    made = ada.post(f"/room/clients/{client.id}/link", base_url="http://evil.example")
    assert "http://sit.example/join/" in made.text
    assert "evil.example" not in made.text
    with people.database.reading() as db:
        stored = {row.token_hash for row in db.query(InvitationRow)}
    assert stored == {hash_token(path_in(made).rpartition("/")[2])}
    assert token.encode() not in people.database.path.read_bytes()


@pytest.mark.parametrize(
    ("typed", "said"), [("  ", "Please write a name"), ("n" * 121, "Please shorten it")]
)
def test_a_name_that_cannot_be_kept_is_told_at_its_field(people: People, typed: str, said: str):
    """And nothing typed is lost."""
    page = people.signed_in(people.ada).post("/room/invite", data={"name": typed})
    assert page.status_code == 422
    assert said in page.text
    assert f'value="{typed}"' in page.text
    with people.database.reading() as db:
        assert db.query(ClientRow).count() == 3


def test_a_link_can_be_withdrawn_and_made_anew(people: People):
    """Of two links of one client the later one counts; one that was taken back opens nothing."""
    ada = people.signed_in(people.ada)
    first, _ = invite(ada)
    of_client = f"/room/clients/{client_named(people, NAME).id}/link"
    second = path_in(ada.post(of_client))
    statuses = {path: people.stranger().get(path).status_code for path in (first, second)}
    assert statuses == {first: 404, second: 200}
    assert ada.post(f"{of_client}/withdraw").status_code == 303
    assert people.stranger().get(second).status_code == 404
    assert "no open link" in ada.get("/room").text


def test_one_who_has_joined_gets_no_link_of_their_therapists(people: People):
    """What somebody wrote is opened by links of their own alone."""
    ada = people.signed_in(people.ada)
    answer = ada.post(f"/room/clients/{people.ines}/link")
    assert (answer.status_code, answer.location) == (303, "/room")
    with people.database.writing() as db:
        ines = db.get(ClientRow, people.ines)
        assert ines is not None
        token = add_invitation(db, ines, "client", datetime.now(UTC))
    assert people.stranger().get(f"/join/{token}").status_code == 404


def test_another_therapist_makes_no_link(people: People):
    """Nor sees whether there is one."""
    ada = people.signed_in(people.ada)
    invite(ada)
    of_client = f"/room/clients/{client_named(people, NAME).id}/link"
    for other in (people.bo, people.cy):
        browser = people.signed_in(other)
        answers = [browser.get(of_client), browser.post(of_client),
                   browser.post(f"{of_client}/withdraw")]  # fmt: skip
        assert {answer.status_code for answer in answers} == {404}


# ── joining ──────────────────────────────────────────────────────────────────────────────────


def test_a_client_joins(people: People):
    """The device is theirs from now on, and what was chosen is noted, kind by kind."""
    path, _ = invite(people.signed_in(people.ada))
    phone = people.stranger()
    page = phone.get(path)
    assert "Ada invites you" in page.text
    assert "Linden Street" in page.text
    assert NAME not in page.text
    assert " checked" not in page.text
    answer = join(phone, path, "practised", "worksheets")
    assert (answer.status_code, answer.location) == (303, "/with-therapist")
    assert "With Ada" in phone.get("/with-therapist").text
    client = client_named(people, NAME)
    assert client.joined_at is not None
    with people.database.reading() as db:
        device = db.query(ClientDeviceRow).filter_by(client_id=client.id).one()
        said = {row.what: row.is_given for row in db.query(ConsentRow)}
        rows = db.query(AuditRow).filter_by(client_id=client.id)
        deeds = [(row.action, row.subject) for row in rows]
    assert device.browser == "Firefox, Android"
    assert [what for what, is_given in said.items() if is_given] == ["practised", "worksheets"]
    assert len(said) == 6
    assert deeds == [
        *(("invite", ""), ("join", "")),
        *(("show", each) for each in ("practised", "worksheets")),
    ]


def test_joining_needs_no_choice(people: People):
    """Nothing is preset, and nothing has to be shown."""
    path, _ = invite(people.signed_in(people.ada))
    assert join(people.stranger(), path).status_code == 303
    with people.database.reading() as db:
        assert not any(row.is_given for row in db.query(ConsentRow))


def test_looking_does_not_use_a_link_up(people: People):
    """Message apps fetch links."""
    path, _ = invite(people.signed_in(people.ada))
    for _ in range(3):
        people.stranger().get(path)
        people.stranger().head(path)
    assert join(people.stranger(), path).status_code == 303


def test_closed_links_are_answered_alike(people: People):
    """Used, too old, taken back, of a therapist who has left, never made: one page."""
    ada = people.signed_in(people.ada)
    pages = []
    for way in ("used", "old", "therapist"):
        path, _ = invite(ada)
        if way == "used":
            join(people.stranger(), path)
        with people.database.writing() as db:
            row = db.get(InvitationRow, hash_token(path.rpartition("/")[2]))
            assert row is not None
            if way == "old":
                row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
            elif way == "therapist":
                therapist = db.get(TherapistRow, people.ada)
                assert therapist is not None
                therapist.active = False
        pages += [people.stranger().get(path)]
        pages += [people.phone_of(people.kim).post(path)]
    pages += [
        people.stranger().get(f"/join/{'x' * 43}"),
        people.stranger().get("/join/%F0%9F%8C%B1"),
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


def test_of_two_devices_at_once_one_joins(people: People):
    """In twenty rounds, whichever comes first."""
    ada = people.signed_in(people.ada)
    for _ in range(20):
        path, _ = invite(ada)
        phones = [people.stranger() for _ in range(4)]
        for phone in phones:
            phone.get(path)
        statuses: list[int] = []
        begin = threading.Barrier(len(phones))

        def press(phone: FlaskClient, path: str = path, begin: threading.Barrier = begin,
                  statuses: list[int] = statuses) -> None:  # fmt: skip
            begin.wait()
            statuses.append(phone.post(path).status_code)

        threads = [threading.Thread(target=press, args=(phone,)) for phone in phones]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [303, 404, 404, 404]


def test_who_was_given_something_is_led_to_it(people: People):
    """From the code to the first sound there are few presses: joining, the practice, Begin."""
    path, _ = invite(people.signed_in(people.ada))
    case = f"/room/clients/{client_named(people, NAME).id}"
    given = people.signed_in(people.ada).post(
        f"{case}/give/practice/soft-ground",
        data={
            **{"action": "give", "message": "", "rhythm": "twice-a-week", "minutes": "3"},
            **{"anchor": "any", "eyes": "any", "pace": "as-written", "bed": "as-written"},
            **{"bed_level": "as-written", "word-place": "this room"},
        },
    )
    assert given.status_code == 303
    phone = people.stranger()
    answer = join(phone, path)
    assert (answer.status_code, answer.location) == (303, "/from-my-therapist")
    assert "Soft ground" in phone.get("/from-my-therapist").text


def test_a_second_press_is_no_mistake(people: People):
    """The answer may have been lost on the way: the same device is led to its page again."""
    path, _ = invite(people.signed_in(people.ada))
    phone = people.stranger()
    join(phone, path, "practised")
    again = phone.post(path, data={})
    assert (again.status_code, again.location) == (303, "/with-therapist")
    with people.database.reading() as db:
        assert db.query(ConsentRow).count() == 6  # the second press decided nothing anew


def test_a_browser_without_cookies_uses_no_link_up(people: People):
    """It is told why, and the link stays good."""
    path, _ = invite(people.signed_in(people.ada))
    page = people.stranger().post(path, data={"seen": "minutes"})
    assert page.status_code == 200
    assert "press Join once more" in page.text
    assert re.search(r'value="minutes"[^>]* checked', page.text)
    assert join(people.stranger(), path).status_code == 303


def test_a_device_is_one_clients(people: People):
    """Who shares a browser is refused kindly, and the link stays good."""
    path, _ = invite(people.signed_in(people.cy))
    phone = people.phone_of(people.ines)
    for page in (phone.get(path), phone.post(path)):
        assert page.status_code == 409
        assert "has joined already" in page.text
    assert join(people.stranger(), path).status_code == 303


def test_a_therapists_browser_becomes_nobodys(people: People):
    """Who tries their own client's link, or anybody's, is told so, and the link stays good."""
    path, _ = invite(people.signed_in(people.ada))
    for therapist in (people.ada, people.cy):
        desk = people.signed_in(therapist)
        desk.get("/")
        for page in (desk.get(path), desk.post(path, data={"seen": "minutes"})):
            assert page.status_code == 409
            assert "You are signed in as a therapist here" in page.text
            assert 'action="/sign-out"' in page.text
        assert desk.get_cookie(COOKIE) is None
    with people.database.reading() as db:
        assert db.query(ClientDeviceRow).count() == 3
    assert join(people.stranger(), path).status_code == 303


def test_what_a_form_cannot_hold_is_refused(people: People):
    """A kind that is none, a device that is none: a clear error, and no fault."""
    path, _ = invite(people.signed_in(people.ada))
    phone = people.stranger()
    phone.get(path)
    assert phone.post(path, data={"seen": "everything"}).status_code == 400
    ines = people.phone_of(people.ines)
    assert ines.post("/with-therapist/consent", data={"what": "x"}).status_code == 400
    assert ines.post("/with-therapist/devices/remove", data={"device": "x"}).status_code == 404


# ── devices ──────────────────────────────────────────────────────────────────────────────────


def add_tablet(people: People) -> FlaskClient:
    """Ines brings a second device."""
    page = people.phone_of(people.ines).post("/with-therapist/devices")
    tablet = people.stranger()
    path = path_in(page)
    assert "One more device of yours" in tablet.get(path).text
    assert tablet.post(path).status_code == 303
    return tablet


def hash_of(browser: FlaskClient) -> str:
    cookie = browser.get_cookie(COOKIE, domain="localhost")
    assert cookie is not None
    return hash_device(cookie.value)


def test_a_second_device_and_a_lost_one(people: People):
    """Either removes the other; what is removed sees nothing from the next request on."""
    phone, tablet = people.phone_of(people.ines), add_tablet(people)
    assert phone.get("/with-therapist").text.count('name="device"') == 2
    assert tablet.get("/with-therapist/seen").status_code == 200
    lost = hash_of(phone)
    assert tablet.post("/with-therapist/devices/remove", data={"device": lost}).status_code == 303
    assert phone.get("/with-therapist/seen").status_code == 404
    assert "need no account" in phone.get("/with-therapist").text
    last = tablet.post("/with-therapist/devices/remove", data={"device": hash_of(tablet)})
    assert last.location == "/with-therapist/leave"
    assert tablet.get("/with-therapist/seen").status_code == 200


def test_a_device_says_when_it_was_last_used(people: People):
    """To its owner, who may have lost it; a look at it is not a write each time."""
    tablet, long_ago = add_tablet(people), datetime(2026, 1, 5, tzinfo=UTC)
    phone = people.phone_of(people.ines)

    def set_seen(seen_at: datetime) -> None:
        with people.database.writing() as db:
            row = db.get(ClientDeviceRow, hash_of(tablet))
            assert row is not None
            row.seen_at = seen_at

    set_seen(long_ago)
    assert "last used on 5 January 2026" in phone.get("/with-therapist").text
    tablet.get("/with-therapist/seen")
    assert "5 January 2026" not in phone.get("/with-therapist").text
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    set_seen(an_hour_ago)
    tablet.get("/with-therapist/seen")
    with people.database.reading() as db:
        row = db.get(ClientDeviceRow, hash_of(tablet))
        assert row is not None
        assert row.seen_at == an_hour_ago


def test_nobody_removes_anothers_device(people: People):
    """A device that is not one's own is like one that is not there."""
    add_tablet(people)
    mine, theirs = people.phone_of(people.ines), people.phone_of(people.kim)
    mine.post("/with-therapist/devices/remove", data={"device": hash_of(theirs)})
    assert theirs.get("/with-therapist/seen").status_code == 200


def test_a_link_for_a_device_lasts_an_hour(people: People):
    """And leaving closes it."""
    ines = people.phone_of(people.ines)
    path = path_in(ines.post("/with-therapist/devices"))
    with people.database.reading() as db:
        row = db.get(InvitationRow, hash_token(path.rpartition("/")[2]))
        assert row is not None
        assert row.expires_at - row.made_at == timedelta(hours=1)
    ines.post("/with-therapist/leave")
    assert people.stranger().get(path).status_code == 404


# ── leaving ──────────────────────────────────────────────────────────────────────────────────


def set_left(database: Database, client_id: str, left_at: datetime) -> None:
    with database.writing() as db:
        row = db.get(ClientRow, client_id)
        assert row is not None
        row.left_at = left_at


def test_leaving_and_thinking_better_of_it(people: People):
    """The therapist sees that they left; until tomorrow the same device undoes it."""
    phone, ada = people.phone_of(people.ines), people.signed_in(people.ada)
    phone.post("/with-therapist/consent", data={"what": "practised", "is_given": "yes"})
    assert "What leaving means" in phone.get("/with-therapist/leave").text
    assert phone.post("/with-therapist/leave").status_code == 303
    assert "left on" in ada.get("/room").text
    assert phone.get("/with-therapist/seen").status_code == 404
    assert "You have left" in phone.get("/with-therapist").text
    assert phone.post("/with-therapist/return").status_code == 303
    assert "With Ada" in phone.get("/with-therapist").text
    assert "left on" not in ada.get("/room").text


def test_after_a_day_leaving_is_for_good(people: People):
    """The device is then nobody's, and may join anew."""
    phone = people.phone_of(people.ines)
    set_left(people.database, people.ines, datetime.now(UTC) - timedelta(days=1, seconds=1))
    assert phone.post("/with-therapist/return").status_code == 404
    assert "need no account" in phone.get("/with-therapist").text
    path, _ = invite(people.signed_in(people.cy))
    assert join(phone, path).status_code == 303
    assert "With Cy" in phone.get("/with-therapist").text


def test_nobody_comes_back_for_another(people: People):
    """A stranger has nowhere to return to."""
    people.phone_of(people.ines).post("/with-therapist/leave")
    for browser in (people.stranger(), people.phone_of(people.jo)):
        assert browser.post("/with-therapist/return").status_code == 404
