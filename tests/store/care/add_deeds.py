"""A program for tests: notes so many deeds, each in a transaction of its own.

Usage: add_deeds.py DATABASE KEYS TIMES, where DATABASE is a file or a URL. Every fifth transaction
is given up before its end.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from server.store.care import Deed, add_deed, open_audited


class GivenUpError(Exception):
    """The transaction is not wanted any more."""


address = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
database = open_audited(address, Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    for is_given_up in (False, True) if number % 5 == 0 else (False,):
        try:
            with database.writing() as db:
                deed = Deed(actor=f"therapist:{'a' * 32}", action="read-notes", client_id="c" * 32)
                add_deed(db, deed, datetime.now(UTC))
                if is_given_up:
                    raise GivenUpError
        except GivenUpError:
            pass
print("done")
