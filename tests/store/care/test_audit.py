"""The audit: whatever is done to its rows by another hand is found, and where it begins."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from server.errors import StorageFull
from server.store import Database
from server.store.care import (
    AuditRow,
    Break,
    Deed,
    KeyRing,
    accept_end,
    add_deed,
    add_deeds,
    check_audit,
    hash_row,
    list_deeds,
    open_audited,
)
from server.store.care.audit_head import HEAD_NAME
from server.store.engines import Address

ROOT = Path(__file__).parents[3]
ADA, BO = f"therapist:{'a' * 32}", f"therapist:{'b' * 32}"
INES, JO = "1" * 32, "2" * 32
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

TABLE = AuditRow.__table__

Rows = list[list]


def add(database: Database, count: int, *, client_id: str = INES, actor: str = ADA) -> None:
    """Note deeds, each in a transaction of its own."""
    for number in range(count):
        with database.writing() as db:
            add_deed(db, deed(number, client_id, actor), NOON + timedelta(minutes=number))


def deed(number: int, client_id: str = INES, actor: str = ADA) -> Deed:
    return Deed(
        actor=actor,
        action=("read-worksheet", "read-notes", "export")[number % 3],
        room_id="c" * 32,
        client_id=client_id,
        subject=f"{number:032x}",
    )


def verify(database: Database) -> int | None:
    with database.reading() as db:
        return check_audit(db).number


def why(database: Database) -> tuple[int | None, Break | None]:
    with database.reading() as db:
        verdict = check_audit(db)
    return verdict.number, verdict.why


def read_rows(database: Database) -> Rows:
    """The audit as it lies there."""
    with database.reading() as db:
        return [list(row) for row in db.execute(select(*TABLE.columns).order_by(TABLE.c.number))]


def put_rows(database: Database, rows: Rows) -> None:
    """Write the audit as another hand would, past what keeps it in order."""
    with database.writing() as db:
        db.execute(delete(TABLE))
        if rows:
            db.execute(insert(TABLE), [named(row) for row in rows])


def named(row: list) -> dict[str, object]:
    """A row's values by the names of their columns."""
    return dict(zip(TABLE.columns.keys(), row, strict=True))


def hashed(row: list) -> str:
    """The hash that a row would have to have: a forger knows how."""
    return hash_row(SimpleNamespace(**named(row)))  # type: ignore[arg-type]


def forge(rows: Rows, start: int) -> Rows:
    """Make the chain fit again from an index on."""
    forged = [list(row) for row in rows]
    for index in range(start, len(forged)):
        forged[index][0] = index + 1
        forged[index][7] = forged[index - 1][8] if index else "0" * 64
        forged[index][8] = hashed(forged[index])
    return forged


@pytest.fixture
def chain(audited: Database) -> Database:
    """Thirty deeds."""
    add(audited, 30)
    return audited


def test_an_untouched_audit_is_in_order(audited: Database) -> None:
    """Empty, with one row, with many; a deed says who, what, with whose and when."""
    assert verify(audited) is None
    add(audited, 1)
    assert verify(audited) is None
    with audited.writing() as db:
        for number in range(1, 2500):
            add_deed(db, deed(number), NOON)
    assert verify(audited) is None
    with audited.reading() as db:
        first = next(list_deeds(db))
    assert (first.number, first.actor, first.action) == (1, ADA, "read-worksheet")
    assert (first.client_id, first.subject, first.at) == (INES, "0" * 32, NOON)
    assert first.hash == hash_row(first)


def test_several_deeds_of_one_transaction_are_one_end(audited: Database, keys: KeyRing) -> None:
    """The head tells of the last of them, and a second transaction of a session goes on."""
    with audited.writing() as db:
        for number in range(3):
            add_deed(db, Deed(actor="operator", action=f"one-{number}"), NOON)
        db.commit()
        add_deed(db, Deed(actor="operator", action="two"), NOON)
    assert verify(audited) is None
    head = json.loads((keys.path / HEAD_NAME).read_bytes())
    assert (head["last"]["number"], head["coming"]) == (4, None)


def test_deeds_that_are_written_at_once_are_a_chain(audited: Database, keys: KeyRing) -> None:
    """In their order, each upon the one before, and the head tells of the last; none is nothing."""
    add(audited, 2)
    with audited.writing() as db:
        rows = add_deeds(db, [deed(number) for number in range(3)], NOON)
        assert [row.subject for row in rows] == [f"{number:032x}" for number in range(3)]
        assert add_deeds(db, [], NOON) == []
    assert verify(audited) is None
    assert [named(row)["number"] for row in read_rows(audited)] == [1, 2, 3, 4, 5]
    head = json.loads((keys.path / HEAD_NAME).read_bytes())
    assert (head["last"]["number"], head["coming"]) == (5, None)


def test_a_deed_is_not_without_what_was_done(audited: Database) -> None:
    """Where the transaction fails there is no deed, and the next one follows as ever."""
    add(audited, 2)

    def fail_at_the_end() -> None:
        with audited.writing() as db:
            row = add_deed(db, deed(0), NOON)
            db.execute(AuditRow.__table__.insert().values(number=row.number))

    with pytest.raises(IntegrityError):
        fail_at_the_end()
    assert verify(audited) is None
    add(audited, 2)
    assert verify(audited) is None
    assert len(read_rows(audited)) == 4


def tamper(rows: Rows, chance: random.Random) -> tuple[str, Rows, int]:
    """Do something to a chain; gives what, the rows, and the first that is not as it was."""
    rows = [list(row) for row in rows]
    count = len(rows)
    at = chance.randrange(count)
    kind = chance.choice(
        (
            *("change", "change well", "change link", "delete", "close a gap", "swap", "cut"),
            *("swap numbers", "insert", "insert well", "insert several", "append", "blank"),
        )
    )
    match kind:
        case "change":
            column = chance.choice((1, 2, 3, 4, 5, 6, 7, 8))
            other = NOON + timedelta(microseconds=1) if column == 1 else "d" * 32
            rows[at][column] = None if column in (2, 5) and chance.random() < 0.5 else other
        case "change well":  # its own hash is made to fit
            rows[at][3] = BO
            rows[at][8] = hashed(rows[at])
        case "change link":
            rows[at][7] = "e" * 64
            rows[at][8] = hashed(rows[at])
        case "delete":
            del rows[at]
        case "close a gap":  # and those behind move up
            del rows[at]
            for index in range(at, len(rows)):
                rows[index][0] = index + 1
        case "swap":  # what two rows say
            at = chance.randrange(count - 1)
            other_at = chance.randrange(at + 1, count)
            first, second = rows[at], rows[other_at]
            rows[at], rows[other_at] = [first[0], *second[1:]], [second[0], *first[1:]]
        case "swap numbers":
            at = chance.randrange(count - 1)
            rows[at][0], rows[at + 1][0] = rows[at + 1][0], rows[at][0]
            rows.sort()
        case "insert":
            rows.insert(at, [at + 1, *rows[at][1:]])
            for index in range(at, len(rows)):
                rows[index][0] = index + 1
        case "insert well" | "insert several":  # they follow what is before them
            for place in range(at, at + (1 if kind == "insert well" else chance.randrange(2, 6))):
                previous = rows[place - 1][8] if place else "0" * 64
                new = [place + 1, NOON, None, BO, "read", JO, "", previous]
                rows.insert(place, [*new, ""])
                rows[place][8] = hashed(rows[place])
            for index in range(at, len(rows)):
                rows[index][0] = index + 1
        case "cut":
            rows = rows[:at]
        case "append":
            at = count
            rows.append([at + 1, *rows[-1][1:7], rows[-1][8], ""])
            rows[at][8] = hashed(rows[at])
        case "blank":
            rows[at][1:7] = [NOON, None, "", "", None, ""]
    return kind, rows, at + 1


@pytest.mark.parametrize("times", [100, pytest.param(1000, marks=pytest.mark.rig)])
def test_whatever_is_tampered_with_is_found_and_named(chain: Database, times: int) -> None:
    """Whatever is done to whichever row: the first one that is not as it was is named."""
    chance, whole, seen = random.Random(6), read_rows(chain), set()
    for _ in range(times):
        kind, rows, first = tamper(whole, chance)
        if rows == whole:
            continue
        put_rows(chain, rows)
        assert (kind, verify(chain)) == (kind, first)
        seen.add(kind)
    assert len(seen) == 13
    put_rows(chain, whole)
    assert verify(chain) is None


def test_a_chain_that_was_written_anew_is_found(chain: Database) -> None:
    """Who rewrites it all to its end, with hashes that fit, is given away by the head."""
    whole = read_rows(chain)
    for at in range(len(whole)):
        rows = [list(row) for row in whole]
        rows[at][3] = BO
        put_rows(chain, forge(rows, at))
        assert why(chain) == (30, Break.CHANGED)
    for rows in (whole[:10] + whole[11:], whole[:-1], []):
        put_rows(chain, forge(rows, 0))
        assert why(chain) == (len(rows) + 1, Break.CUT_OFF)


def test_a_cut_end_stays_found(chain: Database) -> None:
    """Also when others go on afterwards: the head is not taken along."""
    whole = read_rows(chain)
    put_rows(chain, whole[:-3])
    assert why(chain) == (28, Break.CUT_OFF)
    add(chain, 2)
    assert why(chain) == (30, Break.CUT_OFF)
    add(chain, 5)
    assert why(chain) == (30, Break.CHANGED)


def test_a_missing_head_is_found(chain: Database, keys: KeyRing) -> None:
    """Taken away, cut short or garbled, it vouches for nothing, and is not made anew in silence."""
    head = keys.path / HEAD_NAME
    was = head.read_bytes()
    for broken in (None, b"", was[:-5], b"[]", b'{"last": 3}', b"\xff"):
        head.unlink()
        if broken is not None:
            head.write_bytes(broken)
        assert why(chain)[1] == Break.HEAD_MISSING
        add(chain, 1)
        assert why(chain)[1] == Break.HEAD_MISSING
        head.write_bytes(was)
    put_rows(chain, [])
    assert why(chain) == (1, Break.CUT_OFF)


def test_an_operator_can_go_on_from_a_break(chain: Database) -> None:
    """After a backup was put back its end is accepted, by a deed; what is changed stays broken."""
    whole = read_rows(chain)
    put_rows(chain, whole[:20])
    assert why(chain) == (21, Break.CUT_OFF)
    with chain.writing() as db:
        accept_end(db)
        add_deed(db, Deed(actor="operator", action="accept-audit", subject="21"), NOON)
    assert verify(chain) is None
    add(chain, 3)
    assert verify(chain) is None
    rows = read_rows(chain)
    rows[4][3] = BO
    put_rows(chain, rows)
    with chain.writing() as db:
        accept_end(db)
        add_deed(db, Deed(actor="operator", action="accept-audit", subject="5"), NOON)
    assert verify(chain) == 5


class KilledError(BaseException):
    """Nobody catches it, as nobody catches a kill."""


@pytest.mark.parametrize("module_name", ["fsync", "replace"])
def test_a_crash_at_any_step_is_no_break(
    audited: Database, monkeypatch: pytest.MonkeyPatch, module_name: str
) -> None:
    """Before the commit, between the two, after it: the audit is in order, and goes on."""
    add(audited, 3)
    counts = set()
    for step in range(1, 6):
        taken = 0
        owner = os if module_name == "fsync" else Path
        real = getattr(owner, module_name)

        def dying(*arguments: object, real: Callable[..., object] = real, step: int = step):
            nonlocal taken
            taken += 1
            if taken == step:
                raise KilledError
            return real(*arguments)

        with monkeypatch.context() as patched:
            patched.setattr(owner, module_name, dying)
            try:
                add(audited, 1)
            except KilledError:
                counts.add(len(read_rows(audited)))
        assert verify(audited) is None
        add(audited, 1)
        assert verify(audited) is None
    assert len(counts) > 1


def test_a_deed_that_nobody_could_vouch_for_is_not_done(
    audited: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the head cannot be written, the transaction is not made."""
    add(audited, 2)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            add(audited, 1)
    assert len(read_rows(audited)) == 2
    assert verify(audited) is None


def test_only_the_very_last_transaction_can_hide_behind_a_crash(
    audited: Database, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash between commit and confirmation both ends are believed, and no other."""
    add(audited, 4)
    with monkeypatch.context() as patched:
        patched.setattr("server.store.care.audit_head.AuditHead._confirm", lambda *_: None)
        add(audited, 1)
    whole = read_rows(audited)
    for rows, expected in ((whole, None), (whole[:4], None), (whole[:3], 4)):
        put_rows(audited, rows)
        assert verify(audited) == expected
    put_rows(audited, whole)
    add(audited, 1)
    put_rows(audited, read_rows(audited)[:5])
    assert verify(audited) == 6


def test_without_a_head_the_chain_is_followed(chain: Database, address: Address) -> None:
    """Who has the database alone sees what was changed within it."""
    alone = Database(address)
    assert verify(alone) is None
    rows = read_rows(chain)
    rows[8][3] = BO
    put_rows(chain, rows)
    assert verify(alone) == 9
    alone.close()


def test_eight_processes_keep_one_chain(audited: Database, address: Address, keys: KeyRing) -> None:
    """Some give up in the middle; meanwhile whoever looks finds everything in order."""
    program = Path(__file__).with_name("add_deeds.py")
    with subprocess.Popen(
        [sys.executable, program, str(address), keys.path, "25", "8"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as adding:
        assert adding.stdout is not None
        assert adding.stdin is not None
        assert adding.stdout.readline() == "ready\n"
        adding.stdin.write("go\n")
        adding.stdin.flush()
        looks = 0
        while adding.poll() is None:
            assert verify(audited) is None
            looks += 1
        assert looks > 1
        assert adding.stdout.read() == f"{[['done']] * 8}\n"
        assert adding.returncode == 0
    rows = read_rows(audited)
    assert [row[0] for row in rows] == list(range(1, 8 * 25 + 1))
    assert verify(audited) is None


def test_who_read_a_client_between_two_moments(
    audited: Database, address: Address, keys: KeyRing
) -> None:
    """The one client's deeds alone, from the first moment on and before the second."""
    add(audited, 6)
    add(audited, 3, client_id=JO, actor=BO)
    with audited.reading() as db:
        found = list_deeds(
            db,
            client_id=INES,
            since_at=NOON + timedelta(minutes=1),
            until_at=NOON + timedelta(minutes=4),
        )
        assert [row.number for row in found] == [2, 3, 4]
        assert [row.actor for row in list_deeds(db, client_id=JO)] == [BO] * 3
        assert len(list(list_deeds(db))) == 9
    again = open_audited(address, keys.path)
    assert verify(again) is None
    again.close()
