"""The case file: what a client lets their therapist see, and nothing else, to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from server.store.care import AssignmentRow, ClientRow, make_id
from tests.web.people_house import People


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


def test_what_was_given_is_listed(people: People):
    """By its title; what was taken back says so; what is not in the house keeps its name."""
    now_at = datetime.now(UTC)
    with people.database.writing() as db:
        for kind, subject, withdrawn in (
            ("practice", "soft-ground", None),
            ("worksheet", "two-answers", now_at),
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
    page = people.signed_in(people.ada).get(file_of(people.ines)).text
    assert "Soft ground" in page
    assert "Two answers" in page
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
