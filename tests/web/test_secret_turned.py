"""The server's secret is turned, as after a leak: what ends by it, and what goes on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server.app import create_app
from server.store.care import TherapistRow
from server.store.care.accounts import reset_second_factor
from server.store.care.invitations import add_link
from tests.web.account_house import Person, give_password, where
from tests.web.conftest import House
from tests.web.people_house import People
from tests.web.private_feed_house import PrivateFeedHouse, addresses_in

ADA = "ada@sit.example"
NEW_PASSWORD = "kettle orbit violin seven"


@pytest.fixture
def feeds(house: House, people: People) -> PrivateFeedHouse:
    """Ines has a practice in her words; its sound is there."""
    made = PrivateFeedHouse(house=house, people=people)
    made.give(people.ines, words={"place": "the kitchen"})
    return made


def turn(feeds: PrivateFeedHouse) -> PrivateFeedHouse:
    """Put the secret away, and start the house anew."""
    path = feeds.house.settings.secret_path
    path.rename(path.with_name("secret-former.key"))
    app = create_app(feeds.house.settings)
    database = app.extensions["stepback"].database
    people = People(**{**vars(feeds.people), "app": app, "database": database})
    return PrivateFeedHouse(house=feeds.house, people=people)


def carry_over(person: Person, people: People) -> None:
    """Have somebody go on in the house as it is now, with what their browser holds."""
    held = person.browser.get_cookie("stepback_session")
    assert held is not None
    person.browser = people.stranger()
    person.browser.set_cookie(held.key, held.value, domain="localhost")


def test_what_the_old_one_signed_counts_no_more(feeds: PrivateFeedHouse) -> None:
    """Neither a sign-in, nor the half of one, nor a password, nor the address of a file."""
    people = feeds.people
    give_password(people, people.ada)
    ada = Person(people.stranger())
    ada.enroll(ADA)
    half = Person(people.stranger())
    half.password(ADA)
    assert half.look("/sign-in/code").status_code == 200
    feed = feeds.make(people.ines)
    old = addresses_in(feeds.channel(feed))["enclosure"]
    assert feeds.get(old[0]).status_code == 200

    turned = turn(feeds)
    for person in (ada, half):
        carry_over(person, turned.people)
    assert where(ada.look("/account")) == "/sign-in?next=%2Faccount"
    assert where(half.look("/sign-in/code")) == "/sign-in"
    assert half.password(ADA).status_code == 200  # "do not go together"
    assert not ada.is_in()
    assert turned.get(old[0]).status_code == 404


def test_what_people_have_goes_on(feeds: PrivateFeedHouse) -> None:
    """What was written is read, a client is known by their device, a feed has its address and its
    sound is made anew; a therapist comes in with a new password and a new second factor.
    """
    people, database = feeds.people, feeds.people.database
    phone = people.phone_of(people.ines)
    given = phone.get("/from-my-therapist").text
    feed = feeds.make(people.ines)
    give_password(people, people.ada)
    Person(people.stranger()).enroll(ADA)

    turned = turn(feeds)
    phone = turned.people.phone_of(people.ines)
    assert phone.get("/from-my-therapist").text == given
    turned.order(people.ines)
    assert len(turned.publish()) == 1
    [sound] = addresses_in(turned.channel(feed))["enclosure"]
    assert turned.get(sound).status_code == 200
    now_at = datetime.now(UTC)
    with database.writing() as db:
        link = add_link(db, "password", now_at, therapist=db.get_one(TherapistRow, people.ada))
        reset_second_factor(db, people.ada, now_at)
    ada = Person(turned.people.stranger())
    chosen = {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
    assert where(ada.send(f"/welcome/{link}", **chosen)) == "/sign-in"
    ada.enroll(ADA, NEW_PASSWORD)
    assert ada.is_in()
    case = ada.look(f"/room/clients/{people.ines}")
    assert case.status_code == 200
    assert "Ines" in case.text
