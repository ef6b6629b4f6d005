"""The API of live sittings: one is begun, moved in, looked at and forgotten.

A listener's words come in here and go to the room below. They are in the answers for their own
device alone; they are in no address, no log and no error.
"""

from __future__ import annotations

from collections.abc import Mapping

from apiflask import APIBlueprint
from flask import Response, request, url_for

from server.errors import InvalidOptions, SittingNotFound
from server.render import Begun, find_crisis, server_secret
from server.script import Crisis, Script
from server.sitting import Choices, Kind
from server.timeline import pace_named
from server.units import seconds_from_ms
from server.watch.meters import count_voice_latency
from server.web.answers import answer_json
from server.web.device import derive_device, find_device, keep_device
from server.web.language import get_phrasebook
from server.web.own_words import read_words
from server.web.rooms import get_rooms
from server.web.sitting_schemas import (
    CrisisNumberOut,
    CrisisOut,
    MovedOut,
    MoveIn,
    NotBegunOut,
    PreparingOut,
    SittingIn,
    SittingOut,
)
from server.web.sitting_told import tell_sitting

sittings_api = APIBlueprint("sittings_api", __name__, url_prefix="/api/sittings")


@sittings_api.post("")
@sittings_api.input(SittingIn)
@sittings_api.output(SittingOut, status_code=201)
@sittings_api.doc(
    summary="Begin a live sitting",
    operation_id="beginSitting",
    description="The clock of a sitting runs from the answer 201. The same id again gives the "
    "same sitting.",
    responses={
        200: "It was begun before; or it is not begun, since the words speak of danger.",
        202: "Lines are still being made. Nothing is kept: ask again.",
        404: "There is no such practice, or it asks nothing.",
    },
)
def begin_sitting(json_data: SittingIn) -> Response:
    """Begin a sitting, unless something has to come first."""
    rooms = get_rooms()
    words = read_words(json_data.words, rooms.catalogue.get(json_data.practice).script)
    if danger := find_danger(words):
        return answer_json(NotBegunOut(danger=danger))
    device = find_device(request) or derive_device(
        server_secret(rooms.settings.secret_path), json_data.id
    )
    choices = Choices(
        minutes=json_data.minutes,
        anchor=json_data.anchor,
        eyes=json_data.eyes,
        pace=pace_named(json_data.pace),
        has_buttons=json_data.has_buttons,
    )
    begun = rooms.sittings.begin(json_data.practice, choices, words, device, json_data.id)
    if not isinstance(begun, Begun):
        preparing = PreparingOut(done=begun.done, total=begun.total)
        response = answer_json(NotBegunOut(preparing=preparing), 202)
        response.headers["Retry-After"] = "1"
        return response
    response = answer_json(tell_sitting(begun.seen), 201 if begun.is_new else 200)
    response.headers["Location"] = url_for("sittings_api.show_sitting", sitting_id=json_data.id)
    keep_device(response, device, is_https=rooms.settings.is_https)
    return response


@sittings_api.get("/<sitting:sitting_id>")
@sittings_api.output(SittingOut)
@sittings_api.doc(
    summary="How a sitting is now",
    operation_id="showSitting",
    responses={404: "There is no such sitting of this device."},
)
def show_sitting(sitting_id: str) -> SittingOut:
    """Tell what is certain of a sitting."""
    return tell_sitting(get_rooms().sittings.look(sitting_id, own_device()))


@sittings_api.post("/<sitting:sitting_id>/moves")
@sittings_api.input(MoveIn)
@sittings_api.output(MovedOut)
@sittings_api.doc(
    summary="Make a move",
    operation_id="makeMove",
    description="No move is wrong at any time. The same id again is one move, and answered alike.",
    responses={404: "There is no such sitting of this device."},
)
def make_move(json_data: MoveIn, sitting_id: str) -> MovedOut:
    """Record a move, and tell where in the sound its answer begins."""
    sittings, device = get_rooms().sittings, own_device()
    words: Mapping[str, str] = {}
    if json_data.words:
        words = _read_moves_words(json_data, sittings.look(sitting_id, device).program.script)
    danger = find_danger(words)
    kind = Kind.DANGER if danger else Kind(json_data.move)
    moved = sittings.move(sitting_id, device, kind, {} if danger else words, json_data.id)
    starts_ms, voice_after_ms = moved.starts_ms, moved.voice_after_ms
    if voice_after_ms is not None:
        count_voice_latency(seconds_from_ms(voice_after_ms))
    return MovedOut(
        starts_seconds=None if starts_ms is None else seconds_from_ms(starts_ms),
        danger=danger,
        sitting=tell_sitting(moved.seen),
    )


@sittings_api.delete("/<sitting:sitting_id>")
@sittings_api.doc(
    summary="Forget a sitting",
    operation_id="forgetSitting",
    responses={
        204: "It is gone, with its words and their sound.",
        404: "There is no such sitting of this device.",
    },
)
def forget_sitting(sitting_id: str) -> Response:
    """Delete a sitting of this device: its choices, moves, words and their sound."""
    get_rooms().sittings.forget(sitting_id, own_device())
    return Response(status=204)


def own_device() -> str:
    """The token of the device that asks; without one, there is no sitting. SittingNotFound."""
    device = find_device(request)
    if device is None:
        raise SittingNotFound
    return device


def find_danger(words: Mapping[str, str]) -> CrisisOut | None:
    """The crisis card in the page's language, where any of these words speak of danger."""
    crisis = find_crisis(get_rooms().settings.scripts_path)
    if not any(map(crisis.speaks_of_danger, words.values())):
        return None
    return tell_crisis(crisis)


def tell_crisis(crisis: Crisis) -> CrisisOut:
    """Give the crisis card in the page's language."""
    card = crisis.card(get_phrasebook().language)
    return CrisisOut(
        language=card.language,
        title=card.title,
        text=card.text,
        numbers=[
            CrisisNumberOut(who=each.who, call=each.call, dial=each.dial, when=each.when)
            for each in card.numbers
        ],
    )


def _read_moves_words(move: MoveIn, script: Script) -> dict[str, str]:
    """Fold the words of a move; only with a step back something new comes."""
    words = read_words(move.words, script)
    if words and move.move != "step-back":
        raise InvalidOptions("words", "Words can be given with a step back alone.")
    return words
