"""Where failed sign-ins are counted: in the database, which all processes share."""

from __future__ import annotations

import hmac
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from limits.storage import MovingWindowSupport, Storage

from server.errors import StepbackError
from server.render import account_secret, server_secret
from server.store.care.failures import (
    KEPT,
    add_failure,
    count_failures,
    forget_failures,
    take_off_failure,
)
from server.web.rooms import get_rooms

logger = logging.getLogger(__name__)

SCHEME = "stepback"
_KEPT_SECONDS = int(KEPT.total_seconds())


class DatabaseFailures(Storage, MovingWindowSupport):
    """Counts for flask-limiter, a row for each failure.

    Its keys hold what somebody typed as their address, and from where: the database gets a hash
    with the server's secret. Used is the moving window alone.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the base class says what it is

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong here."""
        return StepbackError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one failure; False where there were as many as may be."""
        now_at = datetime.now(UTC)
        since_at = now_at - timedelta(seconds=expiry)
        with get_rooms().database.writing() as db:
            return add_failure(db, _hash(key), now_at, most=limit, since_at=since_at)

    def take_off(self, keys: Iterable[str]) -> None:
        """Take the newest of each off again: it was none. Else it stays counted, and is logged."""
        try:
            with get_rooms().database.writing() as db:
                for key in keys:
                    take_off_failure(db, _hash(key))
        except StepbackError as error:
            logger.warning("a right sign-in stays counted: %s", type(error).__name__)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the first failure of the window was, and how many there are."""
        now_at = datetime.now(UTC)
        with get_rooms().database.reading() as db:
            count, first_at = count_failures(db, _hash(key), now_at - timedelta(seconds=expiry))
        return (first_at or now_at).timestamp(), count

    def clear(self, key: str) -> None:
        """Begin to count anew."""
        with get_rooms().database.writing() as db:
            forget_failures(db, _hash(key))

    def check(self) -> bool:
        """Whether it can count; the house's own checks look at the database."""
        return True

    def reset(self) -> int | None:
        """Begin to count anew for everybody; gives how many there were."""
        with get_rooms().database.writing() as db:
            return forget_failures(db)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more; gives how many there are."""
        self.acquire_entry(key, limit=sys.maxsize, expiry=expiry)
        return self.get_moving_window(key, sys.maxsize, expiry)[1]

    def get(self, key: str) -> int:
        """How many there are."""
        return self.get_moving_window(key, sys.maxsize, _KEPT_SECONDS)[1]

    def get_expiry(self, key: str) -> float:
        """When the first of them is forgotten."""
        return self.get_moving_window(key, sys.maxsize, _KEPT_SECONDS)[0] + _KEPT_SECONDS


def _hash(key: str) -> str:
    secret = account_secret(server_secret(get_rooms().settings.secret_path), "failures")
    return hmac.digest(bytes.fromhex(secret), key.encode(), "sha256").hex()
