"""A program for tests: its processes read a number, add one and write it back, so many times each.

Usage: count_up.py DATABASE TIMES PROCESSES; prints the errors of each process.
"""

import sys
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from server.errors import StepbackError
from server.store import Database, find_practice
from tests.forked import Tell, fork

database = Database(Path(sys.argv[1]))  # which nobody opens before the forks


def count_up(tell: Tell) -> None:
    """Add one so many times; tells the errors."""
    errors = []
    for _ in range(int(sys.argv[2])):
        try:
            with database.writing() as db:
                row = find_practice(db, "counter")
                assert row is not None
                row.title = str(int(row.title) + 1)
        except (StepbackError, DBAPIError) as error:
            errors.append(repr(error))
    tell(errors)


children = [fork(count_up) for _ in range(int(sys.argv[3]))]
for child in children:
    child.begin()
print([child.hear() for child in children])
