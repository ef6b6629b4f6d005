"""A disk that cannot give back what was written to it."""

from __future__ import annotations

import errno

_BROKEN = frozenset({errno.EIO, errno.EBADMSG, errno.EUCLEAN})


def is_broken(error: OSError) -> bool:
    """True where a file cannot be read although it is there. For any other reason, such as no
    handles or no right to, it may well be whole.
    """
    return error.errno in _BROKEN
