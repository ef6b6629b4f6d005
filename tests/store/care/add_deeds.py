"""A program for tests: its processes note so many deeds, each in a transaction of its own.

Usage: add_deeds.py DATABASE KEYS TIMES PROCESSES, where DATABASE is a file or a URL. Begins when a
line comes in. Every fifth transaction is given up before its end.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from server.store.care import Deed, add_deed, open_audited
from tests.forked import Tell, fork


class GivenUpError(Exception):
    """The transaction is not wanted any more."""


address = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
database = open_audited(address, Path(sys.argv[2]))  # which nobody uses before the forks


def add_deeds(tell: Tell) -> None:
    """Note them; tells when that is done."""
    for number in range(int(sys.argv[3])):
        for is_given_up in (False, True) if number % 5 == 0 else (False,):
            try:
                with database.writing() as db:
                    actor = f"therapist:{'a' * 32}"
                    deed = Deed(actor=actor, action="read-notes", client_id="c" * 32)
                    add_deed(db, deed, datetime.now(UTC))
                    if is_given_up:
                        raise GivenUpError
            except GivenUpError:
                pass
    tell("done")


children = [fork(add_deeds) for _ in range(int(sys.argv[4]))]
print("ready", flush=True)
sys.stdin.readline()
for child in children:
    child.begin()
print([child.hear() for child in children])
