"""The API of live sittings: what a phone tells and is told."""

import json
import re

import pytest

from server.script import ANCHORS, EYES
from server.sitting import Kind, Station
from server.store import list_events
from server.timeline import PACE_NAMES
from server.watch.meters import METERS
from server.web.device import derive_device
from server.web.schemas import Anchor, Eyes, Pace
from server.web.sitting_schemas import Move, StationName
from tests.web.live_house import SLUG, LiveHouse, sitting_id, write_live_scripts

MINE = "nobody will read this"


def test_a_sitting_begins_and_says_what_is_certain(live_house: LiveHouse):
    """201 with all that a page needs; the clock runs from there."""
    answer = live_house.begin()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/sittings/{sitting_id(1)}"
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.get_json()
    assert told["id"] == sitting_id(1)
    assert (told["practice"], told["title"], told["language"]) == (SLUG, "A practice", "en")
    assert (told["heard_seconds"], told["certain_seconds"]) == (0, 4.672)
    assert (told["total_seconds"], told["is_paused"]) == (None, False)
    assert told["station"] == "guided"
    assert told["question"] is None
    assert told["ladder"] == [{"words": None, "outcome": ""}]
    assert told["playlist"] == f"/sittings/{sitting_id(1)}/playlist.m3u8"
    assert told["ground"] == (
        f"/practices/{SLUG}/ground.aac?minutes=5&anchor=any&eyes=any&pace=as-written"
    )
    bell = told["lines"][0]
    assert (bell["kind"], bell["text"], bell["start_seconds"]) == ("bell", "", 0)
    live_house.wait(20)
    assert live_house.look()["heard_seconds"] == 20


def test_the_same_beginning_again_is_the_same_sitting(live_house: LiveHouse):
    """A phone that never got the answer asks again, and its sitting has gone on."""
    first = live_house.begun()
    live_house.wait(3)
    again = live_house.begin()
    assert again.status_code == 200
    assert again.get_json()["heard_seconds"] == 3
    assert again.get_json()["id"] == first["id"]


def test_a_phone_without_a_cookie_gets_the_same_token_again(live_house: LiveHouse):
    """It never got the answer that brought its cookie; it is no stranger for that."""
    live_house.begun()
    live_house.client = live_house.app.test_client()
    assert live_house.begin().status_code == 200
    assert live_house.look()["id"] == sitting_id(1)


def test_what_is_missing_is_made_first(house):
    """202 and how far it is; nothing is kept, and the phone asks again."""
    write_live_scripts(house.settings)
    live = LiveHouse(settings=house.settings)
    answer = live.begin(words={"obstacle": MINE})
    assert answer.status_code == 202
    preparing = answer.get_json()["preparing"]
    assert preparing["done"] == 0
    assert preparing["total"] > 10
    assert answer.get_json()["danger"] is None
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Retry-After"] == "1"
    assert live.client.get(f"/api/sittings/{sitting_id(1)}").status_code == 404
    live.close()


def test_a_question_is_told_with_its_words_and_answers(live_house: LiveHouse):
    """While the guide waits, the page can show what was asked and what may be said."""
    live_house.begun()
    asking = question_of(live_house)
    assert asking == {"text": "Can it be met?", "answers": ["Yes", "Not yet", "Too much"]}
    told = live_house.look()
    assert told["station"] == "asking"
    assert [each["station"] for each in told["stations"]] == ["guided", "asking"]
    assert told["stations"][1]["question"] == asking
    assert "Can it be met?" in [line["text"] for line in told["lines"]]


def question_of(live_house: LiveHouse) -> dict[str, object]:
    """Wait until the guide asks; gives the question."""
    for _ in range(120):
        if question := live_house.look()["question"]:
            return question
        live_house.wait(1)
    raise AssertionError("nobody asked")


def test_a_move_says_where_its_answer_begins(live_house: LiveHouse):
    """The page may go there at once: it is listed with the answer, and more than it."""
    live_house.begun()
    question_of(live_house)
    answer = live_house.move("step-back")
    assert answer.status_code == 200
    moved = answer.get_json()
    assert moved["danger"] is None
    sitting = moved["sitting"]
    assert moved["starts_seconds"] == sitting["heard_seconds"]
    assert sitting["certain_seconds"] > moved["starts_seconds"] + 4
    assert [rung["outcome"] for rung in sitting["ladder"]] == ["stepped-back", ""]
    after = [x["text"] for x in sitting["lines"] if x["start_seconds"] >= moved["starts_seconds"]]
    assert after[0] == "One step back."


def test_a_move_is_timed_until_the_voice_is_heard(live_house: LiveHouse):
    """Once, however often it is sent, and not where everything goes on as it was."""

    def timed(part: str) -> float:
        return METERS.get_sample_value(f"stepback_voice_latency_seconds_{part}") or 0.0

    live_house.begun()
    question_of(live_house)
    count, seconds = timed("count"), timed("sum")
    moved = live_house.move("step-back", id="a" * 32).get_json()
    spoken = (
        line["start_seconds"] - moved["sitting"]["heard_seconds"]
        for line in moved["sitting"]["lines"]
        if line["start_seconds"] >= moved["starts_seconds"]
    )
    assert timed("count") == count + 1
    assert timed("sum") - seconds == pytest.approx(next(spoken))
    live_house.wait(5)
    live_house.move("step-back", id="a" * 32)
    live_house.move("go-back", id="b" * 32)
    assert timed("count") == count + 1


def test_the_same_move_again_is_one_move(live_house: LiveHouse):
    """The same id is answered alike, whatever has happened since."""
    live_house.begun()
    first = live_house.move("step-back", id="a" * 32, words={"obstacle": MINE}).get_json()
    live_house.wait(5)
    again = live_house.move("step-back", id="a" * 32, words={"obstacle": MINE}).get_json()
    assert again["starts_seconds"] == first["starts_seconds"]
    assert [rung["words"] for rung in again["sitting"]["ladder"]] == [None, MINE]
    with live_house.rooms.database.reading() as db:
        assert len(list_events(db, sitting_id(1))) == 1


def test_a_move_that_changes_nothing_is_not_wrong(live_house: LiveHouse):
    """200, and everything goes on: to go back from the ground, for who is not there."""
    live_house.begun()
    answer = live_house.move("go-back")
    assert (answer.status_code, answer.get_json()["starts_seconds"]) == (200, None)


def test_while_it_is_paused_nothing_goes_on(live_house: LiveHouse):
    """The clock of the sitting stands, and goes on with the next move."""
    live_house.begun()
    live_house.wait(10)
    assert live_house.move("pause").get_json()["sitting"]["is_paused"]
    live_house.wait(600)
    assert live_house.look()["heard_seconds"] == 10
    assert not live_house.move("resume").get_json()["sitting"]["is_paused"]
    live_house.wait(2)
    assert live_house.look()["heard_seconds"] == 12


def test_own_words_are_told_where_they_are_said(live_house: LiveHouse):
    """When they can be heard, their line is the listener's own; the ladder names them."""
    live_house.begun(words={"obstacle": f"  {MINE}\n"})
    live_house.voice_words()
    live_house.wait(12)
    told = live_house.look()
    own = [line for line in told["lines"] if line["is_own"]]
    assert [line["text"] for line in own] == [f"It says: “{MINE}”."]
    assert own[0]["end_seconds"] - own[0]["start_seconds"] == 2.048
    assert told["ladder"] == [{"words": MINE, "outcome": ""}]


def test_the_ladder_names_also_what_could_not_be_said(live_house: LiveHouse):
    """Nobody spoke the words in time: the neutral line is heard, and what they wrote is there."""
    live_house.begun(words={"obstacle": MINE})
    live_house.wait(12)
    told = live_house.look()
    assert [line["text"] for line in told["lines"] if line["is_own"]] == []
    assert "Something may be here." in [line["text"] for line in told["lines"]]
    assert told["ladder"] == [{"words": MINE, "outcome": ""}]


def test_words_of_danger_do_not_begin_a_sitting(live_house: LiveHouse):
    """The crisis card is answered instead, and nothing of it is kept."""
    answer = live_house.begin(words={"obstacle": "I want to end it all"})
    assert answer.status_code == 200
    assert answer.get_json() == {
        "preparing": None,
        "danger": {
            "language": "en",
            "title": "You are not alone",
            "text": "Please ring somebody.",
            "numbers": [
                {
                    "who": "Somebody who listens",
                    "call": "116 123",
                    "dial": "116123",
                    "when": "day and night",
                }
            ],
        },
    }
    assert live_house.client.get(f"/api/sittings/{sitting_id(1)}").status_code == 404


def test_the_card_is_in_the_pages_language(live_house: LiveHouse):
    """What was written may be in another one: a phrase of any card counts."""
    answer = live_house.client.post(
        "/api/sittings",
        json={"id": sitting_id(1), "practice": SLUG, "minutes": 5, "words": {"obstacle": "…"}}
        | {"words": {"obstacle": "End it all!"}},
        headers={"Accept-Language": "de"},
    )
    assert answer.get_json()["danger"]["title"] == "Du bist nicht allein"


def test_words_of_danger_on_the_way_lead_to_the_ground(live_house: LiveHouse):
    """The card is shown, the prepared line is heard, and the words are kept nowhere."""
    live_house.begun()
    question_of(live_house)
    answer = live_house.move("step-back", words={"obstacle": "to end it all"}).get_json()
    assert answer["danger"]["title"] == "You are not alone"
    sitting = answer["sitting"]
    after = [x["text"] for x in sitting["lines"] if x["start_seconds"] >= answer["starts_seconds"]]
    assert after[0] == "Please find somebody."
    assert sitting["ladder"] == [{"words": None, "outcome": "grounded"}]
    live_house.wait(1)
    again = live_house.move("step-back", id=f"{1:032x}", words={"obstacle": "to end it all"})
    assert again.get_json()["starts_seconds"] == answer["starts_seconds"]
    assert "end it all" not in json.dumps(live_house.look())


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"id": "A" * 32}, "id"),
        ({"id": "1"}, "id"),
        ({"minutes": "5"}, "minutes"),
        ({"minutes": 7}, "minutes"),
        ({"anchor": "nose"}, "anchor"),
        ({"has_buttons": 1}, "has_buttons"),
        ({"words": {"obstacle": "x" * 301}}, "words.obstacle"),
        ({"words": {"other": "x"}}, "words.other"),
        ({"seed": 1}, "seed"),
    ],
)
def test_what_cannot_be_met_is_told_by_its_field(live_house: LiveHouse, said, field):
    """422 names the field, and never what stood in it."""
    answer = live_house.begin(**said)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"move": "danger"}, "move"),
        ({"move": "voiced"}, "move"),
        ({"move": "met", "words": {"obstacle": "x"}}, "words"),
        ({"move": "step-back", "words": {"obstacle": "x" * 301}}, "words.obstacle"),
        ({"move": "step-back", "id": "1"}, "id"),
        ({"move": "step-back", "at_ms": 5}, "at_ms"),
    ],
)
def test_a_move_that_is_none_is_told_by_its_field(live_house: LiveHouse, said, field):
    """Whatever was sent, nothing is recorded."""
    live_house.begun()
    answer = live_house.move(**said)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]
    with live_house.rooms.database.reading() as db:
        assert list_events(db, sitting_id(1)) == ()


def test_a_practice_that_asks_nothing_cannot_be_sat_with(live_house: LiveHouse):
    """404 for it, and for one that is not there."""
    assert live_house.begin(practice="soft-ground", minutes=2).status_code == 404
    assert live_house.begin(practice="no-such").status_code == 404


def test_another_device_finds_nothing(live_house: LiveHouse):
    """404 for each of its addresses, the same as for a sitting that never was."""
    live_house.begun(words={"obstacle": MINE})
    live_house.voice_words()
    live_house.wait(12)
    owner, stranger = live_house.client, live_house.app.test_client()
    stranger.set_cookie("stepback_device", derive_device(b"x" * 32, sitting_id(9)))
    for client in (stranger, live_house.app.test_client()):
        live_house.client = client
        asked = [
            client.get(f"/api/sittings/{sitting_id(1)}"),
            client.delete(f"/api/sittings/{sitting_id(1)}"),
            live_house.move("end"),
            *(live_house.sound(each) for each in ("playlist.m3u8", "init.mp4", "0.m4s", "9.m4s")),
        ]
        assert [answer.status_code for answer in asked] == [404] * len(asked)
        assert {answer.content_type for answer in asked} == {"application/problem+json"}
        assert not any(MINE in answer.text for answer in asked)
    live_house.client = stranger
    assert live_house.begin().status_code == 404
    live_house.client = owner
    assert live_house.sound("9.m4s").status_code == 200


def test_forgotten_is_gone(live_house: LiveHouse):
    """204, and then there is no such sitting: no words, no sound, no second forgetting."""
    live_house.begun(words={"obstacle": MINE})
    live_house.voice_words()
    address = f"/api/sittings/{sitting_id(1)}"
    assert live_house.client.delete(address).status_code == 204
    assert live_house.client.get(address).status_code == 404
    assert live_house.client.delete(address).status_code == 404
    assert live_house.sound("0.m4s").status_code == 404
    left = [path for path in live_house.rooms.shelf.root.rglob("*") if "sittings" in path.parts]
    assert [path for path in left if path.is_file()] == []


def test_a_fourth_sitting_of_a_device_takes_the_place_of_its_first(live_house: LiveHouse):
    """Nobody can be locked out by pages that were closed in the middle."""
    for number in range(1, 5):
        live_house.begun(number)
        live_house.wait(1)
    assert live_house.client.get(f"/api/sittings/{sitting_id(1)}").status_code == 404
    assert [live_house.look(number)["id"] for number in (2, 3, 4)] == [
        sitting_id(number) for number in (2, 3, 4)
    ]


def test_a_full_house_asks_to_come_back(live_house: LiveHouse, monkeypatch):
    """503 with Retry-After, before anything is kept."""
    monkeypatch.setattr("server.render.sittings.MOST_BEGUN", 0)
    answer = live_house.begin()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_other_sites_may_do_nothing(live_house: LiveHouse):
    """403 for a beginning and for a move that another site's page sends."""
    live_house.begun()
    for address in ("/api/sittings", f"/api/sittings/{sitting_id(1)}/moves"):
        answer = live_house.client.post(address, json={}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403


def test_the_names_are_those_of_the_rooms_below():
    """Every choice, move and station has the same name at the door and behind it."""
    assert Anchor.__args__ == ("any", *(each for each in ANCHORS if each != "any"))
    assert set(Eyes.__args__) == set(EYES)
    assert Pace.__args__ == PACE_NAMES
    assert set(Move.__args__) == set(Kind) - {Kind.DANGER, Kind.VOICED}
    assert set(StationName.__args__) == {station.value for station in Station}


def test_the_api_is_described(live_house: LiveHouse):
    """Each path with its answers; a sitting's members each say what they are."""
    document = live_house.client.get("/api/openapi.json").get_json()
    paths = {path for path in document["paths"] if path.startswith("/api/sittings")}
    plain = {re.sub(r"\{[^}]+\}", "{id}", path) for path in paths}
    assert plain == {"/api/sittings", "/api/sittings/{id}", "/api/sittings/{id}/moves"}
    begin = document["paths"]["/api/sittings"]["post"]
    assert {"200", "201", "202", "404", "422", "503"} <= set(begin["responses"])
    members = set(document["components"]["schemas"]["SittingOut"]["properties"])
    assert members == set(live_house.begun())
