"""Waiting for what is not Python's, in a process in which gevent runs everything else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T]) -> T:
    """Wait for work that is not Python's without keeping a gevent worker's other requests waiting.

    gevent is only asked for where it runs this process already. Its threads write down each error
    that comes out of them, so ours are carried out of there and raised here.
    """
    patched = sys.modules.get("gevent.monkey")
    if patched is None or not patched.is_module_patched("threading"):
        return work()
    from gevent import get_hub
    from obstore.exceptions import BaseError

    def carried() -> tuple[list[T], Exception | None]:
        try:
            return [work()], None
        except (BaseError, OSError) as error:
            return [], error

    answers, error = get_hub().threadpool.apply(carried)
    if error is not None:
        raise error
    answer: T = answers[0]
    return answer
