"""Column types of our own, and the base that every table is declared on."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Integer, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

JsonObject = dict[str, object]
"""What a JSON column holds."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC without an offset in the file, so that text order is time.

    A naive datetime is a ValueError: nobody knows which moment it means.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store an aware moment of any zone as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


_JSON = JSON(none_as_null=True)
"""None is NULL in the file, not the word null."""


_WHOLE = BigInteger().with_variant(Integer(), "sqlite")
"""Any whole number, such as a file's bytes: SQLite has one size of them, PostgreSQL two."""


class Base(DeclarativeBase):
    """The base of all tables; constraints get names that migrations can refer to."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {int: _WHOLE, datetime: UtcDateTime, JsonObject: _JSON, list[str]: JSON}  # noqa: RUF012 - SQLAlchemy's own form
