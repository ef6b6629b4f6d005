"""A program for tests: twenty greenlets write at once, each giving way in mid-transaction.

Usage: greenlets.py DATABASE
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402

from server.store import Database, find_practice  # noqa: E402

database = Database(Path(sys.argv[1]))


def add_one() -> None:
    with database.writing() as db:
        row = find_practice(db, "counter")
        assert row is not None
        before = int(row.title)
        time.sleep(0)  # gives way to the other greenlets
        row.title = str(before + 1)


jobs = [gevent.spawn(add_one) for _ in range(20)]
gevent.joinall(jobs, raise_error=True)
