"""Two greenlets ask PostgreSQL at once: the quick one is answered while the slow one waits."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

import gevent  # noqa: E402
from sqlalchemy import text  # noqa: E402

from server.store import Database  # noqa: E402

database = Database(sys.argv[1])
is_asking = gevent.event.Event()


def ask_slowly() -> None:
    """Take a second of the server's time."""
    with database.reading() as db:
        is_asking.set()
        db.execute(text("SELECT pg_sleep(1)"))
    print("slow")


def ask_quickly() -> None:
    """Take none, once the other one has begun."""
    is_asking.wait()
    with database.reading() as db:
        db.execute(text("SELECT 1"))
    print("quick")


gevent.joinall([gevent.spawn(ask_slowly), gevent.spawn(ask_quickly)], raise_error=True)
