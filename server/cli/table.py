"""Tables, counts, ages and sizes as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import click

from server.units import BYTES_PER_MB

_AGES = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: set[str]) -> None:
    """Print rows in columns as wide as their widest cell; those named in `right` end in line."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if name in right else cell.ljust(width)
            for cell, width, name in zip(row, widths, head, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def say_count(count: int, name: str, plural: str | None = None) -> str:
    """A number of things: 1 row, 2 rows."""
    return f"{count} {name if count == 1 else plural or f'{name}s'}"


def say_mb(size_bytes: int) -> str:
    """A size in MB: to the tenth while it is small."""
    size_mb = size_bytes / BYTES_PER_MB
    return f"{size_mb:,.1f}" if size_mb < 100 else f"{size_mb:,.0f}"


def say_age(age: timedelta) -> str:
    """How long ago something was, in its largest unit."""
    seconds = max(0, int(age.total_seconds()))
    for length, name in _AGES:
        if seconds >= length:
            return say_count(seconds // length, name)
    return "just now"
