"""What takes a while is done beside a process's other requests, where gevent runs them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from gevent.threadpool import ThreadPool

T = TypeVar("T")


def aside(work: Callable[[], T], *errors: type[Exception], at_once: int) -> T:
    """Do something in a thread of its own where gevent runs this process, and here elsewhere.

    Waiting for what gevent knows nothing of, or reckoning for a while, would keep all others from
    their turn. Of what is asked for with one `at_once` so much is done at a time in a process.
    `work` may know nothing of the request. `errors` are those that may come of it: they are raised
    here, and gevent's threads would write them down as well.
    """
    patched = sys.modules.get("gevent.monkey")
    if patched is None or not patched.is_module_patched("threading"):
        return work()

    def carry() -> tuple[list[T], Exception | None]:
        try:
            return [work()], None
        except errors as error:
            return [], error

    done, error = _threads(at_once).apply(carry)
    if error is not None:
        raise error
    answer: T = done[0]
    return answer


@cache
def _threads(at_once: int) -> ThreadPool:
    from gevent.threadpool import ThreadPool

    return ThreadPool(at_once)
