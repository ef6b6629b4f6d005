"""`stepback audit`: who did what is told, and what another hand did to that."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from server.config import Settings
from server.store import Database
from server.store.care import (
    Deed,
    PracticeRoomRow,
    TherapistRow,
    add_deed,
    make_id,
    open_audited,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INES, JO, ADA = "1" * 32, "2" * 32, "a" * 32


@pytest.fixture
def audited(house, environment):
    """Ada read what Ines wrote, an hour apart; somebody unknown what Jo wrote; then an erasure."""
    settings = Settings.from_environment(environment)
    database = open_audited(settings.database_address, settings.keys_path)
    with database.writing() as db:
        room = PracticeRoomRow(id=make_id(), name="Linden Street", made_at=NOON)
        db.add(room)
        db.flush()
        db.add(
            TherapistRow(
                id=ADA,
                room_id=room.id,
                email="ada@sit.example",
                name="Ada",
                active=True,
                fs_uniquifier=make_id(),
                is_head=True,
                added_at=NOON,
            )
        )
    deeds = [
        (f"therapist:{ADA}", "read-worksheet", INES),
        (f"therapist:{ADA}", "read-notes", INES),
        (f"therapist:{'b' * 32}", "read-notes", JO),
        ("operator", "erase", INES),
    ]
    for number, (actor, action, client_id) in enumerate(deeds):
        with database.writing() as db:
            deed = Deed(actor=actor, action=action, client_id=client_id, subject=f"{number:032}")
            add_deed(db, deed, NOON + timedelta(hours=number))
    yield database
    database.close()


def change(database: Database, statement: str) -> None:
    with database.writing() as db:
        db.execute(text(statement))


def test_an_audit_that_is_in_order(stepback, audited) -> None:
    """Exit code 0, and how many rows there are."""
    result = stepback("audit", "verify")
    assert (result.exit_code, result.output) == (0, "The audit is as it was written: 4 rows.\n")


def test_an_empty_audit_is_in_order(stepback, house) -> None:
    """Nothing was done yet."""
    assert stepback("audit", "verify").output == "The audit is as it was written: 0 rows.\n"
    assert stepback("audit", "show").output == "Nothing was done.\n"
    assert json.loads(stepback("audit", "show", "--json").output) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET actor='operator' WHERE number=2", "Row 2 of the audit is not as it"),
        ("DELETE FROM audit WHERE number=3", "Row 3 of the audit is not as it was written."),
        ("DELETE FROM audit WHERE number>3", "The audit's end is missing, from row 4 on."),
        ("DELETE FROM audit", "The audit's end is missing, from row 1 on."),
    ],
)
def test_a_broken_audit_is_named(stepback, audited, statement: str, said: str) -> None:
    """Exit code 1, and the number of the first row that is not as it was."""
    change(audited, statement)
    result = stepback("audit", "verify")
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_lost_head_is_named(stepback, audited, environment) -> None:
    """It says which file is missed, and that it can be gone on from."""
    (Settings.from_environment(environment).keys_path / "audit.head").unlink()
    result = stepback("audit", "verify")
    assert result.exit_code == 1
    assert "audit.head, in the folder of the keys, is missing" in result.stderr
    assert stepback("audit", "accept", "--yes").exit_code == 0
    assert stepback("audit", "verify").output == "The audit is as it was written: 5 rows.\n"


def test_an_end_is_accepted_when_it_is_said(stepback, audited) -> None:
    """It asks first, notes that it was done, and leaves a sound audit alone."""
    assert "nothing to accept" in stepback("audit", "accept").output
    change(audited, "DELETE FROM audit WHERE number>2")
    assert stepback("audit", "accept", typed="n\n").exit_code == 1
    assert stepback("audit", "verify").exit_code == 1
    result = stepback("audit", "accept", typed="y\n")
    assert "Noted as row 3." in result.output
    assert stepback("audit", "verify").exit_code == 0
    *_, last = json.loads(stepback("audit", "show", "--json").output)
    assert (last["actor"], last["action"], last["subject"]) == ("operator", "accept-audit", "3")


def test_who_read_a_client_between_two_moments(stepback, audited) -> None:
    """Names where there are any, the one client alone, and the moments as they are meant."""
    lines = stepback("audit", "show", "--client", INES).output.splitlines()
    assert [line.split()[0] for line in lines] == ["number", "1", "2", "4"]
    assert " ".join(lines[1].split()) == (
        f"1 2026-03-01 12:00:00 Ada (aaaaaaaa) read-worksheet {INES} {0:032}"
    )
    asked = ("audit", "show", "--json", "--client", INES)

    def numbers(*options: str) -> list[int]:
        return [row["number"] for row in json.loads(stepback(*asked, *options).output)]

    assert numbers("--since", "2026-03-01T13:00", "--until", "2026-03-01T15:00") == [2]
    assert numbers("--since", "2026-03-01T14:00+01:00") == [2, 4]
    assert numbers("--since", "2026-03-01", "--until", "2026-03-01") == [1, 2, 4]
    assert numbers("--until", "2026-02-28") == []
    (row,) = json.loads(stepback("audit", "show", "--json", "--client", JO).output)
    assert row["actor"] == f"therapist:{'b' * 32}"
    assert (row["at"], row["action"]) == ("2026-03-01T14:00:00+00:00", "read-notes")


@pytest.mark.parametrize(
    "options", [("--client", "Ines"), ("--since", "yesterday"), ("--until", "2026-13-01")]
)
def test_what_cannot_be_read_is_said(stepback, house, options: tuple[str, str]) -> None:
    """As typed wrong, with what would have been right."""
    result = stepback("audit", "show", *options)
    assert result.exit_code == 2
    assert "should be" in result.stderr


def test_the_doctor_reads_the_audit_too(stepback, audited) -> None:
    """It says that it is as it was written, or where it is not, and where to look."""
    assert "ok  audit: The audit is as it was written." in stepback("doctor").output
    change(audited, "UPDATE audit SET actor = 'nobody' WHERE number = 2")
    result = stepback("doctor")
    assert result.exit_code == 1
    assert "NOT audit: Row 2 of the audit is not as it was written." in result.output
    assert "stepback audit show" in result.output
