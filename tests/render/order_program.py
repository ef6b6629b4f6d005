"""A program for tests: so many threads order the same render when their tester sends a line.

Usage: order_program.py THREADS. Prints the key that each was given.
"""

import os
import sys
import threading

from server.config import Settings
from server.errors import Busy
from server.render import Catalogue, RenderQueue, Workshop
from server.store import Database
from server.store.shelves import open_shelf
from server.timeline import Options

settings = Settings.from_environment(
    {name: value for name, value in os.environ.items() if name.startswith("STEPBACK_")}
)
workshop = Workshop(
    settings=settings,
    database=Database(settings.database_address),
    shelf=open_shelf(settings),
    catalogue=Catalogue(settings.scripts_path),
    queue=RenderQueue(settings.queue_path),
)
start = threading.Barrier(int(sys.argv[1]))


def order() -> None:
    start.wait()
    row = None
    while row is None:
        try:
            row = workshop.order("small-step", Options(minutes=2), None)
        except Busy:
            continue  # whoever is told so asks again
    os.write(1, f"ordered {row.key}\n".encode())  # whole, where print may mix threads


print("ready", flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=order) for _ in range(int(sys.argv[1]))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all ordered", flush=True)
