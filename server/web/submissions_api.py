"""The API for worksheets under /api: two answers held against one another, and submissions."""

from __future__ import annotations

from datetime import UTC, datetime

from apiflask import APIBlueprint
from flask import Response, request

from server.care import (
    are_nearly_identical,
    is_marked,
    read_answers,
    write_answers,
    write_worksheet,
)
from server.errors import InvalidOptions, WorksheetNotFound
from server.render import find_guided, get_worksheet
from server.store import JsonObject, was_deleted
from server.store.care import (
    NewSubmission,
    Seal,
    SubmissionRow,
    add_deed,
    add_submission,
    find_same_submission,
    list_submissions,
    open_submission,
    take_back,
)
from server.web.answers import answer_json
from server.web.assigned import find_assigned
from server.web.device import find_device
from server.web.people import deed_of_client, get_client
from server.web.render_told import answer_ordered
from server.web.rooms import get_rooms
from server.web.submission_schemas import (
    CheckOut,
    GuidedIn,
    OwnSubmissionOut,
    OwnSubmissionsOut,
    PairTextsIn,
    SubmissionIn,
    SubmissionOut,
)

submissions_api = APIBlueprint("submissions_api", __name__, url_prefix="/api")


@submissions_api.post("/worksheets/<slug:name>/check")
@submissions_api.input(PairTextsIn)
@submissions_api.output(CheckOut)
@submissions_api.doc(
    summary="Hold the two answers of a pair against one another",
    operation_id="checkPair",
    description="Nothing of it is kept.",
    responses={404: "There is no such worksheet."},
)
def check(name: str, json_data: PairTextsIn) -> CheckOut:
    """Tell whether two answers say nearly the same; nothing of them is kept or logged."""
    get_worksheet(get_rooms().settings.scripts_path, name)
    alike = are_nearly_identical(json_data.first, json_data.second)
    return CheckOut(is_nearly_identical=alike)


@submissions_api.post("/worksheets/<slug:name>/renders")
@submissions_api.input(GuidedIn)
@submissions_api.doc(
    summary="Order the guided audio of a worksheet",
    operation_id="orderGuided",
    description=(
        "It holds nobody's words but those that a therapist gave to be spoken before it, for their"
        " client's device alone. Answers 200 when it is ready, 202 while it is made."
    ),
    responses={
        200: "It is ready.",
        202: "It is being made.",
        404: "There is no such worksheet, or it cannot be spoken here.",
    },
)
def order_guided(name: str, json_data: GuidedIn) -> Response:
    """Have a voice ask the questions of a worksheet, with time to write after each."""
    rooms = get_rooms()
    worksheet = get_worksheet(rooms.settings.scripts_path, name)
    given = find_assigned(json_data.given, "worksheet", name)
    greeting = given.greeting if given else None
    guided = find_guided(rooms.settings, worksheet, greeting)
    if guided is None:
        raise WorksheetNotFound
    giving = given.giving(guided.script) if given else None
    row = rooms.workshop.order_guided(guided, greeting, find_device(request), giving)
    return answer_ordered(row)


@submissions_api.post("/submissions")
@submissions_api.input(SubmissionIn)
@submissions_api.doc(
    summary="Send a worksheet to one's therapist",
    operation_id="addSubmission",
    description="The same again is answered 200 with the same body, a different one 409.",
    responses={
        200: "It had come before.",
        201: "It is kept.",
        204: "It was taken back, so it is not kept again.",
        404: "This device belongs to no client.",
        409: "A different one has this id; both are kept.",
    },
)
def add(json_data: SubmissionIn) -> Response:
    """Keep a worksheet for good before it is answered."""
    client, rooms, now_at = get_client(), get_rooms(), datetime.now(UTC)
    seal = rooms.keys.get(client.id)
    new = NewSubmission(
        id=json_data.id,
        client_id=client.id,
        template=json_data.template,
        assignment_id=json_data.assignment,
        answers=json_data.answers,
        answered_at=json_data.answered_at,
    )
    with rooms.database.writing() as db:
        if was_deleted(db, new.id):
            return Response(status=204)
        # Looked for before it is checked: the worksheet may have changed since it came first.
        row = find_same_submission(db, seal, new, now_at)
        is_new = row is None
        if row is None:
            content, marked = _read(new)
            row = add_submission(db, seal, new, content, is_marked=marked, now_at=now_at)
        kept = _submission_out(row)
    return answer_json(kept, 201 if is_new else 200)


@submissions_api.get("/submissions")
@submissions_api.output(OwnSubmissionsOut)
@submissions_api.doc(
    summary="What I have written",
    operation_id="listOwnSubmissions",
    responses={404: "This device belongs to no client."},
)
def list_own() -> OwnSubmissionsOut:
    """List the asking client's own worksheets, opened."""
    client, rooms = get_client(), get_rooms()
    seal = rooms.keys.get(client.id)
    with rooms.database.reading() as db:
        rows = list_submissions(db, client.id)
    return OwnSubmissionsOut(submissions=[_own_out(row, seal) for row in rows])


@submissions_api.delete("/submissions/<sitting:submission_id>")
@submissions_api.doc(
    summary="Take a worksheet back",
    operation_id="takeBackSubmission",
    responses={204: "It is gone.", 404: "There is no such worksheet."},
)
def remove(submission_id: str) -> Response:
    """Delete one of the asking client's own, with whatever came of it."""
    client, rooms, now_at = get_client(), get_rooms(), datetime.now(UTC)
    deed = deed_of_client(client, "take-back-worksheet", subject=submission_id)
    with rooms.database.writing() as db:
        take_back(db, client, submission_id)
        add_deed(db, deed, now_at)
    return Response(status=204)


def _read(new: NewSubmission) -> tuple[dict[str, JsonObject], bool]:
    """Check what came against the worksheet as it is now. Raises InvalidOptions."""
    try:
        worksheet = get_worksheet(get_rooms().settings.scripts_path, new.template)
    except WorksheetNotFound as error:
        # Not 404: that would tell the phone that it belongs to no client.
        raise InvalidOptions("template", str(error)) from error
    answers = read_answers(worksheet, new.answers)
    content = {"worksheet": write_worksheet(worksheet), "answers": write_answers(answers)}
    return content, is_marked(worksheet, answers)


def _submission_out(row: SubmissionRow) -> SubmissionOut:
    return SubmissionOut(
        id=row.id,
        template=row.template,
        assignment=row.assignment_id,
        is_marked=row.is_marked,
        answered_at=row.answered_at,
        received_at=row.received_at,
    )


def _own_out(row: SubmissionRow, seal: Seal) -> OwnSubmissionOut:
    return OwnSubmissionOut(**_submission_out(row).model_dump() | open_submission(row, seal))
