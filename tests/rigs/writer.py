"""A program for rigs: does one deed after the other until it is stopped, and tells of each.

Usage: writer.py FOLDER FIRST [--without WHAT]. Two threads share the numbers from FIRST on. A line
`begin N` goes out before a deed, `done N` after our code has returned.

With --without something is taken out of what makes a deed durable: the `fsync` of files, that of
folders, or the `full` of SQLite's synchronous=FULL. A rig that still passes then measures nothing.
"""

from __future__ import annotations

import argparse
import itertools
import os
import stat
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from server.errors import Busy
from server.store import sqlite
from tests.rigs.deeds import Hand, Refused
from tests.rigs.house import open_house

THREADS = 2
BUSY = 503


def leave_out(is_left_out: Callable[[int], bool]) -> None:
    """Make fsync do nothing for some files; every home of ours calls it by os.fsync."""
    really = os.fsync

    def fsync(fd: int) -> None:
        if not is_left_out(os.fstat(fd).st_mode):
            really(fd)

    os.fsync = fsync


def lower_synchronous() -> None:
    """Let SQLite acknowledge what is not on the disk yet."""
    full, normal = "synchronous=FULL", "synchronous=NORMAL"
    assert full in sqlite.PRAGMAS
    sqlite.PRAGMAS = tuple(normal if each == full else each for each in sqlite.PRAGMAS)


SABOTAGE: dict[str, Callable[[], None]] = {
    "files": lambda: leave_out(stat.S_ISREG),
    "folders": lambda: leave_out(stat.S_ISDIR),
    "full": lower_synchronous,
}


def tell(line: str) -> None:
    """Say a line at once and whole: what is in a pipe survives its writer."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def do_patiently(hand: Hand, number: int) -> None:
    """Do a deed, again and again while the house is busy: it may have been stopped for long."""
    while True:
        try:
            hand.do(number)
        except Busy:
            continue
        except Refused as error:
            if error.status != BUSY:
                raise
        else:
            return


def work_on(hand: Hand, numbers: Iterator[int]) -> None:
    """Do deeds for as long as there is somebody to tell."""
    try:
        for number in numbers:
            tell(f"begin {number}")
            do_patiently(hand, number)
            tell(f"done {number}")
    finally:
        traceback.print_exc()  # there is no other way out
        os._exit(1)


def main() -> None:
    """Open the house and begin."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("first", type=int)
    parser.add_argument("--without", choices=SABOTAGE)
    given = parser.parse_args()
    if given.without:
        SABOTAGE[given.without]()
    house = open_house(given.folder)
    numbers = itertools.count(given.first)  # to take the next one is one step, in any thread
    for _ in range(THREADS):
        threading.Thread(target=work_on, args=(Hand(house), numbers)).start()


if __name__ == "__main__":
    main()
