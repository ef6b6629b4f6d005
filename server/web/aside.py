"""What takes the processor a while is reckoned beside a process's other requests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from server.errors import StepbackError

if TYPE_CHECKING:
    from gevent.threadpool import ThreadPool

T = TypeVar("T")


def aside(work: Callable[[], T]) -> T:
    """Do something in a thread of its own where gevent runs this process, and here elsewhere.

    All others then get their turn every few milliseconds, and not when it is done. One thing is
    done at a time in a process. `work` may know nothing of the request. Raises what it raises.
    """
    patched = sys.modules.get("gevent.monkey")
    if patched is None or not patched.is_module_patched("threading"):
        return work()
    done, error = _thread().apply(_carried, (work,))
    if error is not None:
        raise error
    answer: T = done[0]
    return answer


def _carried(work: Callable[[], T]) -> tuple[list[T], Exception | None]:
    """What came of it. gevent's threads write down each error that comes out of them."""
    try:
        return [work()], None
    except (StepbackError, OSError) as error:
        return [], error


@cache
def _thread() -> ThreadPool:
    from gevent.threadpool import ThreadPool

    return ThreadPool(1)
