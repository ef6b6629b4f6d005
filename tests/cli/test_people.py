"""`stepback people`: who works here, and the links that lead in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result

from server.cli.running import offer_first_link
from server.config import Settings
from server.store import Database
from server.store.care import AuditRow, InvitationRow, TherapistRow, hash_token
from tests.new_database import make_database

EMAIL = "Ada@Sit.example"
ADD = ("people", "add-therapist", EMAIL, "--name", "Ada", "--room", "Linden Street")

Run = Callable[..., Result]


@pytest.fixture
def database(environment: dict[str, str]) -> Iterator[Database]:
    """The house's database, made."""
    settings = Settings.from_environment(environment)
    make_database(settings.database_address)
    made = Database(settings.database_address)
    yield made
    made.close()


def token_of(result: Result) -> str:
    """The token of the link that a command printed, alone on its line."""
    assert result.exit_code == 0, result.output
    line = result.output.strip()
    assert line.startswith("http")
    return line.rpartition("/welcome/")[2]


def test_a_therapist_is_added_by_a_link(database: Database, stepback: Run):
    """No password is made; the link's hash is kept, and the audit says who did it."""
    token = token_of(stepback(*ADD))
    with database.reading() as db:
        row, link, deed = (db.query(each).one() for each in (TherapistRow, InvitationRow, AuditRow))
    assert (row.email, row.password, row.is_head) == ("ada@sit.example", None, True)
    assert (link.token_hash, link.kind) == (hash_token(token), "therapist")
    assert (deed.actor, deed.action, deed.subject) == ("operator", "add-therapist", row.id)
    assert "invited" in stepback("people", "list").output
    second = token_of(stepback("people", "add-therapist", "bo@sit.example", "--name", "Bo",
                          "--room", "Linden Street"))  # fmt: skip
    with database.reading() as db:
        bo = db.query(TherapistRow).filter_by(email="bo@sit.example").one()
    assert (bo.room_id, bo.is_head) == (row.room_id, False)
    assert second != token


def test_nobody_is_added_twice(database: Database, stepback: Run):
    """And what is no address is said to be none."""
    stepback(*ADD)
    assert stepback(*ADD).exit_code == 1
    bad = stepback("people", "add-therapist", "no address", "--name", "A", "--room", "B")
    assert bad.exit_code == 1
    assert "no e-mail address" in bad.output
    with database.reading() as db:
        assert db.query(TherapistRow).count() == 1


def test_a_new_link_ends_the_one_before(database: Database, stepback: Run):
    """So that one that went astray opens nothing."""
    first = token_of(stepback(*ADD))
    second = token_of(stepback("people", "reset-password", "ada@sit.example"))
    with database.reading() as db:
        used = {row.token_hash: row.used_at for row in db.query(InvitationRow)}
    assert used[hash_token(first)] is not None
    assert used[hash_token(second)] is None


def test_second_factor_and_leaving(database: Database, stepback: Run):
    """One command takes the second factor away, one says that somebody has left."""
    stepback(*ADD)
    with database.writing() as db:
        row = db.query(TherapistRow).one()
        row.tf_totp_secret, row.tf_primary_method = "sealed", "authenticator"
        row.mf_recovery_codes = ["hash"]
    assert stepback("people", "reset-second-factor", EMAIL).exit_code == 0
    with database.reading() as db:
        row = db.query(TherapistRow).one()
    assert (row.tf_totp_secret, row.mf_recovery_codes, row.active) == (None, [], True)
    assert stepback("people", "end", EMAIL).exit_code == 0
    with database.reading() as db:
        row = db.query(TherapistRow).one()
    assert (row.active, row.password) == (False, None)
    assert row.left_at is not None
    assert stepback("people", "end", EMAIL).exit_code == 1
    assert "left" in stepback("people", "list").output


def test_the_first_start_prints_a_link_until_somebody_is_here(
    database: Database,
    environment: dict[str, str],
    stepback: Run,
    capsys: pytest.CaptureFixture[str],
):
    """Each start prints a new one, and the one before ends."""
    settings = Settings.from_environment(environment)
    tokens = []
    for _ in range(2):
        offer_first_link(settings)
        tokens.append(capsys.readouterr().out.strip().rpartition("/welcome/")[2])
    with database.reading() as db:
        used = {row.token_hash: row.used_at for row in db.query(InvitationRow)}
    assert [used[hash_token(token)] is None for token in tokens] == [False, True]
    stepback(*ADD)
    offer_first_link(settings)
    assert capsys.readouterr().out == ""
