"""What a client is shown of what their therapist can see: all that pages and the copy hold."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest
from babel.dates import format_date

from server.care import SHARED, Shared
from server.store.care import SubmissionConflictRow
from tests.web.case_house import (
    LATER,
    SITUATION,
    TO_A_FRIEND,
    TO_MYSELF,
    allow,
    keep_ladder,
    practise,
    submit,
)
from tests.web.people_house import People

NOTE = "It was <b>raining</b>."

MARKS: dict[Shared, tuple[str, ...]] = {
    Shared.PRACTISED: ("Soft ground",),
    Shared.MINUTES: ("12 minutes",),
    Shared.FELT: (
        "Before: kindness 3 of 10",
        "After: kindness 4 of 10, willingness 9 of 10",
    ),
    Shared.WORKSHEETS: (SITUATION, TO_A_FRIEND, TO_MYSELF, "How tired are you?", "nearly alike"),
    Shared.LADDERS: ("it is <u>useless</u>", "one step back", "met with some kindness"),
    Shared.NOTES: (NOTE,),
}
"""What stands on pages of a client's that only this kind may show."""

OUTCOMES = {"stepped-back": "one step back", "met": "met with some kindness"}


def fill(people: People) -> list[str]:
    """Something of every kind, a mark and a conflict too; gives the pages that show it."""
    practise(people, people.ines, note=NOTE)
    plain, marked = submit(people, people.ines), submit(people, people.ines, is_marked=True)
    with people.database.writing() as db:
        row = SubmissionConflictRow(
            submission_id=plain,
            client_id=people.ines,
            digest="c" * 64,
            sealed_body=b"",
            received_at=LATER,
        )
        db.add(row)
        db.flush()
        body = json.dumps({"answers": {"situation": "sent by mistake"}})
        place = f"submission_conflicts:{row.id}"
        row.sealed_body = people.keys.get(people.ines).close(body, place)
    return [
        *("", "/log", "/over-time", f"/ladders/{keep_ladder(people, people.ines)}"),
        *(f"/submissions/{each}" for each in (plain, marked)),
        *(f"/submissions/{plain}/together{rest}" for rest in ("", "/question")),
    ]


def pages_of(people: People, paths: list[str]) -> Iterator[str]:
    ada = people.signed_in(people.ada)
    for path in paths:
        answer = ada.get(f"/room/clients/{people.ines}{path}")
        assert answer.status_code in (200, 404)
        if answer.status_code == 200:
            yield html.unescape(answer.text)


def copy_of(people: People) -> dict[str, list[dict[str, object]]]:
    answer = people.signed_in(people.ada).post(f"/room/clients/{people.ines}/export")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as zipped:
        return json.loads(zipped.read("client.json"))


def seen_page(people: People) -> str:
    return html.unescape(people.phone_of(people.ines).get("/with-therapist/seen").text)


def words_of(value: object) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from words_of(each)
    elif isinstance(value, str):
        yield value


def client_words(copy: dict[str, list[dict]]) -> Iterator[str]:  # type: ignore[type-arg]
    """All that is the client's in a therapist's copy, as a page would say it."""
    for each in copy.get("entries", ()):
        yield each["title"]
        if "practised_minutes" in each:
            yield f"{each['practised_minutes']} minutes"
        yield from (
            f"{part.partition('_')[0]} {each[part]}"
            for part in ("kindness_before", "kindness_after", "willingness_after")
            if part in each
        )
    yield from (each["text"] for each in copy.get("entry_notes", ()))
    for each in copy.get("submissions", ()):
        yield from words_of(each["answers"]["answers"])
        yield "nearly alike" if each["is_marked"] else ""
    for each in copy.get("ladders", ()):
        yield each["ladder"]["title"]
        for rung in each["ladder"]["rungs"]:
            yield rung["words"] or ""
            yield OUTCOMES[rung["outcome"]]


@pytest.mark.parametrize(
    "given",
    [frozenset(SHARED), *(frozenset(SHARED) - {each} for each in SHARED), frozenset[Shared]()],
    ids=lambda given: "+".join(each[0] for each in sorted(given)) or "nothing",
)
def test_all_that_a_therapist_gets_is_shown(people: People, given: frozenset[Shared]):
    """Whatever is on their pages or in their copy of what is the client's is on the client's."""
    paths = fill(people)
    allow(people, people.ines, given)
    told, copy, seen = "\n".join(pages_of(people, paths)), copy_of(people), seen_page(people)
    marks = [mark for each in MARKS.values() for mark in each]
    assert {mark for mark in marks if mark in told} <= {mark for mark in marks if mark in seen}
    for word in client_words(copy):
        assert word in seen, word
    theirs = [copy.get(kind, []) for kind in ("entries", "submissions", "ladders")]
    for day in re.findall(r'_on": "([^"]+)"', json.dumps(theirs)):
        assert format_date(date.fromisoformat(day), "long", locale="en_GB") in seen
    shown = {kind for kind in SHARED for mark in MARKS[kind] if mark in seen}
    beside = {Shared.MINUTES, Shared.FELT, Shared.NOTES}
    assert shown == (given if Shared.PRACTISED in given else given - beside)
    if given == frozenset(SHARED):
        assert all(mark in told and mark in seen for mark in marks)
    assert "sent by mistake" not in told + seen + json.dumps(copy)


def test_of_when_something_was_done_the_day_is_told(people: People):
    """Not the hour: neither in a page's text nor in its code, nor in the copy."""
    paths = fill(people)
    allow(people, people.ines)
    hour = LATER.isoformat()[10:16]
    for page in pages_of(people, paths):
        assert hour not in page
    copy = copy_of(people)
    for kind in ("client", "entries", "entry_notes", "submissions", "ladders"):
        assert copy[kind]
        assert hour not in json.dumps(copy[kind])


def test_decisions_are_in_no_copy_of_a_therapists(people: People):
    """When something was withdrawn is not told to whom it was withdrawn from."""
    allow(people, people.ines)
    allow(people, people.ines, ())
    assert "consents" not in copy_of(people)
    assert set(copy_of(people)) == {
        *("made_at", "client", "assignments", "notes", "recordings", "unreadable")
    }
