"""The author's API: read and save a script, check it, hear it, look at what it once was."""

from __future__ import annotations

from typing import Literal, cast

from apiflask import APIBlueprint
from flask import Response, request
from flask_babel import gettext
from werkzeug.exceptions import Gone

from server.errors import (
    InvalidOptions,
    NothingToHear,
    ScriptNotFound,
    SoundMissing,
    TooShort,
)
from server.render import Draft, ScriptFile, read_draft
from server.script import AGAIN, END, NEXT, Script, Way, list_ways
from server.store import get_script_version, list_script_versions
from server.timeline import Excerpt, Options, list_moments
from server.web.answers import answer_json
from server.web.author_files import begin_script, open_script, save_script
from server.web.author_marks import list_marks
from server.web.author_schemas import (
    CheckIn,
    CheckOut,
    CompareIn,
    CompareOut,
    HearIn,
    NewScriptIn,
    SaveIn,
    ScriptOut,
    VersionOut,
    VersionsOut,
    VersionTextOut,
    WayOut,
)
from server.web.compare import compare
from server.web.render_told import answer_ordered
from server.web.rooms import get_rooms
from server.web.schemas import RenderOut
from server.web.time_picture import draw_time

author_api = APIBlueprint("author_api", __name__, url_prefix="/api/author")


@author_api.post("/scripts")
@author_api.input(NewScriptIn)
@author_api.doc(
    summary="Begin a script",
    operation_id="beginScript",
    responses={201: "It is there.", 409: "There is one of this name."},
)
def begin(json_data: NewScriptIn) -> Response:
    """Put a practice, new or like another one, or a passage into a folder of the scripts."""
    asked = json_data
    file = begin_script(asked.folder, asked.title, like=asked.like, text=asked.text)
    return answer_json(_script_out(file), 201)


@author_api.get("/scripts/<path:path>")
@author_api.output(ScriptOut)
@author_api.doc(
    summary="A script as it is on disk",
    operation_id="readScript",
    responses={404: "There is no such script.", 410: "It was there in the version that is known."},
)
def read(path: str) -> ScriptOut:
    """Read a script; with `known`, a version, its text is sent only where it is another one.

    A page that knows one tells a file that has gone from a sign-in that has ended: that is 404.
    """
    known = request.args.get("known", "")
    try:
        return _script_out(open_script(path), known=known)
    except ScriptNotFound as error:
        if not known:
            raise
        raise Gone(gettext("The file is not on disk any more.")) from error


@author_api.put("/scripts/<path:path>")
@author_api.input(SaveIn)
@author_api.output(ScriptOut)
@author_api.doc(
    summary="Save a script",
    operation_id="saveScript",
    responses={404: "There is no such script.", 409: "It was changed on disk meanwhile."},
)
def save(path: str, json_data: SaveIn) -> ScriptOut:
    """Write a script, whole or not at all, over the version that was read."""
    file = save_script(path, json_data.text, json_data.known)
    return _script_out(file, known=file.version)


@author_api.post("/check")
@author_api.input(CheckIn)
@author_api.output(CheckOut)
@author_api.doc(summary="Check a text", operation_id="checkScript")
def check(json_data: CheckIn) -> CheckOut:
    """Tell mistakes and remarks, and draw the practice in time, as far as the text allows."""
    rooms = get_rooms()
    draft = read_draft(rooms.catalogue, json_data.path, json_data.text)
    marks = list_marks(rooms.settings, draft, json_data.text)
    if draft.loaded is None:
        return CheckOut(
            title="",
            has_mistakes=bool(draft.problems),
            marks=marks,
            minutes=[],
            chosen=None,
            picture="",
            picture_note="",
            ways=[],
        )
    script = draft.loaded.script
    options = _options(script, json_data)
    picture, note = _draw(draft, script, options)
    return CheckOut(
        title=script.title,
        has_mistakes=bool(draft.problems),
        marks=marks,
        minutes=list(script.minutes),
        chosen=options.minutes,
        picture=picture,
        picture_note=note,
        ways=_ways(script),
    )


@author_api.post("/hear")
@author_api.input(HearIn)
@author_api.output(RenderOut, status_code=202)
@author_api.doc(
    summary="Hear a line or a stage",
    operation_id="hearScript",
    responses={200: "It is ready.", 202: "It is being made.", 422: "There is nothing to hear."},
)
def hear(json_data: HearIn) -> Response:
    """Order a part of a text, which need not be saved, to be heard at once."""
    rooms = get_rooms()
    draft = read_draft(rooms.catalogue, json_data.path, json_data.text)
    if draft.loaded is None:
        raise NothingToHear(gettext("It can be heard when its mistakes are put right."))
    excerpt = Excerpt(
        first_line=json_data.first_line + draft.added_lines,
        last_line=max(json_data.first_line, json_data.last_line) + draft.added_lines,
        is_stage=json_data.is_stage,
    )
    options = _options(draft.loaded.script, json_data)
    row = rooms.workshop.order_excerpt(draft.loaded, options, excerpt)
    return answer_ordered(row)


@author_api.get("/versions/<path:path>")
@author_api.output(VersionsOut)
@author_api.doc(summary="What a script once was", operation_id="listScriptVersions")
def list_versions(path: str) -> VersionsOut:
    """List what is kept of a script, newest first."""
    with get_rooms().database.reading() as db:
        rows = list_script_versions(db, path)
    return VersionsOut(
        versions=[
            VersionOut(
                number=row.id,
                saved_at=row.saved_at,
                origin=cast(Literal["saved", "found"], row.origin),
            )
            for row in rows
        ]
    )


@author_api.get("/version/<int:number>/<path:path>")
@author_api.output(VersionTextOut)
@author_api.doc(
    summary="The text of a version",
    operation_id="readScriptVersion",
    responses={404: "It is not kept any more."},
)
def read_version(number: int, path: str) -> VersionTextOut:
    """Read what a script held in one version."""
    with get_rooms().database.reading() as db:
        return VersionTextOut(text=get_script_version(db, path, number).text)


@author_api.post("/compare")
@author_api.input(CompareIn)
@author_api.output(CompareOut)
@author_api.doc(summary="Compare two texts", operation_id="compareScripts")
def compare_texts(json_data: CompareIn) -> CompareOut:
    """Show two texts side by side, with what changed marked."""
    return CompareOut(rows=compare(json_data.before, json_data.after))


def _script_out(file: ScriptFile, known: str = "") -> ScriptOut:
    text = None if file.version == known else file.text
    return ScriptOut(path=file.path, version=file.version, text=text)


def _options(script: Script, asked: CheckIn) -> Options:
    """Choose as the page asks, and as is usual where that is not to be had."""
    minutes = asked.minutes if asked.minutes in script.minutes else None
    eyes = "open" if asked.anchor == "sight" else asked.eyes
    return Options(minutes=minutes or script.default_minutes, anchor=asked.anchor, eyes=eyes)


def _draw(draft: Draft, script: Script, options: Options) -> tuple[str, str]:
    """Draw a script in time, or say why that cannot be."""
    try:
        timeline = get_rooms().workshop.preview(script, options)
    except (TooShort, SoundMissing, InvalidOptions) as error:
        return "", str(error)
    moments = list_moments(script, options, timeline)
    return str(draw_time(moments, line_offset=draft.added_lines)), ""


def _ways(script: Script) -> list[WayOut]:
    """The ways through a script, where there is anything to choose."""
    ways = list_ways(script)
    if not any(way.label for way in ways):
        return []
    return [
        WayOut(start=way.start, label=way.label, goes=_goal(way, script), is_default=way.is_default)
        for way in ways
    ]


def _goal(way: Way, script: Script) -> str:
    """Say where a way leads, as an author reads it."""
    if way.goes in {stage.title for stage in script.stages}:
        return way.goes
    named = {END: gettext("the end"), NEXT: gettext("on from here"), AGAIN: gettext("once more")}
    return str(named.get(way.goes, gettext("on, out of the loop")))
