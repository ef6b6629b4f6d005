"""The API of ladders: what arose in a live sitting, kept in a client's log."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field, StrictStr

from server.store import was_deleted
from server.store.care import (
    add_deed,
    delete_ladder,
    keep_ladder,
    list_kept_ladders,
    open_ladder,
)
from server.web.answers import answer_json
from server.web.people import deed_of_client, get_client
from server.web.rooms import get_rooms
from server.web.schemas import Id, Incoming, Moment, RungOutcome, Slug

MOST_RUNGS = 200
LONGEST_RUNG = 500

ladders_api = APIBlueprint("ladders_api", __name__, url_prefix="/api")


class RungBody(Incoming):
    """One step: what came, and what became of it."""

    words: Annotated[StrictStr, Field(max_length=LONGEST_RUNG)] | None = None
    outcome: RungOutcome = ""


class LadderIn(Incoming):
    """A ladder, as the phone tells it."""

    id: Annotated[Id, Field(description="The sitting's id.")]
    practice: Slug
    title: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    language: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9-]{0,35}$")] = ""
    began_at: Moment
    rungs: Annotated[list[RungBody], Field(min_length=1, max_length=MOST_RUNGS)]


class LadderOut(BaseModel):
    """A ladder of the log."""

    id: str
    practice: str
    title: str
    language: str
    began_at: datetime
    rungs: list[RungBody]


class LaddersOut(BaseModel):
    """The ladders of a client's log, the latest first."""

    ladders: list[LadderOut]


@ladders_api.post("/ladders")
@ladders_api.input(LadderIn)
@ladders_api.doc(
    summary="Keep a ladder in the log",
    operation_id="keepLadder",
    responses={
        200: "One of this sitting was kept already; this one has taken its place.",
        201: "It is kept.",
        204: "It was deleted, so it is not kept again.",
        404: "This device has not joined.",
    },
)
def keep(json_data: LadderIn) -> Response:
    """Keep a ladder; sending it again is safe."""
    rooms, client = get_rooms(), get_client()
    content = json_data.model_dump(mode="json", exclude={"id", "began_at"})
    with rooms.database.writing() as db:
        if was_deleted(db, json_data.id):
            return Response(status=204)
        is_new = keep_ladder(
            db,
            rooms.keys.get(client.id),
            client.id,
            json_data.id,
            json.dumps(content, ensure_ascii=False),
            sat_at=json_data.began_at,
            now_at=datetime.now(UTC),
        )
    return answer_json({"id": json_data.id}, 201 if is_new else 200)


@ladders_api.get("/ladders")
@ladders_api.output(LaddersOut)
@ladders_api.doc(
    summary="The ladders of the log",
    operation_id="listLadders",
    responses={404: "This device has not joined."},
)
def list_all() -> LaddersOut:
    """List the ladders that the asking client keeps."""
    rooms, client = get_rooms(), get_client()
    seal = rooms.keys.get(client.id)
    with rooms.database.reading() as db:
        return LaddersOut(
            ladders=[
                LadderOut(id=row.id, began_at=row.sat_at, **json.loads(open_ladder(row, seal)))
                for row in list_kept_ladders(db, client.id)
            ]
        )


@ladders_api.delete("/ladders/<sitting:ladder_id>")
@ladders_api.doc(
    summary="Delete a ladder from the log",
    operation_id="deleteLadder",
    responses={204: "It is gone.", 404: "There is no such ladder in this log."},
)
def delete(ladder_id: str) -> Response:
    """Delete a ladder of the asking client."""
    client = get_client()
    with get_rooms().database.writing() as db:
        delete_ladder(db, client.id, ladder_id)
        add_deed(
            db, deed_of_client(client, "take-back-ladder", subject=ladder_id), datetime.now(UTC)
        )
    return Response(status=204)
