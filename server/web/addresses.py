"""What may stand in an address: each part has a form, and anything else is no such address."""

from __future__ import annotations

import re

from werkzeug.routing import BaseConverter, IntegerConverter


class KeyConverter(BaseConverter):
    """A content key."""

    regex = "[0-9a-f]{64}"


class SlugConverter(BaseConverter):
    """The name of a practice."""

    regex = "[a-z0-9][a-z0-9-]{0,79}"


class PieceConverter(BaseConverter):
    """The name of a piece of a stream."""

    regex = r"(?:init-[0-9a-f]{32}\.mp4|[0-9]{5}-[0-9a-f]{32}\.m4s)"


class IdConverter(BaseConverter):
    """The id of a sitting, a client, an entry or a feed: this house made it, or a phone."""

    regex = "[0-9a-f]{32}"


class SecretConverter(BaseConverter):
    """A token, or a signature: 32 bytes as base64url."""

    regex = "[A-Za-z0-9_-]{43}"


class FeedFileConverter(BaseConverter):
    """The name of a file of a private feed: a picture by its item's number, or a recording's by
    what file_stem() says, behind which a number keeps apart two items with the same one.
    """

    regex = (
        r"(?:[0-9a-f]{64}(?:-[1-9][0-9]{0,3})?\.(?:mp3|opus|vtt|srt|json)"
        r"|cover-(?:0|[1-9][0-9]{0,3})\.jpg)"
    )


class SegmentConverter(BaseConverter):
    """The number of a media segment, written in one way alone; a million of them are 12 days."""

    regex = "(?:0|[1-9][0-9]{0,5})"

    def to_python(self, value: str) -> int:
        """Read the number."""
        return int(value)


class NumberConverter(IntegerConverter):
    """A number that a database can hold: one of more digits is nobody's."""

    regex = r"\d{1,18}"


CONVERTERS: dict[str, type[BaseConverter]] = {
    "int": NumberConverter,
    "key": KeyConverter,
    "slug": SlugConverter,
    "piece": PieceConverter,
    "sitting": IdConverter,
    "client": IdConverter,
    "secret": SecretConverter,
    "feed_file": FeedFileConverter,
    "entry": IdConverter,
    "segment": SegmentConverter,
}
"""By the name that routes give them."""


_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def is_own_path(text: str) -> bool:
    """True for what leads to a page of this site, whatever a browser makes of it."""
    return _OWN_PATH.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """True for what this house may have made as a token."""
    return re.fullmatch(SecretConverter.regex, text) is not None


def is_id(text: str) -> bool:
    """True for what may be an id, where it stands in a form or behind a path."""
    return re.fullmatch(IdConverter.regex, text) is not None
