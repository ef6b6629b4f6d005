"""Rows for a database of any revision: some in each of its tables, each naming rows of others."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Column, Table, create_engine, inspect
from sqlalchemy.schema import MetaData

ROWS = 3


def fill(path: Path) -> int:
    """Put ROWS rows into every table that the database has; gives how many rows there are."""
    engine = create_engine(f"sqlite:///{path}")
    metadata = MetaData()
    metadata.reflect(engine)
    count = 0
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name == "alembic_version":
                continue
            said = inspect(connection).get_check_constraints(table.name)
            choices = dict(
                match.groups()
                for each in said
                if (match := re.match(r"(\w+) IN \('([\w-]+)'", each["sqltext"]))
            )
            rows = [_row(table, choices, number) for number in range(1, ROWS + 1)]
            connection.execute(table.insert(), rows)
            count += ROWS
    engine.dispose()
    return count


def _row(table: Table, choices: dict[str, str], number: int) -> dict[str, object]:
    return {column.name: _value(column, choices, number) for column in table.columns}


def _value(column: Column[object], choices: dict[str, str], number: int) -> object:
    for key in column.foreign_keys:
        return _value(key.column, choices, number)
    kind = column.type.python_type
    if column.name in choices:
        return choices[column.name]
    if kind is str:
        length = getattr(column.type, "length", None) or 40
        return f"{number}{column.name}"[:length].ljust(min(length, 8), "x")
    values = {
        int: number,
        bool: False,
        bytes: b"%d sealed" % number,
        date: date(2026, 3, number),
        datetime: datetime(2026, 3, number, 12, tzinfo=UTC),
    }
    return values.get(kind, {"some": number})  # else it is JSON
