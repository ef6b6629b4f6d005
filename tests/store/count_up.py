"""A program for tests: reads a number, adds one, writes it back, so many times; prints its errors.

Usage: count_up.py DATABASE TIMES
"""

import sys
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from server.errors import StepbackError
from server.store import Database, find_practice

database = Database(Path(sys.argv[1]))
errors = 0
for _ in range(int(sys.argv[2])):
    try:
        with database.writing() as db:
            row = find_practice(db, "counter")
            assert row is not None
            row.title = str(int(row.title) + 1)
    except (StepbackError, DBAPIError) as error:
        errors += 1
        print(error, file=sys.stderr)
print(errors)
