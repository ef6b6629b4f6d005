"""The case file: what a client lets their therapist see, and nothing else, to nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from server.care import SHARED, Shared
from server.store.care import AssignmentRow, ClientRow, make_id
from tests.statements import statements
from tests.web.case_house import LATER, allow, deeds, keep_ladder, practise, submit
from tests.web.conftest import House
from tests.web.people_house import People

FRIEND = """title: Mein Freund und ich
language: de
summary: Zweimal gesehen.
message: Nur zum Schauen.
fields:
  - kind: text
    name: situation
    ask: Was war?
"""


def file_of(client_id: str) -> str:
    return f"/room/clients/{client_id}"


def test_a_client_is_called_by_another_name(people: People):
    """The new name is on the page, and sealed in the row."""
    ada = people.signed_in(people.ada)
    assert '<h1 dir="auto">Ines</h1>' in ada.get(file_of(people.ines)).text
    path = f"{file_of(people.ines)}/name"
    assert ada.post(path, data={"name": " Inés <R.> "}).status_code == 302
    assert '<h1 dir="auto">Inés &lt;R.&gt;</h1>' in ada.get(file_of(people.ines)).text
    with people.database.reading() as db:
        row = db.scalars(select(ClientRow).where(ClientRow.id == people.ines)).one()
    assert "Inés".encode() not in row.sealed_name


def test_a_name_that_cannot_be_is_told_at_its_field(people: People):
    """And what was typed stays in it."""
    ada, path = people.signed_in(people.ada), f"{file_of(people.ines)}/name"
    for name in ("", "x" * 121):
        answer = ada.post(path, data={"name": name})
        assert answer.status_code == 422
        assert 'id="name-problem"' in answer.text
        assert f'value="{name}"' in answer.text
    assert '<h1 dir="auto">Ines</h1>' in ada.get(file_of(people.ines)).text


def test_what_was_given_is_listed(people: People, house: House):
    """By its title; what was taken back says so; what is not in the house keeps its name."""
    now_at = datetime.now(UTC)
    with people.database.writing() as db:
        for kind, subject, withdrawn in (
            ("practice", "soft-ground", None),
            ("worksheet", "two-answers", now_at),
            ("worksheet", "friend", None),
            ("course", "four-stages", None),
        ):
            row_id = make_id()
            db.add(
                AssignmentRow(
                    id=row_id,
                    client_id=people.ines,
                    therapist_id=people.ada,
                    kind=kind,
                    subject=subject,
                    sealed_details=people.keys.get(people.ines).close(
                        "{}", f"assignments:{row_id}"
                    ),
                    rhythm="",
                    given_at=now_at,
                    withdrawn_at=withdrawn,
                )
            )
    path = house.settings.scripts_path / "worksheets/friend.yaml"
    path.parent.mkdir()
    path.write_text(FRIEND, encoding="utf-8")
    page = people.signed_in(people.ada).get(file_of(people.ines)).text
    assert "Soft ground" in page
    assert "Two answers" in page
    assert "Mein Freund und ich" in page
    assert "Four stages" in page
    assert page.count("taken back") == 1
    assert "Soft ground" not in people.signed_in(people.ada).get(file_of(people.jo)).text


def test_a_case_is_its_therapists_alone(people: People):
    """For everybody else the page is not there, and neither is its form."""
    for who in (people.bo, people.cy):
        browser = people.signed_in(who)
        assert browser.get(file_of(people.ines)).status_code == 404
        sent = browser.post(f"{file_of(people.ines)}/name", data={"name": "Mine"})
        assert sent.status_code == 404
    missing = people.signed_in(people.ada).get(file_of("0" * 32))
    foreign = people.signed_in(people.ada).get(file_of(people.kim))
    assert missing.status_code == foreign.status_code == 404
    assert missing.data == foreign.data


def test_a_case_is_kept_by_no_cache(people: People):
    """Whoever sits down at the machine afterwards finds nothing by going back."""
    answer = people.signed_in(people.ada).get(file_of(people.ines))
    assert answer.headers["Cache-Control"] == "no-store"


# ── by consent ───────────────────────────────────────────────────────────────────────────────


def fill(people: People) -> tuple[str, str]:
    """Something of every kind; gives the ids of a submission and a ladder."""
    practise(people, people.ines, note="It was <b>raining</b>.")
    return submit(people, people.ines), keep_ladder(people, people.ines)


def test_what_may_be_seen_is_said_in_one_line(people: People):
    """What is shown and what is not, by its name; and what it means to have left."""
    ada = people.signed_in(people.ada)
    lines = []
    for kinds in ((), SHARED, (Shared.PRACTISED, Shared.WORKSHEETS), (Shared.MINUTES,)):
        allow(people, people.ines, kinds)
        page = ada.get(file_of(people.ines)).text
        lines.append(re.findall(r'<p class="soft" dir="auto">(.*)</p>', page)[0])
    with people.database.writing() as db:
        client = db.get(ClientRow, people.ines)
        assert client is not None
        client.left_at = datetime.now(UTC)
    assert "Ines has left. Nothing of theirs is shown." in ada.get(file_of(people.ines)).text
    nothing = "Ines lets you see nothing of theirs."
    assert lines == [
        nothing,
        "Ines lets you see: the days and the practices, the minutes, kindness and willingness, "
        "before and after, worksheets, ladders and notes beside the log.",
        "Ines lets you see: the days and the practices and worksheets. You see nothing of: the "
        "minutes, kindness and willingness, before and after, ladders and notes beside the log.",
        nothing,
    ]


def test_nothing_is_shown_without_a_yes(people: People):
    """Neither on the page of the case nor on any of its own; and nothing is noted as read."""
    submission_id, ladder_id = fill(people)
    ada, base = people.signed_in(people.ada), file_of(people.ines)
    page = ada.get(base).text
    for hidden in ("Soft ground", "A friend, and you", "Stepping back", "<svg", "over-time"):
        assert hidden not in page
    for path in (
        "/log",
        f"/ladders/{ladder_id}",
        "/over-time",
        f"/submissions/{submission_id}",
        f"/submissions/{submission_id}/together",
        f"/submissions/{submission_id}/together/question",
    ):
        assert ada.get(base + path).status_code == 404, path
    assert deeds(people) == []


def test_what_is_withdrawn_is_gone_from_then_on(people: People):
    """The very next page does not have it."""
    submission_id, ladder_id = fill(people)
    allow(people, people.ines)
    ada, base = people.signed_in(people.ada), file_of(people.ines)
    paths = ("/log", f"/ladders/{ladder_id}", "/over-time", f"/submissions/{submission_id}")
    assert [ada.get(base + path).status_code for path in paths] == [200] * 4
    before = len(deeds(people))
    allow(people, people.ines, ())
    assert [ada.get(base + path).status_code for path in paths] == [404] * 4
    assert len(deeds(people)) == before


def test_minutes_are_shown_only_where_they_may_be(people: People):
    """Days alone make a picture of blocks that are all alike, and a table without minutes."""
    practise(people, people.ines)
    ada, base = people.signed_in(people.ada), file_of(people.ines)
    allow(people, people.ines, (Shared.PRACTISED,))
    page, log = ada.get(base).text, ada.get(f"{base}/log").text
    assert page.count('class="week-block"') == 1
    for shown in (page, log):
        assert "12 minutes" not in shown
    assert "Before:" not in log
    assert "Soft ground" in log
    allow(people, people.ines, (Shared.PRACTISED, Shared.MINUTES, Shared.FELT))
    page, log = ada.get(base).text, ada.get(f"{base}/log").text
    assert "<td>12 minutes</td>" in page
    assert "12 minutes" in log
    assert "Before: kindness 3" in log
    assert "After: kindness 4 of 10, willingness 9 of 10" in log


def test_weeks_without_practice_are_not_marked(people: People):
    """Two columns, two rows, and nothing of the weeks between them."""
    for weeks in (0, 5):
        practise(people, people.ines, at=LATER + timedelta(weeks=weeks))
    allow(people, people.ines)
    page = people.signed_in(people.ada).get(file_of(people.ines)).text
    assert page.count('class="week-block"') == 2
    assert page.count('<th scope="row">Week of') == 2


def test_the_log_and_its_notes(people: People):
    """With what the client wrote beside an entry, as text and nothing else."""
    fill(people)
    allow(people, people.ines)
    log = people.signed_in(people.ada).get(f"{file_of(people.ines)}/log").text
    assert "It was &lt;b&gt;raining&lt;/b&gt;." in log
    assert "live" in log


def test_a_ladder_is_read(people: People):
    """Each rung in its order, with what became of it."""
    _, ladder_id = fill(people)
    allow(people, people.ines)
    page = people.signed_in(people.ada).get(f"{file_of(people.ines)}/ladders/{ladder_id}").text
    told = ("it is &lt;u&gt;useless", "one step back", "what was here then", "met with some")
    words = [page.index(each) for each in told]
    assert words == sorted(words)


def test_each_reading_is_noted_once(people: People):
    """Who, what, whose and which; what shows no words is not a reading of any."""
    submission_id, ladder_id = fill(people)
    allow(people, people.ines)
    ada, base = people.signed_in(people.ada), file_of(people.ines)
    who = f"therapist:{people.ada}"
    for path, noted in (
        ("", [("read-log", "")]),
        ("/log", [("read-log", ""), ("read-note", "")]),
        (f"/ladders/{ladder_id}", [("read-ladder", ladder_id)]),
        ("/over-time", [("read-worksheet", submission_id)]),
        (f"/submissions/{submission_id}", [("read-worksheet", submission_id)]),
        (f"/submissions/{submission_id}/together", [("read-worksheet", submission_id)]),
        (f"/submissions/{submission_id}/together/question", []),
        ("/notes", []),
    ):
        before = len(deeds(people))
        assert ada.get(base + path).status_code == 200
        assert deeds(people)[before:] == [
            (who, action, people.ines, subject) for action, subject in noted
        ], path


def test_each_worksheet_that_a_page_shows_is_noted(people: People):
    """Over time there are words of several: of each one there is a row, and of another's none."""
    shown = {submit(people, people.ines) for _ in range(3)}
    submit(people, people.jo)
    allow(people, people.ines)
    page = people.signed_in(people.ada).get(f"{file_of(people.ines)}/over-time").text
    assert page.count("I &lt;i&gt;forgot&lt;/i&gt; her birthday.") == 3
    rows = deeds(people)
    assert len(rows) == 3
    assert {(action, whose, subject) for _, action, whose, subject in rows} == {
        ("read-worksheet", people.ines, each) for each in shown
    }


def test_much_asks_the_database_no_more_than_little(people: People):
    """However many there are of whatever a page shows, it is read, and noted, at once."""
    allow(people, people.ines)
    ada, asked = people.signed_in(people.ada), []
    for _ in range(2):
        for _ in range(5):
            fill(people)
        for path in ("", "/log", "/over-time", "/given", "/notes"):
            with statements() as sent:
                assert ada.get(file_of(people.ines) + path).status_code == 200
            asked.append((path, len(sent)))
    assert asked[:5] == asked[5:]


def test_nobody_else_reads_a_case(people: People):
    """A colleague, another room, the client, and by the address of another client of one's own."""
    submission_id, ladder_id = fill(people)
    allow(people, people.ines)
    paths = ("", "/log", f"/ladders/{ladder_id}", "/over-time", f"/submissions/{submission_id}",
             f"/submissions/{submission_id}/together")  # fmt: skip
    for who in (people.bo, people.cy):
        browser = people.signed_in(who)
        for path in paths:
            assert browser.get(file_of(people.ines) + path).status_code == 404
    allow(people, people.jo)
    ada = people.signed_in(people.ada)
    for path in (paths[2], paths[4], paths[5]):
        assert ada.get(file_of(people.jo) + path).status_code == 404
    for path in paths:
        assert people.phone_of(people.ines).get(file_of(people.ines) + path).status_code == 302
    assert deeds(people) == []
