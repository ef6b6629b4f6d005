"""Moving a house into another database, of another engine too: table by table, in batches.

Where it was interrupted it is given again, and goes on: what is there already stays, what differs
is put right, what should not be there goes. Until all of it was compared, the new database calls
itself unfinished, and no Stepback starts on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Table,
    bindparam,
    delete,
    func,
    inspect,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from server.errors import MoveRefused
from server.store.alone import alone_with
from server.store.columns import Base
from server.store.engines import Address, place_of
from server.store.schema import UNFINISHED, migrate

BATCH_ROWS = 500
"""So many rows are one transaction."""

Advance = Callable[[int], None]
"""Is told of so many rows more: of each when it was copied, and when it was compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What came of it."""

    rows: int
    """How many are in the new database, which is all there are in the old one."""
    written: int
    """How many of them were written this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """From one database into another."""

    source: Engine
    target: Engine
    """One that writes."""
    house: str
    """Tells this house from any other: at most 16 characters."""
    prepare: Callable[[], None]
    """Brings the target to this version's shape, making it where there is none."""
    advance: Advance = lambda _: None

    def run(self) -> Moved:
        """Copy, compare, and give the new database its name. Harmless to repeat.

        Raises MoveRefused while somebody else has the old database open, where something is in
        the new one that is no move of this house's, and where the two differ in the end.
        """
        self._prepare()
        tables = Base.metadata.sorted_tables
        with alone_with(self.source), self.source.connect() as source:
            try:
                for table in reversed(tables):
                    self._remove_others(source, table)
                written = sum(self._copy(source, table) for table in tables)
            except IntegrityError as error:
                raise MoveRefused(
                    "What an earlier move has left there cannot be put right row by row. Empty "
                    "that database and give the same command again."
                ) from error
            rows = self._compare(source)
        self._finish()
        return Moved(rows=rows, written=written)

    def _prepare(self) -> None:
        """Make sure that what is there may be written over, and that it says so."""
        revision = _revision(self.target)
        if revision == self._unfinished:
            return
        if revision is not None and revision.startswith(UNFINISHED):
            raise MoveRefused(
                "Another house was being moved there, or this one by another version of Stepback. "
                "Empty that database first, or name another."
            )
        self.prepare()
        if _count(self.target) and not self._is_same():
            raise MoveRefused(
                "That database has a house in it already, which is not a copy of this one. "
                "Nothing was changed there."
            )
        _set_revision(self.target, self._unfinished)

    @property
    def _unfinished(self) -> str:
        return f"{UNFINISHED}{self.house}-{_revision(self.source)}"

    def _is_same(self) -> bool:
        with self.source.connect() as source:
            return not list(_differences(source, self.target))

    def _copy(self, source: Connection, table: Table) -> int:
        """Insert what is missing and put right what differs; how many rows that was."""
        written = 0
        for rows in _batches(source, table):
            with self.target.begin() as target:
                there = {_key(table, row): row for row in _same(target, table, rows)}
                missing = [row for row in rows if _key(table, row) not in there]
                wrong = [row for row in rows if there.get(_key(table, row), row) != row]
                if missing:
                    target.execute(table.insert(), [dict(row._mapping) for row in missing])
                for row in wrong:
                    where = _is_key(table, _key(table, row))
                    target.execute(update(table).where(where).values(dict(row._mapping)))
            written += len(missing) + len(wrong)
            self.advance(len(rows))
        return written

    def _remove_others(self, source: Connection, table: Table) -> None:
        """Take out what the old database does not have any more; a move that rested leaves it."""
        with self.target.connect() as reading:
            extra = [
                _key(table, row)
                for rows in _batches(reading, table)
                for known in [{_key(table, row) for row in _same(source, table, rows)}]
                for row in rows
                if _key(table, row) not in known
            ]
        if extra:
            with self.target.begin() as target:
                for key in extra:
                    target.execute(delete(table).where(_is_key(table, key)))

    def _compare(self, source: Connection) -> int:
        wrong = list(_differences(source, self.target, self.advance))
        if wrong:
            raise MoveRefused(
                f"The two are not the same in {', '.join(wrong)}: somebody writes to one of them. "
                "Stop Stepback everywhere and give the same command again."
            )
        return sum(_digest(source, table)[0] for table in Base.metadata.sorted_tables)

    def _finish(self) -> None:
        with self.target.begin() as target:
            _count_on(target)
        _set_revision(self.target, str(_revision(self.source)))


def move_database(
    source: Address, target: Address, house: str, begin: Callable[[int], Advance]
) -> Moved:
    """Move from one database into another; see Moving. begin() gets all there will be to tell."""
    if _resolved(source) == _resolved(target):
        raise MoveRefused("That is the database which is to be moved.")
    if isinstance(target, Path):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engines = place_of(source).open_patiently(), place_of(target).open_patiently()
    try:
        return Moving(
            source=engines[0],
            target=engines[1].execution_options(is_write=True),
            house=house,
            prepare=partial(migrate, target),
            advance=begin(2 * _count(engines[0])),
        ).run()
    finally:
        for engine in engines:
            engine.dispose()


def _resolved(address: Address) -> Address:
    return address.resolve() if isinstance(address, Path) else address


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    """All rows, in the order of the primary key as this very engine sorts it."""
    columns = list(table.primary_key)
    last: tuple[object, ...] | None = None
    while True:
        query = select(table).order_by(*columns).limit(BATCH_ROWS)
        if last is not None:
            query = query.where(tuple_(*columns) > tuple_(*_bound(table, last)))
        rows = connection.execute(query).all()
        if rows:
            yield rows
        if len(rows) < BATCH_ROWS:
            return
        last = _key(table, rows[-1])


def _bound(table: Table, key: tuple[object, ...]) -> list[ColumnElement[Any]]:
    return [
        bindparam(None, value, type_=column.type)
        for column, value in zip(table.primary_key, key, strict=True)
    ]


def _same(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """The rows with the same keys."""
    keys = [_key(table, row) for row in rows]
    query = select(table).where(tuple_(*table.primary_key).in_(keys))
    return connection.execute(query).all()


def _key(table: Table, row: Row[Any]) -> tuple[object, ...]:
    return tuple(row._mapping[column] for column in table.primary_key)


def _is_key(table: Table, key: tuple[object, ...]) -> ColumnElement[bool]:
    return tuple_(*table.primary_key) == tuple_(*_bound(table, key))


def _differences(
    source: Connection, target: Engine, advance: Advance = lambda _: None
) -> Iterator[str]:
    """The tables in which the two do not hold the same rows."""
    with target.connect() as other:
        for table in Base.metadata.sorted_tables:
            digest = _digest(source, table)
            if digest != _digest(other, table):
                yield table.name
            advance(digest[0])


def _digest(connection: Connection, table: Table) -> tuple[int, int]:
    """How many rows, and the sum of their hashes: no matter how an engine sorts texts."""
    count = total = 0
    query = select(table).execution_options(yield_per=BATCH_ROWS)
    for row in connection.execute(query):
        said = json.dumps(list(row), default=_plain, sort_keys=True, ensure_ascii=False)
        count += 1
        total += int.from_bytes(hashlib.sha256(said.encode()).digest())
    return count, total % 2**256


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        counts = (connection.scalar(select(func.count()).select_from(each)) for each in tables)
        return sum(count or 0 for count in counts)


def _count_on(target: Connection) -> None:
    """Let PostgreSQL count on from what was copied; SQLite does so by itself."""
    if target.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            target.execute(
                select(
                    func.setval(
                        func.pg_get_serial_sequence(table.name, column.name),
                        func.coalesce(select(func.max(column)).scalar_subquery(), 0) + 1,
                        False,
                    )
                )
            )


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def _set_revision(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = :said"), {"said": revision}
        )
