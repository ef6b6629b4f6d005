"""What is told of an error that nobody foresaw: where it came from, and not what it says."""

from __future__ import annotations

import logging
import traceback

from server.watch.faults import tell_fault

logger = logging.getLogger(__name__)

ACCIDENT = "Something went wrong while this recording was being made. Please try it again."


def log_accident(key: str, error: Exception) -> None:
    """Log where an error came from, without its message: that may hold words."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("accident key=%s error=%s\n%s", key, type(error).__name__, where)
    tell_fault(error)
