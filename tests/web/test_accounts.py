"""Signing in: two factors, one row that counts, and an end that is one at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.store.care import IDLE, AuditRow, SignInRow, TherapistRow
from tests.web.account_house import PASSWORD, Person, give_password, where
from tests.web.people_house import People

ADA = "ada@sit.example"


@pytest.fixture
def ada(people: People) -> Person:
    """Ada has chosen a password and stands before the door."""
    give_password(people, people.ada)
    return Person(people.stranger())


def deeds(people: People) -> list[tuple[str, str, str]]:
    with people.database.reading() as db:
        rows = db.query(AuditRow).order_by(AuditRow.number)
        return [(row.actor, row.action, row.subject) for row in rows]


def test_the_first_sign_in_sets_up_the_second_factor(people: People, ada: Person):
    """A password alone opens nothing; the app's code then does, and recovery codes follow."""
    assert where(ada.password(ADA)) == "/sign-in/second-factor"
    assert not ada.is_in()
    assert where(ada.set_up_app()) == "/account/recovery-codes"
    assert ada.is_in()
    with people.database.reading() as db:
        therapist, sign_in = db.get_one(TherapistRow, people.ada), db.query(SignInRow).one()
    assert sign_in.therapist_id == people.ada
    assert therapist.password is not None
    assert therapist.password.startswith("$argon2id$")
    assert ada.app is not None
    assert therapist.tf_totp_secret is not None
    assert ada.app.base32_key not in therapist.tf_totp_secret
    assert deeds(people) == [(f"therapist:{people.ada}", "sign-in", "")]


def test_a_later_sign_in_asks_for_a_code(people: People, ada: Person):
    """Password, code, room; and the code of a sign-in is not good for a second one."""
    ada.enroll(ADA)
    again = Person(people.stranger(), app=ada.app)
    assert where(again.password(ADA)) == "/sign-in/code?next=/room"
    wrong = again.send("/sign-in/code", code="000000")
    assert wrong.status_code == 200
    assert "does not fit" in wrong.text
    code = again.code()
    assert where(again.send("/sign-in/code", code=code)) == "/room"
    assert again.is_in()
    third = Person(people.stranger(), app=ada.app)
    third.password(ADA)
    assert third.send("/sign-in/code", code=code).status_code == 200
    assert not third.is_in()


def test_whoever_was_on_the_way_gets_there(people: People, ada: Person):
    """The page that somebody asked for is where they are led, and no other site."""
    ada.enroll(ADA)
    again = Person(people.stranger(), app=ada.app)
    again.look("/sign-in?next=/account")
    leads = again.password(ADA, next="/account")
    assert where(again.send(where(leads), code=again.code())) == "/account"
    for foreign in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        tempted = Person(people.stranger(), app=ada.app)
        assert where(tempted.password(ADA, next=foreign)) == "/sign-in/code?next=/room"


def test_nobody_learns_who_is_here(people: People, ada: Person):
    """An unknown address, a wrong password, somebody without one, one who left: one answer."""
    with people.database.writing() as db:
        db.get_one(TherapistRow, people.cy).active = False
    give_password(people, people.cy)
    answers = []
    for email in ("nobody@sit.example", ADA, "bo@sit.example", "cy@sit.example"):
        given = PASSWORD if email.startswith("cy") else "something else entirely"
        answer = Person(people.stranger()).password(email, given)
        assert answer.status_code == 200
        answers.append(answer.text.replace(email, "…").split("<main")[1].split("</form>")[0])
    tokenless = {part.split("csrf_token")[0] + part.split("next")[-1] for part in answers}
    assert len(tokenless) == 1
    assert "do not go together" in answers[0]
    failed = [deed for deed in deeds(people) if deed[1] == "sign-in-failed"]
    assert failed[:3] == [
        ("nobody", "sign-in-failed", each) for each in ("", people.ada, people.bo)
    ]


def test_a_sign_out_counts_at_once(people: People, ada: Person):
    """The cookie of before, kept by somebody, opens nothing."""
    ada.enroll(ADA)
    kept = ada.browser.get_cookie("stepback_session")
    assert kept is not None
    assert where(ada.send("/sign-out", page=ada.look("/account").text)) == "/sign-in"
    thief = people.stranger()
    thief.set_cookie("stepback_session", kept.value)
    assert Person(thief).look("/account").status_code == 302
    assert ("therapist:" + people.ada, "sign-out", "") in deeds(people)


def test_a_sign_in_is_a_new_session(people: People, ada: Person):
    """What somebody slipped into a browser before does not go on behind the sign-in."""
    with ada.browser.session_transaction() as session:
        session["slipped in"] = "before"
    ada.enroll(ADA)
    with ada.browser.session_transaction() as session:
        assert "slipped in" not in session
        assert "tf_totp_secret" not in session


def test_a_new_password_ends_the_other_sign_ins(people: People, ada: Person):
    """Here it goes on; elsewhere, and for an old cookie, it is over."""
    ada.enroll(ADA)
    other = people.signed_in(people.ada)
    fields = {"new_password": "quiet harbour onion moss", "password": PASSWORD}
    short = ada.send("/account/password", **{**fields, "new_password": "short"},
                     new_password_confirm="short")  # fmt: skip
    assert "at least 12 characters" in short.text
    easy = ada.send("/account/password", **{**fields, "new_password": "Password1234!"},
                    new_password_confirm="Password1234!")  # fmt: skip
    assert "easily guessed" in easy.text
    done = ada.send("/account/password", **fields, new_password_confirm=fields["new_password"])
    assert where(done) == "/account"
    assert ada.is_in()
    assert other.get("/account").status_code == 302
    assert Person(people.stranger()).password(ADA).status_code == 200


def test_a_recovery_code_opens_once(people: People, ada: Person):
    """They are shown when they are made; one takes the place of one code, and no more."""
    ada.enroll(ADA)
    codes = ada.recovery_codes
    assert len(codes) == 10
    later = ada.look("/account/recovery-codes?show_codes=1").text
    assert not any(code in later for code in codes)
    for expected in (True, False):
        again = Person(people.stranger())
        again.password(ADA)
        answer = again.send("/sign-in/recovery", code=codes[0].upper())
        assert again.is_in() is expected, answer.text
    with people.database.reading() as db:
        kept = db.get_one(TherapistRow, people.ada).mf_recovery_codes
    assert len(kept) == 9
    assert not set(kept) & set(codes)


def test_a_first_sign_in_left_open_cannot_change_the_factor(people: People, ada: Person):
    """Who knew the password before may not give the account another app afterwards."""
    thief = Person(people.stranger())
    thief.password(ADA)
    ada.enroll(ADA)
    assert where(thief.send("/sign-in/second-factor", page="", setup="authenticator")) == "/sign-in"
    assert not thief.is_in()


def test_it_says_kindly_that_nothing_was_asked_for(people: People, ada: Person):
    """After a quarter of an hour."""
    ada.enroll(ADA)
    with people.database.writing() as db:
        db.query(SignInRow).one().seen_at = datetime.now(UTC) - IDLE - timedelta(seconds=1)
    assert where(ada.look("/account")) == "/sign-in?next=%2Faccount"
    assert "quarter of an hour" in ada.look("/sign-in?next=/account").text
    assert "quarter of an hour" not in Person(people.stranger()).look("/sign-in").text


def test_a_form_without_its_token_is_refused(people: People, ada: Person):
    """A strange page may post with the cookie, and nothing comes of it."""
    ada.enroll(ADA)
    assert ada.browser.post("/sign-out").status_code == 400
    assert ada.is_in()
    wrong = Person(people.stranger()).send("/sign-in", page="", email=ADA, password=PASSWORD)
    assert wrong.status_code == 200
    assert "no longer current" in wrong.text
    assert ADA in wrong.text


def test_a_visitor_gets_no_cookie_by_a_form(people: People):
    """The practices are read without anything being remembered."""
    assert "Set-Cookie" not in Person(people.stranger()).look("/").headers
