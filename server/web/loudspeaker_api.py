"""The second loudspeaker: the therapist's page says what to play and when, the other one asks.

Nothing of it is in a process. Each answer carries the server's clock in a header, so that both
pages can reckon by it.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from apiflask import APIBlueprint
from flask import Response, request, url_for
from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from server.errors import CodeRefused, LoudspeakerNotFound
from server.store.care import (
    CODE_LASTS,
    LoudspeakerRow,
    add_loudspeaker,
    end_loudspeaker,
    find_joined,
    get_loudspeaker,
    is_control_due,
    is_out_of_control,
    join_loudspeaker,
    leave_loudspeaker,
    note_controlled,
    note_ready,
    tell_loudspeaker,
)
from server.web.addresses import is_token
from server.web.answers import answer_json
from server.web.people import get_therapist
from server.web.qr import qr_address
from server.web.render_told import get_audible_render
from server.web.rooms import get_rooms
from server.web.schemas import DAY_MS, Incoming, Key

CLOCK = "Stepback-Clock"
"""The header with the milliseconds since 1970, by the clock of the server."""

COOKIE = "stepback_loudspeaker"

Place = Annotated[StrictInt, Field(ge=0, le=DAY_MS)]

# Two pages of this house talk by these, and nobody else: they are not described.
room_player_api = APIBlueprint(
    "room_player_api", __name__, url_prefix="/api/room/loudspeakers", enable_openapi=False
)
loudspeaker_api = APIBlueprint(
    "loudspeaker_api", __name__, url_prefix="/api/loudspeaker", enable_openapi=False
)


class PlanIn(Incoming):
    """Where in a render one is at which moment; before that moment the plan before it holds."""

    at_ms: Annotated[StrictInt, Field(ge=0, le=10**15 - 1)]
    position_ms: Place
    is_playing: StrictBool
    hold_ms: Place | None
    """Where it is held, when it comes there; None where nobody holds it."""
    quiet_start_ms: Place
    quiet_end_ms: Place
    """The silence around the place where it holds: its sound goes on meanwhile."""
    gain_db: Annotated[StrictInt, Field(ge=-60, le=0)]


class TellIn(Incoming):
    """What a loudspeaker is told."""

    version: Annotated[StrictInt, Field(ge=1, le=10**9)]
    render: Key | None
    plan: PlanIn | None


class JoinIn(Incoming):
    """The code, as somebody types it."""

    code: Annotated[StrictStr, Field(max_length=40)]


class ReadyIn(Incoming):
    """What a loudspeaker has fetched."""

    render: Key


class AddedOut(BaseModel):
    """A loudspeaker that may join now."""

    id: str
    code: str
    address: str
    qr: str
    seconds: int


class ControlledOut(BaseModel):
    """How a loudspeaker is, for the page that controls it."""

    is_joined: bool
    is_ready: bool
    version: int


class HeardOut(BaseModel):
    """What a loudspeaker is to play."""

    version: int
    is_left: bool
    sound: str | None
    plan: PlanIn | None


@room_player_api.post("")
def add() -> Response:
    """Make a code with which one loudspeaker can join."""
    rooms = get_rooms()
    with rooms.database.writing() as db:
        made_id, code = add_loudspeaker(db, get_therapist().id, datetime.now(UTC))
    address = f"{rooms.settings.public_url}{url_for('listen.show')}"
    # Behind the #, so that the code is in no address that a server or a proxy sees.
    added = AddedOut(
        id=made_id,
        code=code,
        address=address,
        qr=qr_address(f"{address}#{code}"),
        seconds=int(CODE_LASTS.total_seconds()),
    )
    return _clocked(answer_json(added, 201))


@room_player_api.put("/<sitting:loudspeaker_id>")
@room_player_api.input(TellIn)
def tell(loudspeaker_id: str, json_data: TellIn) -> Response:
    """Say what a loudspeaker is to play; the same again changes nothing."""
    now_at = datetime.now(UTC)
    plan = json_data.plan.model_dump() if json_data.plan else None
    with get_rooms().database.writing() as db:
        row = get_loudspeaker(db, get_therapist(), loudspeaker_id, now_at)
        if json_data.render is not None:
            get_audible_render(db, json_data.render)
        tell_loudspeaker(row, json_data.version, json_data.render, plan)
        note_controlled(row, now_at)
        answer = _controlled(row)
    return _clocked(answer)


@room_player_api.get("/<sitting:loudspeaker_id>")
def show(loudspeaker_id: str) -> Response:
    """Tell the therapist's page whether the loudspeaker has joined."""
    database, now_at = get_rooms().database, datetime.now(UTC)
    with database.reading() as db:
        row = get_loudspeaker(db, get_therapist(), loudspeaker_id, now_at)
    if is_control_due(row, now_at):
        with database.writing() as db:
            note_controlled(get_loudspeaker(db, get_therapist(), loudspeaker_id, now_at), now_at)
    return _clocked(_controlled(row))


@room_player_api.delete("/<sitting:loudspeaker_id>")
def end(loudspeaker_id: str) -> Response:
    """Take everything away from a loudspeaker; to say it twice does no harm."""
    with get_rooms().database.writing() as db:
        end_loudspeaker(db, get_therapist(), loudspeaker_id)
    return Response(status=204)


@loudspeaker_api.post("")
@loudspeaker_api.input(JoinIn)
def join(json_data: JoinIn) -> Response:
    """Become the loudspeaker that a code belongs to."""
    rooms, now_at = get_rooms(), datetime.now(UTC)
    code = re.sub(r"[\s-]+", "", json_data.code).upper()
    with rooms.database.writing() as db:
        token = join_loudspeaker(db, code, now_at)
    if token is None:
        raise CodeRefused
    with rooms.database.reading() as db:
        row = find_joined(db, token, now_at)
    if row is None:
        raise LoudspeakerNotFound  # ended in this very moment
    answer = _clocked(answer_json(_heard(row, now_at), 201))
    answer.set_cookie(
        COOKIE,
        token,
        secure=rooms.settings.is_https,
        httponly=True,
        samesite="Strict",
    )
    return answer


@loudspeaker_api.get("")
def look() -> Response:
    """Tell a loudspeaker what it is to play; 304 while nothing is new."""
    now_at = datetime.now(UTC)
    row = get_own_loudspeaker(now_at)
    heard = _heard(row, now_at)
    answer = answer_json(heard)
    answer.set_etag(f"{row.id[:8]}-{heard.version}-{int(heard.is_left)}")
    answer.make_conditional(request)
    return _clocked(answer)


@loudspeaker_api.put("")
@loudspeaker_api.input(ReadyIn)
def ready(json_data: ReadyIn) -> Response:
    """Note that a loudspeaker has its sound, so that the other page may be quiet."""
    get_own_loudspeaker(datetime.now(UTC))
    with get_rooms().database.writing() as db:
        note_ready(db, _token(), json_data.render)
    return _clocked(Response(status=204))


@loudspeaker_api.delete("")
def leave() -> Response:
    """The loudspeaker goes by itself."""
    with get_rooms().database.writing() as db:
        leave_loudspeaker(db, _token())
    answer = Response(status=204)
    if COOKIE in request.cookies:
        answer.delete_cookie(COOKIE)
    return answer


def get_own_loudspeaker(now_at: datetime) -> LoudspeakerRow:
    """The loudspeaker that asks, by its cookie. Raises LoudspeakerNotFound."""
    with get_rooms().database.reading() as db:
        row = find_joined(db, _token(), now_at)
    if row is None:
        raise LoudspeakerNotFound
    return row


def _token() -> str:
    token = request.cookies.get(COOKIE, "")
    return token if is_token(token) else ""


def _controlled(row: LoudspeakerRow) -> Response:
    is_ready = row.ready_key is not None and row.ready_key == row.render_key
    return answer_json(
        ControlledOut(is_joined=row.token_hash is not None, is_ready=is_ready, version=row.version)
    )


def _heard(row: LoudspeakerRow, now_at: datetime) -> HeardOut:
    key = row.render_key
    return HeardOut(
        version=row.version,
        is_left=is_out_of_control(row, now_at),
        sound=url_for("listen.sound", key=key) if key else None,
        plan=PlanIn.model_validate(cast(dict[str, Any], row.plan)) if row.plan else None,
    )


def _clocked(answer: Response) -> Response:
    """Say the time as late as possible: what the answer took to make is not in it."""
    answer.headers[CLOCK] = f"{time.time() * 1000:.1f}"
    return answer
