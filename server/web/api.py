"""The API under /api: practices, renders and the log, as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from apiflask import APIBlueprint
from flask import Response, request, url_for

from server.errors import PracticeNotFound, RenderNotFound
from server.render import find_voice_trouble, server_secret
from server.script import Script
from server.store import (
    NewEntry,
    SessionEntryRow,
    add_entry,
    find_practice,
    hash_device,
    list_entries,
    was_deleted,
)
from server.timeline import Options, pace_named
from server.watch.meters import count_entry
from server.web.answers import answer_json
from server.web.assigned import find_assigned_practice
from server.web.device import derive_device, find_device, keep_device, make_device
from server.web.felt import felt_after, felt_before, read_felt
from server.web.log import remove_own_entry
from server.web.own_words import read_words
from server.web.render_told import answer_ordered, get_audible_render, render_out
from server.web.rooms import get_rooms
from server.web.schemas import (
    Outcome,
    PracticeOut,
    PracticesOut,
    RenderIn,
    RenderOut,
    SessionEntriesOut,
    SessionEntryIn,
    SessionEntryOut,
    WordOut,
)

api = APIBlueprint("api", __name__, url_prefix="/api")


@api.get("/practices")
@api.output(PracticesOut)
@api.doc(summary="All practices", operation_id="listPractices")
def list_practices() -> PracticesOut:
    """List the catalogue, sorted by track and title."""
    return PracticesOut(practices=[_practice_out(s) for s in get_rooms().catalogue.scripts()])


@api.post("/renders")
@api.input(RenderIn)
@api.doc(
    summary="Order a practice",
    operation_id="orderRender",
    description="Answers 200 when it is ready to be heard, 202 while it is being made.",
    responses={200: "It is ready.", 202: "It is being made.", 404: "There is no such practice."},
)
def order_render(json_data: RenderIn) -> Response:
    """Order a render; the same order again is the same render."""
    rooms = get_rooms()
    loaded = rooms.catalogue.get(json_data.practice)
    given = find_assigned_practice(json_data.given, json_data.practice)
    options = Options(
        minutes=json_data.minutes,
        words=read_words(json_data.words, loaded.script),
        pace=pace_named(json_data.pace),
        bed=json_data.bed,
        bed_level=json_data.bed_level,
        anchor=json_data.anchor,
        eyes=json_data.eyes,
        seed=json_data.seed,
        greeting=given.greeting if given else None,
    )
    device = find_device(request) or make_device()
    giving = given.giving(loaded.script) if given else None
    row = rooms.workshop.order(json_data.practice, options, device, giving)
    response = answer_ordered(row)
    response.headers["Location"] = url_for("api.show_render", key=row.key)
    if row.is_private:
        keep_device(response, device, is_https=rooms.settings.is_https)
    return response


@api.get("/renders/<key:key>")
@api.output(RenderOut)
@api.doc(
    summary="Where a render stands",
    operation_id="showRender",
    responses={404: "There is no such render."},
)
def show_render(key: str) -> RenderOut:
    """Tell state, progress and, when done, where the files are.

    A render with own words is there only for the device that ordered it.
    """
    with get_rooms().database.reading() as db:
        return render_out(get_audible_render(db, key))


@api.delete("/renders/<key:key>")
@api.doc(
    summary="Forget a render with own words",
    operation_id="forgetRender",
    responses={204: "It is gone.", 404: "There is no such render of this device."},
)
def forget_render(key: str) -> Response:
    """Delete a private render of this device: its files, its clips and its row."""
    device = find_device(request)
    if device is None:
        raise RenderNotFound
    get_rooms().workshop.forget(key, device)
    return Response(status=204)


@api.post("/session-entries")
@api.input(SessionEntryIn)
@api.doc(
    summary="Keep an entry in the log",
    operation_id="addSessionEntry",
    responses={
        200: "This very entry was already kept.",
        201: "It is kept.",
        204: "It was deleted, so it is not kept again.",
        404: "There is no such practice.",
        409: "A different entry with this id was kept before; now both are.",
    },
)
def add_session_entry(json_data: SessionEntryIn) -> Response:
    """Keep an entry; sending it again is safe."""
    rooms = get_rooms()
    device = find_device(request) or _new_device(json_data.id)
    title = _title_of(json_data.practice)
    with rooms.database.writing() as db:
        if was_deleted(db, json_data.id):
            return Response(status=204)
        row, is_new = add_entry(
            db,
            NewEntry(
                id=json_data.id,
                device_hash=hash_device(device),
                slug=json_data.practice,
                title=title,
                minutes=json_data.minutes,
                render_key=json_data.render,
                started_at=json_data.started_at,
                practised_ms=json_data.practised_ms,
                outcome=json_data.outcome,
                is_live=json_data.is_live,
                before=read_felt(json_data.before),
                after=read_felt(json_data.after),
            ),
            datetime.now(UTC),
        )
        kept = _entry_out(row)
    if is_new:
        count_entry()
    response = answer_json(kept, 201 if is_new else 200)
    keep_device(response, device, is_https=rooms.settings.is_https)
    return response


@api.get("/session-entries")
@api.output(SessionEntriesOut)
@api.doc(summary="This device's log", operation_id="listSessionEntries")
def list_session_entries() -> SessionEntriesOut:
    """List this device's entries, newest first."""
    device = find_device(request)
    if device is None:
        return SessionEntriesOut(entries=[])
    with get_rooms().database.reading() as db:
        return SessionEntriesOut(
            entries=[_entry_out(row) for row in list_entries(db, hash_device(device))]
        )


@api.delete("/session-entries/<entry:entry_id>")
@api.doc(
    summary="Delete an entry from the log",
    operation_id="deleteSessionEntry",
    responses={204: "It is gone.", 404: "There is no such entry in this log."},
)
def delete_session_entry(entry_id: str) -> Response:
    """Delete an entry of this device's log, or of its client's."""
    remove_own_entry(entry_id, find_device(request) or _new_device(entry_id))
    return Response(status=204)


def _new_device(entry_id: str) -> str:
    return derive_device(server_secret(get_rooms().settings.secret_path), entry_id)


def _title_of(slug: str) -> str:
    """Find a practice's title, also of one whose script is no longer there."""
    rooms = get_rooms()
    try:
        return rooms.catalogue.get(slug).script.title
    except PracticeNotFound:
        with rooms.database.reading() as db:
            row = find_practice(db, slug)
        if row is None:
            raise
        return row.title


def _entry_out(row: SessionEntryRow) -> SessionEntryOut:
    return SessionEntryOut(
        id=row.id,
        practice=row.slug,
        title=row.title,
        render=row.render_key,
        minutes=row.minutes,
        started_at=row.started_at,
        practised_ms=row.practised_ms,
        outcome=cast(Outcome, row.outcome),
        is_live=row.is_live,
        before=felt_before(row),
        after=felt_after(row),
    )


def _practice_out(script: Script) -> PracticeOut:
    trouble = find_voice_trouble(get_rooms().settings, script)
    return PracticeOut(
        slug=script.slug,
        title=script.title,
        summary=script.summary,
        intention=script.intention,
        track=script.track,
        language=script.language,
        minutes=list(script.minutes),
        default_minutes=script.default_minutes,
        words=[
            WordOut(name=word.name, ask=word.ask, default=word.default, longest=word.longest)
            for word in script.words
        ],
        for_whom=script.for_whom,
        not_when=script.not_when,
        voice_trouble=trouble.value if trouble else None,
    )
