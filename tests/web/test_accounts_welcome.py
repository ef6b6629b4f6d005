"""Links that work once: the first therapist, a colleague, a new password."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask

from server.app import create_app
from server.store.care import InvitationRow, PracticeRoomRow, TherapistRow, find_therapist
from server.store.care.invitations import add_link
from tests.mailbox import Mailbox
from tests.web.account_house import PASSWORD, Person, give_password, where
from tests.web.conftest import house_in
from tests.web.people_house import People, settle_people

CHOSEN = {"password": PASSWORD, "password_again": PASSWORD}
FIRST = {"email": "Dora@Sit.example", "name": "Dora", "room": "Old Mill", **CHOSEN}


def make_link(app: APIFlask, kind: str, therapist_id: str | None = None) -> str:
    with app.extensions["stepback"].database.writing() as db:
        therapist = db.get(TherapistRow, therapist_id) if therapist_id else None
        return f"/welcome/{add_link(db, kind, datetime.now(UTC), therapist=therapist)}"


def test_the_first_therapist_opens_the_first_room(app: APIFlask):
    """Name, room and password; then signing in with a second factor, as everybody does."""
    link, dora = make_link(app, "first"), Person(app.test_client())
    assert where(dora.send(link, **FIRST)) == "/sign-in"
    assert dora.look(link).status_code == 404
    dora.enroll("dora@sit.example")
    assert dora.is_in()
    with app.extensions["stepback"].database.reading() as db:
        row, room = db.query(TherapistRow).one(), db.query(PracticeRoomRow).one()
    assert (row.email, row.is_head, room.name) == ("dora@sit.example", True, "Old Mill")


def test_what_is_wrong_is_said_at_its_field(app: APIFlask):
    """And nothing that was typed is lost, but the password."""
    link = make_link(app, "first")
    sent = {"email": "no address", "name": " ", "room": "Old <Mill>", "password": "short",
            "password_again": "other"}  # fmt: skip
    answer = Person(app.test_client()).send(link, **sent)
    assert answer.status_code == 200
    for told in ("not look like an e-mail", "write something here", "at least 12", "not agree"):
        assert told in answer.text, told
    assert 'value="no address"' in answer.text
    assert 'value="Old &lt;Mill&gt;"' in answer.text
    assert 'value="short"' not in answer.text
    assert Person(app.test_client()).look(link).status_code == 200


def test_the_first_link_ends_when_somebody_is_here(people: People):
    """Whoever finds it later in a log opens nothing."""
    assert Person(people.stranger()).look(make_link(people.app, "first")).status_code == 404


def test_a_link_is_over_after_its_time(people: People):
    """And only a hash of it is kept."""
    link = make_link(people.app, "password", people.ada)
    assert Person(people.stranger()).look(link).status_code == 200
    with people.database.writing() as db:
        row = db.query(InvitationRow).one()
        assert row.expires_at - row.made_at == timedelta(days=1)
        assert row.token_hash not in link
        row.expires_at = datetime.now(UTC)
    assert Person(people.stranger()).look(link).status_code == 404


def test_a_new_password_keeps_the_second_factor_and_ends_sign_ins(people: People):
    """A link alone is not enough to come in."""
    give_password(people, people.ada)
    ada = Person(people.stranger())
    ada.enroll("ada@sit.example")
    link, other = make_link(people.app, "password", people.ada), Person(people.stranger())
    new = {"password": "quiet harbour onion moss", "password_again": "quiet harbour onion moss"}
    assert where(other.send(link, **new)) == "/sign-in"
    assert not ada.is_in()
    assert where(other.password("ada@sit.example", new["password"])).startswith("/sign-in/code")
    assert other.look(link).status_code == 404


def test_a_form_of_a_stranger_brings_its_token(people: People):
    """Nobody chooses a password for somebody else's browser."""
    link = make_link(people.app, "password", people.ada)
    assert Person(people.stranger()).send(link, page="", **CHOSEN).status_code == 400


def test_guessing_links_is_soon_over(people: People):
    """A hundred tries of one network, and then a pause."""
    guesser = Person(people.stranger())
    answers = [guesser.look(f"/welcome/guess-{number}").status_code for number in range(101)]
    assert answers == [404] * 100 + [429]


# ── colleagues ───────────────────────────────────────────────────────────────────────────────


def test_a_colleague_is_invited_comes_in_and_leaves(people: People):
    """By a link that is shown once; when they leave, their sign-in ends with it."""
    ada = people.signed_in(people.ada)
    page = ada.post("/room/people", data={"name": "Eli", "email": "eli@sit.example"}).text
    link = page.split("http://sit.example")[1].split("<")[0]
    assert link not in ada.get("/room/people").text
    eli = Person(people.stranger())
    assert where(eli.send(link, name="Eli R.", **CHOSEN)) == "/sign-in"
    eli.enroll("eli@sit.example")
    assert "Eli R." in eli.look("/room/people").text
    with people.database.reading() as db:
        row = db.query(TherapistRow).filter_by(email="eli@sit.example").one()
    assert (row.room_id, row.is_head) == (people.rooms[0], False)
    assert ada.post(f"/room/people/{row.id}/end").status_code == 303
    assert not eli.is_in()
    assert Person(people.stranger()).password("eli@sit.example").status_code == 200


def test_only_who_may_invites_and_only_into_their_own_room(people: People):
    """A colleague, the head of another room, and oneself: none of that works."""
    bo, cy, ada = (people.signed_in(each) for each in (people.bo, people.cy, people.ada))
    sent = {"name": "Eli", "email": "eli@sit.example"}
    assert bo.post("/room/people", data=sent).status_code == 404
    assert bo.post(f"/room/people/{people.ada}/end").status_code == 404
    assert cy.post(f"/room/people/{people.bo}/end").status_code == 404
    assert cy.post(f"/room/people/{people.bo}/link").status_code == 404
    assert ada.post(f"/room/people/{people.ada}/end").status_code == 404
    taken = ada.post("/room/people", data={"name": "Cy", "email": "CY@sit.example"})
    assert "already" in taken.text
    with people.database.reading() as db:
        assert db.query(TherapistRow).filter_by(active=True).count() == 3


def test_sign_ins_are_listed_and_ended(people: People):
    """One, or all others; never somebody else's."""
    ada, other, third = (people.signed_in(people.ada) for _ in range(3))
    bo = people.signed_in(people.bo)
    page = ada.get("/account").text
    others = [part.split('"')[0] for part in page.split('name="sign_in" value="')[1:]]
    assert len(others) == 2
    assert bo.post("/account/sign-ins/end", data={"sign_in": others[0]}).status_code == 303
    assert [each.get("/account").status_code for each in (other, third)] == [200, 200]
    assert ada.post("/account/sign-ins/end", data={"sign_in": others[0]}).status_code == 303
    assert sorted(each.get("/account").status_code for each in (other, third)) == [200, 302]
    assert ada.post("/account/sign-ins/end-others").status_code == 303
    assert [each.get("/account").status_code for each in (ada, bo)] == [200, 200]
    assert {each.get("/account").status_code for each in (other, third)} == {302}


def test_a_name_is_changed_or_said_to_be_none(people: People):
    """What was typed stays."""
    ada = people.signed_in(people.ada)
    assert "write something" in ada.post("/account/name", data={"name": "  "}).text
    assert ada.post("/account/name", data={"name": " Ada  B. "}).status_code == 303
    assert 'value="Ada B."' in ada.get("/account").text


# ── mail ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server on this machine."""
    with Mailbox() as opened:
        yield opened


def test_without_mail_the_page_says_whom_to_ask(people: People):
    """The operator's command stands there."""
    assert "reset-password" in Person(people.stranger()).look("/sign-in/forgotten").text


def test_a_forgotten_password_by_mail(tmp_path: Path, mailbox: Mailbox):
    """Who is known gets a link, who is not gets none, and the page says the same of both."""
    house = house_in(tmp_path, STEPBACK_SMTP_URL=mailbox.url, STEPBACK_MAIL_FROM="sit@sit.example")
    people = settle_people(create_app(house.settings))
    give_password(people, people.ada)
    told = set()
    for email in ("nobody@sit.example", "ada@sit.example"):
        page = Person(people.stranger()).send("/sign-in/forgotten", email=email).text
        told.add(page.split("<main")[1].split("</main>")[0].replace(email, "…"))
    assert len(told) == 1
    letter = mailbox.wait_for_one()
    assert letter["To"] == "ada@sit.example"
    link = letter.get_content().split("http://sit.example")[1].split()[0]
    asker = Person(people.stranger())
    assert where(asker.send(link, **CHOSEN)) == "/sign-in"
    assert mailbox.is_empty()
    with people.database.reading() as db:
        assert find_therapist(db, link, datetime.now(UTC)) is None
    house.database.close()
    people.database.close()
