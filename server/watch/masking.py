"""Secrets in addresses stay out of the log, whoever writes it: gunicorn, a library or we."""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType
from urllib.parse import unquote

MASK = "…"
"""What stands in place of a secret."""

_SLASH = r"(?:/|%(?:25)*2F)+"

_PRIVATE = re.compile(rf"({_SLASH}feed{_SLASH}private{_SLASH})(?!{MASK})[^\s\"'<>]+", re.IGNORECASE)
"""All that follows in the address of a private feed or of its files, masked already or not."""

_QUOTED = re.compile(r"[^\s\"'<>]*%[^\s\"'<>]*")
"""What may be an address in which letters are written by their numbers, such as `/%66eed`."""

_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII)
"""What the house's tokens and signatures look like, such as in the text of an exception."""

_SHORTEST = len("/feed/private/x")
"""Nothing shorter holds a secret; most of what a line says is."""

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def mask(text: str) -> str:
    """Take out of a text what opens a private feed, or anything else with a token of the house."""
    if len(text) < _SHORTEST:
        return text
    plainly = _PRIVATE.sub(rf"\g<1>{MASK}", text)
    if "%" in plainly:
        plainly = _QUOTED.sub(_mask_quoted, plainly)
    return _TOKEN.sub(MASK, plainly)


def _mask_quoted(found: re.Match[str]) -> str:
    """Mask the whole of what is such an address, and leave everything else as it is written."""
    plain = found[0]
    for _ in range(3):
        plain = unquote(plain)
    return f"/feed/private/{MASK}" if _PRIVATE.search(plain) else found[0]


class MaskedRecord(logging.LogRecord):
    """A record of the log that says nothing secret, whatever handler and format it meets."""

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        if self.exc_info:
            self.exc_text = _masked_trace(self.exc_info)  # every formatter takes what is there
        if self.stack_info:
            self.stack_info = mask(self.stack_info)

    def getMessage(self) -> str:
        """The message, masked."""
        return mask(super().getMessage())


def install_masking() -> None:
    """Let every record of this process's log be masked; may be called again."""
    logging.setLogRecordFactory(MaskedRecord)


def _masked_trace(exc_info: _ExcInfo) -> str:
    return mask("".join(traceback.format_exception(*exc_info)).rstrip("\n"))
