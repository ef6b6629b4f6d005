"""The API: ordering, watching and forgetting renders, and the log."""

import json
import re
from collections.abc import Callable
from typing import get_args

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.render import server_secret
from server.script import ANCHORS, EYES, LEVELS
from server.store import get_render, hash_device, list_conflicts, list_entries
from server.timeline import PACE_NAMES, TELLINGS
from server.web.device import derive_device
from server.web.schemas import Anchor, BedLevel, Eyes, Pace

ENTRY = {
    "id": "0123456789abcdef" * 2,
    "practice": "soft-ground",
    "render": None,
    "minutes": 2,
    "started_at": "2026-03-01T07:30:00+01:00",
    "practised_ms": 61_000,
    "outcome": "stopped",
}


def test_the_catalogue_is_listed(client: FlaskClient):
    """Every practice comes with what is needed to order it."""
    practices = client.get("/api/practices").get_json()["practices"]
    assert [p["slug"] for p in practices] == ["soft-ground"]
    assert practices[0]["default_minutes"] == 2
    assert practices[0]["words"] == [
        {"name": "place", "ask": "Where are you?", "default": "this room", "longest": 20}
    ]


def test_an_order_is_queued_once_and_ready_when_done(
    client: FlaskClient, house, order: Callable[..., str]
):
    """The same order is the same render: 202 while it is made, 200 when it is there."""
    body = {"practice": "soft-ground", "minutes": 2, "words": {}}
    first = client.post("/api/renders", json=body)
    assert first.status_code == 202
    made = first.get_json()
    assert made["state"] == "queued"
    assert made["audio"] is None
    assert made["title"] == "Soft ground"
    assert not made["is_private"]
    assert first.headers["Location"] == f"/api/renders/{made['key']}"
    assert "Set-Cookie" not in first.headers
    house.publish(made["key"])
    again = client.post("/api/renders", json=body)
    assert again.status_code == 200
    done = client.get(first.headers["Location"]).get_json()
    assert again.get_json() == done
    assert done["duration_seconds"] == 120
    assert done["audio"] == {
        "mp3": f"/audio/{made['key']}.mp3",
        "vtt": f"/audio/{made['key']}.vtt",
        "srt": f"/audio/{made['key']}.srt",
        "chapters": f"/audio/{made['key']}.json",
    }
    for url in done["audio"].values():
        assert client.get(url).status_code == 200


def test_own_words_make_a_render_of_this_device(client: FlaskClient, order: Callable[..., str]):
    """Words of one's own give a private render and the device's cookie; the default does not."""
    public = order(place="this room")
    assert client.get_cookie("stepback_device") is None
    answer = client.post(
        "/api/renders",
        json={"practice": "soft-ground", "minutes": 2, "words": {"place": "the kitchen"}},
    )
    assert answer.get_json()["is_private"]
    assert answer.get_json()["key"] != public
    cookie = answer.headers["Set-Cookie"]
    assert re.match(r"stepback_device=[A-Za-z0-9_-]{43};", cookie)
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"):
        assert attribute in cookie
    assert "Secure" not in cookie
    assert order(place="  the   kitchen\n") == answer.get_json()["key"]


def test_two_devices_with_the_same_words_have_two_renders(app: APIFlask, order: Callable[..., str]):
    """Nobody finds another's recording by guessing the words."""
    mine = order(place="the kitchen")
    theirs = app.test_client().post(
        "/api/renders",
        json={"practice": "soft-ground", "minutes": 2, "words": {"place": "the kitchen"}},
    )
    assert theirs.get_json()["key"] != mine


def test_a_private_render_is_forgotten_by_its_device_alone(
    app: APIFlask, client: FlaskClient, house, order: Callable[..., str]
):
    """Another device gets 404 and changes nothing; its own gets 204 and everything is gone."""
    key = order(place="the kitchen")
    house.publish(key)
    assert client.get(f"/audio/{key}.mp3").status_code == 200
    stranger = app.test_client()
    assert stranger.delete(f"/api/renders/{key}").status_code == 404
    stranger.set_cookie("stepback_device", "A" * 43)
    assert stranger.delete(f"/api/renders/{key}").status_code == 404
    assert client.get(f"/audio/{key}.mp3").status_code == 200
    gone = client.delete(f"/api/renders/{key}")
    assert (gone.status_code, gone.data) == (204, b"")
    assert client.get(f"/audio/{key}.mp3").status_code == 404
    assert client.get(f"/api/renders/{key}").status_code == 404
    assert client.delete(f"/api/renders/{key}").status_code == 404


def test_a_public_render_is_not_forgotten(client: FlaskClient, published: str):
    """What is nobody's own stays."""
    client.set_cookie("stepback_device", "A" * 43)
    assert client.delete(f"/api/renders/{published}").status_code == 404
    assert client.get(f"/audio/{published}.mp3").status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"practice": "no-such"}, 404, None),
        ({"practice": "../etc"}, 422, "practice"),
        ({"practice": 5}, 422, "practice"),
        ({"minutes": 7}, 422, "minutes"),
        ({"minutes": "2"}, 422, "minutes"),
        ({"minutes": 2.0}, 422, "minutes"),
        ({"minutes": True}, 422, "minutes"),
        ({"minutes": 0}, 422, "minutes"),
        ({"words": {"place": "x" * 21}}, 422, "words.place"),
        ({"words": {"nowhere": "x"}}, 422, "words.nowhere"),
        ({"words": {"place": 5}}, 422, "words.place"),
        ({"words": []}, 422, "words"),
        ({"anchor": "nose"}, 422, "anchor"),
        ({"eyes": "shut"}, 422, "eyes"),
        ({"anchor": "sight", "eyes": "closed"}, 422, "eyes"),
        ({"seed": TELLINGS}, 422, "seed"),
        ({"seed": -1}, 422, "seed"),
        ({"seed": True}, 422, "seed"),
        ({"pace": "slow"}, 422, "pace"),
        ({"pace": 1.1}, 422, "pace"),
        ({"bed": "gravel"}, 422, "bed"),
        ({"bed": "x" * 41}, 422, "bed"),
        ({"bed": None}, 422, "bed"),
        ({"bed_level": "loud"}, 422, "bed_level"),
        ({"extra": 1}, 422, "extra"),
        ({"is_private": False}, 422, "is_private"),
    ],
)
def test_a_wrong_order_names_its_field(
    client: FlaskClient, change: dict[str, object], status: int, field: str | None
):
    """A field that is wrong is named with its path, and nothing is queued."""
    body = {"practice": "soft-ground", "minutes": 2, "words": {}} | change
    answer = client.post("/api/renders", json=body)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert problem["status"] == status
    assert problem["detail"]
    if field:
        assert [error["field"] for error in problem["errors"]] == [field]
        assert problem["errors"][0]["message"]


def test_pace_and_bed_may_be_chosen(client: FlaskClient, house):
    """Each choice is kept with its render; what is left out is as the script has it."""
    usual = {"practice": "soft-ground", "minutes": 2}
    as_written = {"pace": "as-written", "bed": "as-written", "bed_level": "as-written"}
    keys = {}
    for name, change in {
        "usual": {},
        "spelt out": as_written,
        "slower": {"pace": "slower"},
        "quicker": {"pace": "quicker"},
        "rain": {"bed": "rain"},
        "much rain": {"bed": "rain", "bed_level": "high"},
    }.items():
        answer = client.post("/api/renders", json=usual | change)
        assert answer.status_code == 202
        keys[name] = answer.get_json()["key"]
    assert keys.pop("spelt out") == keys["usual"]
    assert len(set(keys.values())) == 5
    with house.database.reading() as db:
        orders = {name: get_render(db, key).order for name, key in keys.items()}
    assert orders["slower"]["pace"] == 1.1
    assert orders["quicker"]["pace"] == 0.92
    assert (orders["much rain"]["bed"], orders["much rain"]["bed_level"]) == ("rain", "high")


def test_the_choices_are_those_of_the_timeline():
    """The names in the API's description are all that there are, and no others."""
    assert get_args(Pace) == PACE_NAMES
    assert get_args(BedLevel) == ("as-written", *LEVELS)
    assert (get_args(Anchor), get_args(Eyes)) == (ANCHORS, EYES)


def test_words_are_counted_in_composed_letters(client: FlaskClient):
    """Twenty letters written with combining marks are twenty letters."""
    body = {"practice": "soft-ground", "minutes": 2, "words": {"place": "e\u0301" * 20}}
    assert client.post("/api/renders", json=body).status_code == 202


def test_an_entry_is_kept_once(client: FlaskClient, house):
    """201, then 200 with the same body, then 409 for a different content with both kept."""
    first = client.post("/api/session-entries", json=ENTRY)
    assert first.status_code == 201
    assert first.get_json()["started_at"].startswith("2026-03-01T06:30:00")
    assert first.get_json()["title"] == "Soft ground"
    again = client.post("/api/session-entries", json=ENTRY)
    assert (again.status_code, again.data) == (200, first.data)
    other = client.post("/api/session-entries", json=ENTRY | {"practised_ms": 1})
    assert other.status_code == 409
    assert other.content_type == "application/problem+json"
    listed = client.get("/api/session-entries").get_json()["entries"]
    assert [entry["practised_ms"] for entry in listed] == [61_000]
    with house.database.reading() as db:
        assert [c.body["practised_ms"] for c in list_conflicts(db, ENTRY["id"])] == [1]


def test_an_entry_whose_answer_was_lost_is_the_same_entry(app: APIFlask, house):
    """A phone that never got the answer, and so has no cookie, gets 200 and the same device."""
    first = app.test_client().post("/api/session-entries", json=ENTRY)
    phone = app.test_client()
    again = phone.post("/api/session-entries", json=ENTRY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data == first.data
    cookies = [re.sub("Expires=[^;]+", "", each.headers["Set-Cookie"]) for each in (again, first)]
    assert cookies[0] == cookies[1]  # but for the second in which each of them was asked for
    assert len(phone.get("/api/session-entries").get_json()["entries"]) == 1
    token = derive_device(server_secret(house.settings.secret_path), str(ENTRY["id"]))
    with house.database.reading() as db:
        assert len(list_entries(db, hash_device(token))) == 1


def test_entries_belong_to_their_device(app: APIFlask, client: FlaskClient):
    """Another device sees none of them."""
    client.post("/api/session-entries", json=ENTRY)
    assert app.test_client().get("/api/session-entries").get_json() == {"entries": []}
    assert client.get("/my-practice").text.count(f'data-id="{ENTRY["id"]}"') == 1
    assert ENTRY["id"] not in app.test_client().get("/my-practice").text


def test_what_was_felt_is_given_back(client: FlaskClient):
    """Before and after as they were said; null where one of them, or all, was left out."""
    plain = client.post("/api/session-entries", json=ENTRY).get_json()
    assert (plain["is_live"], plain["before"], plain["after"]) == (False, None, None)
    live = ENTRY | {
        "id": "f" * 32,
        "is_live": True,
        "before": {"kindness": 0, "willingness": 10},
        "after": {"willingness": 4},
    }
    assert client.post("/api/session-entries", json=live).status_code == 201
    again = client.post("/api/session-entries", json=live)
    assert again.status_code == 200
    kept = again.get_json()
    assert kept["is_live"] is True
    assert kept["before"] == {"kindness": 0, "willingness": 10}
    assert kept["after"] == {"kindness": None, "willingness": 4}
    changed = client.post("/api/session-entries", json=live | {"after": {"willingness": 5}})
    assert changed.status_code == 409


def test_the_log_tells_what_was_felt_and_no_more(client: FlaskClient):
    """Two lines of plain numbers, without what was left out; nothing compares them."""
    client.post("/api/session-entries", json=ENTRY)
    assert "row-felt" not in client.get("/my-practice").text
    felt = {"before": {"kindness": 0, "willingness": 10}, "after": {"willingness": 4}}
    client.post("/api/session-entries", json=ENTRY | felt | {"id": "f" * 32, "is_live": True})
    page = client.get("/my-practice").text
    assert re.findall(r"row-felt\">([^<]*)<", page) == [
        "Before: kindness 0 of 10, willingness 10 of 10",
        "After: willingness 4 of 10",
    ]
    assert page.count("row-live") == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "0" * 31}, "id"),
        ({"id": "0" * 32 + "\n"}, "id"),
        ({"id": "A" * 32}, "id"),
        ({"render": "zz"}, "render"),
        ({"started_at": "2026-03-01T07:30:00"}, "started_at"),
        ({"started_at": 1_700_000_000}, "started_at"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "started_at"),
        ({"started_at": "2026-02-31T00:00:00Z"}, "started_at"),
        ({"started_at": "2026-03-01T07:30:00+99:00"}, "started_at"),
        ({"practised_ms": -1}, "practised_ms"),
        ({"practised_ms": 86_400_001}, "practised_ms"),
        ({"practised_ms": 1.5}, "practised_ms"),
        ({"outcome": "won"}, "outcome"),
        ({"device_hash": "x"}, "device_hash"),
        ({"is_live": "yes"}, "is_live"),
        ({"before": {"kindness": 11}}, "before.kindness"),
        ({"before": {"willingness": -1}}, "before.willingness"),
        ({"after": {"kindness": 2.5}}, "after.kindness"),
        ({"after": {"kindness": True}}, "after.kindness"),
        ({"after": {"score": 1}}, "after.score"),
    ],
)
def test_a_wrong_entry_names_its_field(client: FlaskClient, change: dict[str, object], field: str):
    """Nothing but what is expected is kept."""
    answer = client.post("/api/session-entries", json=ENTRY | change)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.get_json()["errors"]]
    assert client.get("/api/session-entries").get_json() == {"entries": []}


def test_an_entry_of_an_unknown_practice_is_refused(client: FlaskClient):
    """A practice that never was gives 404."""
    answer = client.post("/api/session-entries", json=ENTRY | {"practice": "never-was"})
    assert answer.status_code == 404


def test_an_entry_of_a_practice_that_has_gone_is_kept(
    client: FlaskClient, house, order: Callable[..., str]
):
    """Minutes count, also those of a practice whose script was taken away."""
    order()
    (house.settings.scripts_path / "soft-ground.md").unlink()
    answer = client.post("/api/session-entries", json=ENTRY)
    assert answer.status_code == 201
    assert answer.get_json()["title"] == "Soft ground"


def test_a_busy_house_says_when_to_come_back(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    """503 with Retry-After, as a problem."""
    monkeypatch.setattr("server.render.orders.MOST_WAITING", 0)
    answer = client.post("/api/renders", json={"practice": "soft-ground", "minutes": 2})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert answer.content_type == "application/problem+json"


def test_the_description_covers_every_path(app: APIFlask, client: FlaskClient):
    """Each path and method of the API is described, bodies are required, errors are problems."""
    document = client.get("/api/openapi.json", headers={"Host": "evil.example"}).get_json()
    assert document["servers"] == [{"url": "http://sit.example"}]
    assert document["openapi"].startswith("3.")
    described = {
        (path, method)
        for path, operations in document["paths"].items()
        for method in operations
        if method in ("get", "post", "put", "delete")
    }
    routed = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        and rule.endpoint != "openapi.spec"
        and app.blueprints[rule.endpoint.partition(".")[0]].enable_openapi
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == routed
    names = set(document["components"]["schemas"])
    used = set(re.findall(r"#/components/schemas/([^\"]+)", json.dumps(document)))
    assert used <= names
    for operations in document["paths"].values():
        for method, operation in operations.items():
            if method in ("post", "put"):
                assert operation["requestBody"]["required"] is True
            if method in ("get", "post", "put", "delete"):
                for status, response in operation["responses"].items():
                    if status[0] in "45":
                        assert list(response["content"]) == ["application/problem+json"]
