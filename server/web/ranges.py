"""Which part of a published file a request gets, by RFC 9110; headers in, a decision out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from server.units import Bytes

_SPEC = re.compile(r"(?P<first>[0-9]*)-(?P<last>[0-9]*)", re.ASCII)
_TAG = re.compile(r'\s*(?P<weak>W/)?"(?P<opaque>[\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')
_BEYOND_ANY_FILE = 10**18
"""Stands for every number too long to be a place in a file; longer digits are never converted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a GET or HEAD request says about the part it wants; None where it says nothing."""

    method: str = "GET"
    range: str | None = None
    if_range: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None

    @property
    def is_plain(self) -> bool:
        """True when there is no condition, only perhaps a Range."""
        return not (self.if_range or self.has_precondition)

    @property
    def has_precondition(self) -> bool:
        """True when there is a condition on whether anything is sent at all."""
        return bool(
            self.if_match
            or self.if_none_match
            or self.if_modified_since
            or self.if_unmodified_since
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of the published file."""

    size_bytes: Bytes
    etag: str
    """Strong, with its quotes."""
    modified_at: datetime | None
    """Aware, in whole seconds, as Last-Modified says it; None for a file that is replaced more
    often than once a second. Conditions that name a moment then count as not sent (RFC 9110)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to answer: 200, 206, 304, 412 or 416, and which bytes for the first two."""

    status: int
    start: int = 0
    length: int = 0


def decide(asked: Asked, kept: Kept) -> Answer:
    """Apply the conditions in the order of RFC 9110 section 13.2.2, then the Range."""
    if not asked.is_plain:
        if not _may_proceed(asked, kept):
            return Answer(status=412)
        if _is_unchanged(asked, kept):
            return Answer(status=304)
    if asked.range is None or asked.method != "GET" or not _range_applies(asked, kept):
        return _whole(kept)
    return _part(asked.range, kept)


def _may_proceed(asked: Asked, kept: Kept) -> bool:
    if asked.if_match is not None:
        return _names(asked.if_match, kept.etag, weakly=False)
    limit_at = read_moment(asked.if_unmodified_since)
    return limit_at is None or kept.modified_at is None or kept.modified_at <= limit_at


def _is_unchanged(asked: Asked, kept: Kept) -> bool:
    if asked.if_none_match is not None:
        return _names(asked.if_none_match, kept.etag, weakly=True)
    since_at = read_moment(asked.if_modified_since)
    return since_at is not None and kept.modified_at is not None and kept.modified_at <= since_at


def _range_applies(asked: Asked, kept: Kept) -> bool:
    """Compare If-Range: a strong tag, or a date that is exactly Last-Modified."""
    if asked.if_range is None:
        return True
    validator = asked.if_range.strip()
    if '"' in validator:
        return validator == kept.etag
    return kept.modified_at is not None and read_moment(validator) == kept.modified_at


def _part(header: str, kept: Kept) -> Answer:
    unit, equals, listed = header.partition("=")
    specs = [spec.strip(" \t") for spec in listed.split(",")]
    specs = [spec for spec in specs if spec]
    if not equals or unit.strip(" \t").lower() != "bytes" or len(specs) != 1:
        return _whole(kept)
    spec = _SPEC.fullmatch(specs[0])
    if spec is None:
        return _whole(kept)
    first, last = _place(spec["first"]), _place(spec["last"])
    return _suffix(last, kept) if first is None else _stretch(first, last, kept)


def _stretch(first: int, last: int | None, kept: Kept) -> Answer:
    """Answer `first-` or `first-last`, both counted from 0, `last` included."""
    if last is not None and last < first:
        return _whole(kept)
    if first >= kept.size_bytes:
        return Answer(status=416)
    end = kept.size_bytes if last is None else min(last + 1, kept.size_bytes)
    return Answer(status=206, start=first, length=end - first)


def _suffix(length: int | None, kept: Kept) -> Answer:
    """Answer `-length`: the last bytes, the whole file where it is shorter than that."""
    if length is None or not kept.size_bytes:
        return _whole(kept)
    if not length:
        return Answer(status=416)
    length = min(length, kept.size_bytes)
    return Answer(status=206, start=kept.size_bytes - length, length=length)


def _place(digits: str) -> int | None:
    if not digits:
        return None
    digits = digits.lstrip("0")
    return _BEYOND_ANY_FILE if len(digits) > 18 else int(digits or "0")


def _whole(kept: Kept) -> Answer:
    return Answer(status=200, length=kept.size_bytes)


def _names(header: str, etag: str, *, weakly: bool) -> bool:
    """Tell whether a list of entity tags, or `*`, names this one."""
    if header.strip() == "*":
        return True
    return any(tag == etag for is_weak, tag in _tags(header) if weakly or not is_weak)


def _tags(header: str) -> Iterator[tuple[bool, str]]:
    """Read tags up to the first thing that is none."""
    position = 0
    while match := _TAG.match(header, position):
        yield bool(match["weak"]), f'"{match["opaque"]}"'
        position = match.end()
        if position == len(header):
            return


def read_moment(header: str | None) -> datetime | None:
    """Read an HTTP date as an aware one; one that cannot be read counts as not sent."""
    if not header:
        return None
    try:
        moment_at = parsedate_to_datetime(header)
        return (moment_at if moment_at.tzinfo else moment_at.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
