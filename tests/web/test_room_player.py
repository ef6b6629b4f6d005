"""The therapist's player and its second loudspeaker, at the door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from server.render.report import segment_rows
from server.store import Database
from server.store.care import (
    CODE_LENGTH,
    CODE_LETTERS,
    IDLE,
    SIGN_IN_LASTS,
    LoudspeakerRow,
    SignInRow,
    hash_token,
)
from server.store.care.loudspeakers import LASTS, LEFT_AFTER, MOST_MISSES
from server.store.care.people_tables import SignInFailureRow
from server.timeline import (
    BedLevel,
    BedSegment,
    SilenceSegment,
    Sound,
    SoundSegment,
    SpeechSegment,
    Timeline,
    Utterance,
)
from server.units import Ms
from server.web.loudspeaker_api import CLOCK, COOKIE
from tests.web.conftest import House
from tests.web.live_house import LiveHouse
from tests.web.people_house import People, settle_people

LOUDSPEAKERS = "/api/room/loudspeakers"
HEARD = "/api/loudspeaker"
PLAN = {
    "at_ms": 1_790_000_000_000,
    "position_ms": 12_000,
    "is_playing": True,
    "hold_ms": None,
    "quiet_start_ms": 0,
    "quiet_end_ms": 0,
    "gain_db": -6,
}


@pytest.fixture
def ada(people: People) -> FlaskClient:
    """Ada's browser."""
    return people.signed_in(people.ada)


@pytest.fixture
def phone(people: People) -> FlaskClient:
    """A phone that nobody knows."""
    return people.stranger()


def ask_for_one(browser: FlaskClient) -> dict[str, Any]:
    answer = browser.post(LOUDSPEAKERS, json={})
    assert answer.status_code == 201
    return answer.get_json()


def tell(browser: FlaskClient, added: dict[str, Any], version: int, render: str | None) -> int:
    told = {"version": version, "render": render, "plan": PLAN}
    return browser.put(f"{LOUDSPEAKERS}/{added['id']}", json=told).status_code


def change_row(database: Database, **values: object) -> None:
    with database.writing() as db:
        row = db.scalars(select(LoudspeakerRow)).one()
        for name, value in values.items():
            setattr(row, name, value)


def change_sign_in(database: Database, **values: object) -> None:
    with database.writing() as db:
        row = db.scalars(select(SignInRow)).one()
        for name, value in values.items():
            setattr(row, name, value)


def seen_at(database: Database) -> datetime:
    with database.reading() as db:
        return db.scalars(select(SignInRow)).one().seen_at


def test_the_pages_are_a_therapists(people: People, ada: FlaskClient, phone: FlaskClient):
    """Whoever is not signed in is led to the sign-in; /listen is anybody's."""
    for path in ("/room/play", "/room/play/soft-ground"):
        assert ada.get(path).status_code == 200
        assert phone.get(path).status_code == 302
        assert people.phone_of(people.ines).get(path).status_code == 302
    assert "Soft ground" in ada.get("/room/play").text
    page = ada.get("/room/play/soft-ground").text
    assert all(f'id="{name}"' in page for name in ("hold", "again", "skip", "lower", "stop"))
    assert "Where are you?" in page
    assert ada.get("/room/play/no-such-thing").status_code == 404
    assert ada.get("/room/play/soft-ground/live").status_code == 404  # it asks nothing
    assert phone.get("/listen").status_code == 200


def test_pages_of_the_room_are_kept_by_no_cache(ada: FlaskClient):
    """Another who opens the machine's browser finds nothing of them."""
    for path in ("/room/play", "/room/play/soft-ground", "/listen"):
        assert ada.get(path).headers["Cache-Control"] == "no-store"


def test_a_sitting_can_be_had_live(live_house: LiveHouse):
    """A practice that asks something is offered with its moves."""
    people = settle_people(live_house.app)
    browser = people.signed_in(people.ada)
    slug = next(
        script.slug
        for script in live_house.rooms.catalogue.scripts()
        if browser.get(f"/room/play/{script.slug}/live").status_code == 200
    )
    page = browser.get(f"/room/play/{slug}/live").text
    assert all(f'data-move="{move}"' in page for move in ("met", "step-back", "too-much", "end"))
    assert f"/room/play/{slug}/live" in browser.get(f"/room/play/{slug}").text


def test_a_code_works_once(ada: FlaskClient, phone: FlaskClient, people: People):
    """It has six characters without look-alikes, and is nobody's once it was used."""
    added = ask_for_one(ada)
    assert len(added["code"]) == CODE_LENGTH
    assert set(added["code"]) <= set(CODE_LETTERS)
    assert not set("0O1ILSBZU") & set(CODE_LETTERS)
    assert added["address"] == "http://sit.example/listen"
    assert added["qr"].startswith("data:image/svg+xml")
    assert added["code"] not in added["qr"]
    typed = f" {added['code'][:3].lower()}-{added['code'][3:].lower()} "
    assert phone.post(HEARD, json={"code": typed}).status_code == 201
    again = people.stranger().post(HEARD, json={"code": added["code"]})
    assert again.status_code == 404
    assert "opens nothing" in again.get_json()["detail"]
    assert ada.get(f"{LOUDSPEAKERS}/{added['id']}").get_json()["is_joined"] is True


def test_a_code_lasts_ten_minutes(ada: FlaskClient, phone: FlaskClient, people: People):
    """After them it opens nothing."""
    added = ask_for_one(ada)
    change_row(people.database, expires_at=datetime.now(UTC))
    assert phone.post(HEARD, json={"code": added["code"]}).status_code == 404


def test_codes_cannot_be_guessed(ada: FlaskClient, phone: FlaskClient, people: People):
    """After so many wrong ones the right one opens nothing either."""
    added = ask_for_one(ada)
    change_row(people.database, misses=MOST_MISSES - 1)
    assert phone.post(HEARD, json={"code": "AAAAAA"}).status_code == 404
    assert phone.post(HEARD, json={"code": added["code"]}).status_code == 404


def test_one_network_cannot_close_everybodys_codes(
    ada: FlaskClient, phone: FlaskClient, people: People
):
    """Whoever guesses has to wait, and nobody else: neither those in other rooms nor elsewhere."""
    added, of_cy = ask_for_one(ada), ask_for_one(people.signed_in(people.cy))
    guesser = {"REMOTE_ADDR": "203.0.113.5"}
    neighbour = {"REMOTE_ADDR": "203.0.113.77"}

    def guess(code: str, where: dict[str, str]) -> TestResponse:
        return phone.post(HEARD, json={"code": code}, environ_base=where)

    assert [guess("AAAAAA", guesser).status_code for _ in range(20)] == [404] * 20
    for code, where in (("AAAAAA", guesser), (added["code"], guesser), ("AAAAAA", neighbour)):
        refused = guess(code, where)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 600
        assert "quarter of an hour" in refused.get_json()["detail"]
    for each in (added, of_cy):  # a right one counts nothing
        assert guess(each["code"], {"REMOTE_ADDR": "198.51.100.9"}).status_code == 201
    with people.database.writing() as db:
        for row in db.query(SignInFailureRow):
            row.failed_at -= timedelta(minutes=10)
    assert guess("AAAAAA", guesser).status_code == 404


def test_a_page_that_asks_by_itself_keeps_no_sign_in(
    ada: FlaskClient, phone: FlaskClient, people: People, published: str
):
    """What a person presses counts; what the page asks twice a second does not."""
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    address = f"{LOUDSPEAKERS}/{added['id']}"
    before = datetime.now(UTC) - timedelta(minutes=5)
    change_sign_in(people.database, seen_at=before)
    assert ada.get(address).status_code == 200
    assert seen_at(people.database) == before
    assert tell(ada, added, 1, published) == 200
    assert seen_at(people.database) > before


def test_it_plays_on_when_its_therapist_is_idle(
    ada: FlaskClient, phone: FlaskClient, people: People, published: str
):
    """It can be told nothing new, and still be ended; signed in again it follows."""
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    address = f"{LOUDSPEAKERS}/{added['id']}"
    assert tell(ada, added, 1, published) == 200
    change_sign_in(people.database, seen_at=datetime.now(UTC) - IDLE)
    change_row(people.database, seen_at=datetime.now(UTC) - LEFT_AFTER - timedelta(seconds=1))
    assert ada.get("/room").status_code == 302
    assert ada.get(address).get_json() == {"is_joined": True, "is_ready": False, "version": 1}
    assert phone.get(HEARD).get_json()["is_left"] is False
    assert tell(ada, added, 2, published) == 404
    assert ada.post(LOUDSPEAKERS, json={}).status_code == 404
    assert tell(people.signed_in(people.ada), added, 2, published) == 200
    assert ada.delete(address).status_code == 204
    assert phone.get(HEARD).status_code == 404


@pytest.mark.parametrize("ended", ["made_at", "ended_at"])
def test_a_page_of_an_ended_sign_in_is_answered_nothing(
    ada: FlaskClient, people: People, ended: str
):
    """Only who was idle goes on being told of their own loudspeaker."""
    address = f"{LOUDSPEAKERS}/{ask_for_one(ada)['id']}"
    change_sign_in(people.database, **{ended: datetime.now(UTC) - SIGN_IN_LASTS})
    assert ada.get(address).status_code == 404
    assert ada.delete(address).status_code == 404


def test_what_is_kept_opens_nothing(ada: FlaskClient, phone: FlaskClient, people: People):
    """Neither the code nor the loudspeaker's token stands in the database."""
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    token = phone.get_cookie(COOKIE)
    assert token is not None
    assert token.http_only
    assert token.same_site == "Strict"
    with people.database.reading() as db:
        row = db.scalars(select(LoudspeakerRow)).one()
    assert row.code_hash is None
    assert row.token_hash == hash_token(token.value)


def test_it_hears_what_it_is_told(ada: FlaskClient, phone: FlaskClient, published: str):
    """The plan as it is, with the server's clock; 304 while nothing is new."""
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    assert tell(ada, added, 1, published) == 200
    answer = phone.get(HEARD)
    heard = answer.get_json()
    assert heard == {
        "version": 1, "is_left": False, "sound": f"/listen/{published}.mp3", "plan": PLAN,
    }  # fmt: skip
    now_ms = datetime.now(UTC).timestamp() * 1000
    assert float(answer.headers[CLOCK]) == pytest.approx(now_ms, abs=5000)
    same = phone.get(HEARD, headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304
    assert CLOCK in same.headers
    assert tell(ada, added, 2, published) == 200
    newer = phone.get(HEARD, headers={"If-None-Match": answer.headers["ETag"]})
    assert newer.get_json()["version"] == 2


def test_what_comes_late_is_let_go(ada: FlaskClient, phone: FlaskClient, published: str):
    """Answers of the network come in any order; the newest plan stays."""
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    assert [tell(ada, added, version, published) for version in (2, 1, 2)] == [200, 200, 200]
    assert phone.get(HEARD).get_json()["version"] == 2


def test_it_says_when_it_is_ready(ada: FlaskClient, phone: FlaskClient, published: str):
    """So the therapist's page goes quiet only when the other one sounds."""
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    tell(ada, added, 1, published)
    address = f"{LOUDSPEAKERS}/{added['id']}"
    assert ada.get(address).get_json()["is_ready"] is False
    assert phone.put(HEARD, json={"render": published}).status_code == 204
    assert ada.get(address).get_json()["is_ready"] is True


def test_it_has_the_one_sound_and_loses_it(
    ada: FlaskClient, phone: FlaskClient, people: People, published: str, files: dict[str, bytes]
):
    """Only with its token, only what it was told, and nothing once it was ended."""
    added = ask_for_one(ada)
    sound = f"/listen/{published}.mp3"
    phone.post(HEARD, json={"code": added["code"]})
    assert phone.get(sound).status_code == 404  # it was told nothing yet
    tell(ada, added, 1, published)
    assert people.stranger().get(sound).status_code == 404
    part = phone.get(sound, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, files["mp3"][100:200])
    assert phone.get(f"/listen/{'0' * 64}.mp3").status_code == 404
    assert ada.delete(f"{LOUDSPEAKERS}/{added['id']}").status_code == 204
    assert phone.get(sound).status_code == 404
    assert phone.get(HEARD).status_code == 404
    assert phone.put(HEARD, json={"render": published}).status_code == 404


def test_own_words_are_heard_there_too(
    ada: FlaskClient, phone: FlaskClient, people: People, house: House
):
    """A private render is handed on by the device that ordered it, and by no other."""
    wish = {"practice": "soft-ground", "minutes": 2, "words": {"place": "the cave"}}
    key = ada.post("/api/renders", json=wish).get_json()["key"]
    house.publish(key)
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    assert tell(ada, added, 1, key) == 200
    assert phone.get(f"/listen/{key}.mp3").status_code == 200
    assert phone.get(f"/audio/{key}.mp3").status_code == 404
    bo = people.signed_in(people.bo)
    assert tell(bo, ask_for_one(bo), 1, key) == 404


def test_each_therapist_has_their_own(ada: FlaskClient, people: People, published: str):
    """Another's loudspeaker is answered like one of nothing."""
    added = ask_for_one(ada)
    address = f"{LOUDSPEAKERS}/{added['id']}"
    for other in (people.signed_in(people.bo), people.signed_in(people.cy)):
        assert other.get(address).status_code == 404
        assert tell(other, added, 1, published) == 404
        assert other.delete(address).status_code == 204
    assert ada.get(address).status_code == 200
    assert people.stranger().post(LOUDSPEAKERS, json={}).status_code == 404


def test_it_goes_by_itself(ada: FlaskClient, phone: FlaskClient):
    """Whoever holds the phone can end it as well."""
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    assert phone.delete(HEARD).status_code == 204
    assert phone.get_cookie(COOKIE) is None
    assert ada.get(f"{LOUDSPEAKERS}/{added['id']}").status_code == 404


def test_nothing_plays_for_nobody(
    ada: FlaskClient, phone: FlaskClient, people: People, published: str
):
    """A page that is not heard of is gone; when it asks again, it is there again."""
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    tell(ada, added, 1, published)
    etag = phone.get(HEARD).headers["ETag"]
    change_row(people.database, seen_at=datetime.now(UTC) - LEFT_AFTER - timedelta(seconds=1))
    left = phone.get(HEARD, headers={"If-None-Match": etag})
    assert left.get_json()["is_left"] is True
    ada.get(f"{LOUDSPEAKERS}/{added['id']}")
    assert phone.get(HEARD).get_json()["is_left"] is False


def test_it_does_not_last_for_ever(ada: FlaskClient, phone: FlaskClient, people: People):
    """After some hours it is over, and the next one clears it away."""
    added = ask_for_one(ada)
    phone.post(HEARD, json={"code": added["code"]})
    change_row(people.database, made_at=datetime.now(UTC) - LASTS)
    assert phone.get(HEARD).status_code == 404
    assert ada.get(f"{LOUDSPEAKERS}/{added['id']}").status_code == 404
    ask_for_one(ada)
    with people.database.reading() as db:
        assert len(db.scalars(select(LoudspeakerRow)).all()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"at_ms": -1},
        {"position_ms": "12"},
        {"gain_db": 6},
        {"is_playing": 1},
        {"hold_ms": 10**10},
        {"rate": 2},
    ],
)
def test_a_plan_that_is_none_is_refused(ada: FlaskClient, change: dict[str, object]):
    """With the field that is wrong."""
    added = ask_for_one(ada)
    told = {"version": 1, "render": None, "plan": {**PLAN, **change}}
    answer = ada.put(f"{LOUDSPEAKERS}/{added['id']}", json=told)
    assert answer.status_code == 422
    assert answer.get_json()["errors"]


def test_the_time_of_a_render_is_told(
    client: FlaskClient, people: People, house: House, published: str
):
    """What is recorded of its segments and stages; a private one's to its device alone."""
    told = client.get(f"/api/renders/{published}/timeline").get_json()
    assert told["total_ms"] == 120_000
    assert told["segments"] == []  # as of a recording that was made before
    assert [stage["title"] for stage in told["stages"]] == ["Arriving", "Standing"]
    wish = {"practice": "soft-ground", "minutes": 2, "words": {"place": "the cave"}}
    key = client.post("/api/renders", json=wish).get_json()["key"]
    assert client.get(f"/api/renders/{key}/timeline").status_code == 404  # not made yet
    house.publish(key)
    assert client.get(f"/api/renders/{key}/timeline").status_code == 200
    assert people.stranger().get(f"/api/renders/{key}/timeline").status_code == 404
    assert client.get(f"/api/renders/{'0' * 64}/timeline").status_code == 404


def test_silences_that_touch_are_one():
    """And beds are no stretch of their own."""
    said = Utterance(text="Here.", pace=1.0)
    timeline = Timeline(
        segments=(
            SilenceSegment(start_ms=Ms(0), length_ms=Ms(100)),
            BedSegment(start_ms=Ms(100), bed=None, level=BedLevel.LOW),
            SilenceSegment(start_ms=Ms(100), length_ms=Ms(200)),
            SpeechSegment(start_ms=Ms(300), length_ms=Ms(50), utterance=said),
            SoundSegment(start_ms=Ms(350), length_ms=Ms(50), sound=Sound.BELL_SMALL),
            SilenceSegment(start_ms=Ms(400), length_ms=Ms(100)),
        ),
        chapters=(),
        total_ms=Ms(500),
    )
    assert list(segment_rows(timeline)) == [
        ("silence", 0, 300), ("speech", 300, 50), ("sound", 350, 50), ("silence", 400, 100),
    ]  # fmt: skip
