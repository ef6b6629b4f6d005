"""What the authorisation matrix asks for: real things of a client's, and what is said with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Rule

from tests.web.filled_worksheets import fill
from tests.web.matrix_house import MatrixHouse


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, without who asks."""

    endpoint: str
    method: str
    path: str
    said: Mapping[str, Any]


def arguments_of(house: MatrixHouse, rule: Rule, owner: str = "ines") -> dict[str, Any]:
    """A real thing of the owner's for each argument of a rule."""
    people, own, more = house.people, house.things[owner], house.more
    chosen: dict[str, Any] = {
        **own,
        "render": own["key"],
        "feed_id": more["feed_id"],
        "signature": more["signature"],
        "loudspeaker_id": more["loudspeaker_id"],
        "therapist_id": people.bo,
        "token": own["joining"],
        "slug": "soft-ground",
        "subject": "soft-ground",
        "what": "practice",
        "kind": "mp3",
        "filename": "app.css",
        "number": 1,
        "standing": 2,
        "path": "soft-ground.md",
        "watch_id": "0" * 32,
    }
    match rule.endpoint:
        case "stream.show_document":
            chosen["name"] = "playlist.m3u8"
        case "stream.show_piece":
            chosen["name"] = own["piece"]
        case "worksheets.show" | "submissions_api.check" | "submissions_api.order_guided":
            chosen["name"] = "friend-and-self"
        case "subscribe.show_track" | "covers.track_cover" | "feed.track":
            chosen["slug"] = "ground"
        case "guides.show_course" | "subscribe.show_course" | "covers.course_cover" | "feed.course":
            chosen["slug"] = "two-grounds"
        case "live.show" | "sitting.show_ground" | "room_player.show_live":
            chosen["slug"] = "a-practice"
        case "private_feed.show":
            chosen["token"] = more["feed_token"]
        case "private_feed.show_file":
            chosen["name"] = "cover-0.jpg"
        case "case_notes.undo":
            chosen["note_id"] = own["deleted_note"]
        case "log.undo":
            chosen["entry_id"] = own["deleted_entry"]
        case "given.calendar":
            chosen["token"] = own["calendar"]
        case "welcome.show" | "welcome.accept":
            chosen["token"] = more["welcome"]
        case "clients.show_link" | "clients.make_link":
            chosen["client_id"] = more["not_joined"]
    return {name: chosen[name] for name in rule.arguments}


def asked_of(house: MatrixHouse, rule: Rule, method: str, **changed: Any) -> Asked:
    """The request that a rule is asked with; `changed` arguments instead of Ines'."""
    own = {**arguments_of(house, rule), **changed}
    adapter = house.app.url_map.bind("sit.example")
    path = adapter.build(rule.endpoint, own, method=method)
    say = _SAID.get(rule.endpoint)
    said = say(house) if say else {"json": {}} if path.startswith("/api/") else {}
    if method == "GET":
        said = {name: value for name, value in said.items() if name == "query_string"}
    return Asked(endpoint=rule.endpoint, method=method, path=path, said=said)


def _form(**said: object) -> Callable[[MatrixHouse], dict[str, Any]]:
    return lambda _house: {"data": said}


def _json(**said: object) -> Callable[[MatrixHouse], dict[str, Any]]:
    return lambda _house: {"json": said}


def _submission(house: MatrixHouse, **changed: object) -> dict[str, Any]:
    from server.render import list_worksheets

    rooms = house.app.extensions["stepback"]
    template = next(
        each for each in list_worksheets(rooms.settings.scripts_path) if each.name == TEMPLATE
    )
    body = {
        "id": "e" * 32,
        "template": TEMPLATE,
        "assignment": None,
        "answers": fill(template),
        "answered_at": "2026-11-28T08:30:00+01:00",
        **changed,
    }
    return {"json": body}


TEMPLATE = "friend-and-self"

LADDER: Mapping[str, object] = {
    "id": "e" * 32,
    "practice": "soft-ground",
    "title": "Soft ground",
    "began_at": "2026-03-01T07:30:00+01:00",
    "rungs": [{"words": "what came", "outcome": "met"}],
}

_SAID: Mapping[str, Callable[[MatrixHouse], dict[str, Any]]] = {
    "account.end_one": lambda house: {"data": {"sign_in": house.more["sign-in of bo"]}},
    "account.rename": _form(name="Somebody"),
    "api.order_render": _json(practice="soft-ground", minutes=2),
    "case.rename": _form(name="Another"),
    "case_end.erase": _form(name="Ines"),
    "case_notes.add": _form(text="a note"),
    "case_notes.change": _form(text="a note"),
    "case_notes.undo": lambda house: {"data": {"removed": house.things["ines"]["removed"]}},
    "case_submission.review": _form(question="And you?", answer="", rule=""),
    "colleagues.invite": _form(name="Dee", email="dee@sit.example"),
    "entry_notes.keep": _form(text="a note"),
    "given.calendar": lambda _house: {"query_string": {"day": "mo", "at": "18:00"}},
    "giving.give": _form(message="For you", rhythm="whenever"),
    "handing_over.answer": lambda house: {
        "data": {"to": house.people.bo, "answer": "yes", "seen": "worksheets"}
    },
    "handing_over.offer": lambda house: {"data": {"to": house.people.bo}},
    "ladders_api.keep": _json(**LADDER),
    "log.undo": lambda house: {"data": {"removed": house.things["ines"]["removed_entry"]}},
    "loudspeaker_api.join": lambda house: {"json": {"code": house.more["code"]}},
    "loudspeaker_api.ready": lambda house: {"json": {"render": house.things["ines"]["key"]}},
    "podcast.make": _form(name="My phone"),
    "clients.add": _form(name="Somebody new"),
    "room_player_api.tell": _json(version=1, render=None, plan=None),
    "sitting.show_ground": lambda _house: {
        "query_string": {"minutes": 5, "anchor": "any", "eyes": "any", "pace": "as-written"}
    },
    "sittings_api.begin_sitting": _json(id="e" * 32, practice="a-practice", minutes=5),
    "sittings_api.make_move": _json(id="e" * 32, move="pause"),
    "spoken.order": _form(text="Come here, sit with me."),
    "submissions_api.add": _submission,
    "submissions_api.check": _json(first="one", second="two"),
    "with_therapist.decide": _form(what="notes", is_given="yes"),
    "with_therapist.remove_device": lambda house: {
        "data": {"device": house.things["ines"]["device"]}
    },
    "subscribe.begin_test": _form(feed="public"),
}
"""What a request says; where nothing is named here it says nothing, and is told so."""
