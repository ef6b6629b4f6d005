"""Requests that name what is somebody else's, or are signed wrongly: nothing is told or changed."""

from __future__ import annotations

from collections.abc import Iterator

from tests.web.matrix_house import MatrixHouse
from tests.web.matrix_requests import arguments_of, asked_of


def _misspelt(house: MatrixHouse, endpoint: str, name: str) -> str:
    """An address with one letter of its secret changed, the last but one."""
    (rule,) = house.app.url_map.iter_rules(endpoint)
    secret = str(arguments_of(house, rule)[name])
    wrong = f"{secret[:-2]}{'A' if secret[-2] != 'A' else 'B'}{secret[-1]}"
    return asked_of(house, rule, "GET", **{name: wrong}).path


def body_leaks(house: MatrixHouse) -> Iterator[tuple[str, str, int, bool]]:
    """Wherever it is answered otherwise than like what is not there, or changes something."""
    jo, ines = house.things["jo"], house.things["ines"]
    case = f"/room/clients/{ines['client_id']}"
    ladder = {
        "practice": "soft-ground",
        "title": "Soft ground",
        "began_at": "2026-03-01T07:30:00+01:00",
        "rungs": [{"words": "mine", "outcome": "met"}],
    }
    told = {"version": 2, "plan": None}
    tell = f"/api/room/loudspeakers/{house.more['loudspeaker_id']}"
    undo = f"{case}/notes/{ines['deleted_note']}/undo"
    day = {"query_string": {"day": "mo", "at": "18:00"}}
    of_bo = f"{case}/notes/{ines['deleted of bo']}/undo"
    back = f"/my-practice/entries/{ines['deleted_entry']}/undo"
    one, device = "/account/sign-ins/end", "/with-therapist/devices/remove"
    for who, method, path, said, status in (
        ("ines", "POST", "/api/ladders", {"json": {**ladder, "id": jo["ladder_id"]}}, 404),
        ("ada", "PUT", tell, {"json": {**told, "render": ines["key"]}}, 404),
        ("ada", "PUT", tell, {"json": {**told, "render": "f" * 64}}, 404),
        ("ada", "POST", undo, {"data": {"removed": jo["removed"]}}, 404),
        ("ada", "POST", of_bo, {"data": {"removed": ines["removed of bo"]}}, 404),
        ("ines", "POST", back, {"data": {"removed": jo["removed_entry"]}}, 404),
        ("jo", "POST", back, {"data": {"removed": ines["removed_entry"]}}, 404),
        ("ada", "POST", one, {"data": {"sign_in": house.more["sign-in of bo"]}}, 303),
        ("ada", "POST", one, {"data": {"sign_in": "f" * 64}}, 303),
        ("nobody", "GET", _misspelt(house, "given.calendar", "token"), day, 404),
        ("nobody", "GET", _misspelt(house, "private_feed.show_file", "signature"), {}, 404),
        ("ines", "POST", device, {"data": {"device": jo["device"]}}, 303),
        ("ines", "POST", device, {"data": {"device": "f" * 64}}, 303),
    ):
        answer = house.ask(who, method, path, said)
        if (answer.status_code, house.is_changed) != (status, False):
            yield who, path, answer.status_code, house.is_changed
