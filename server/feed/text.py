"""Text as a feed may carry it: no character that XML forbids, and within its limits."""

from __future__ import annotations

import re

LONGEST_TEXT = 255
"""Characters of a text value for which no element says otherwise (PSP-1)."""

LONGEST_DESCRIPTION_BYTES = 4000
"""UTF-8 bytes of a description (PSP-1)."""

_ELLIPSIS = "…"

# Control characters but tab and line feed, lone surrogates and the code points that are no
# characters: XML 1.0 forbids most of these and advises against the rest.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def clean(text: str) -> str:
    """Drop what XML cannot hold; every line ends in one line feed."""
    if text.isascii() and text.isprintable():  # most of a feed, at a tenth of the time
        return text
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """Clean, set on one line without blanks around it, and cut at a word to `longest` characters.

    The mark of the cut counts as one of them.
    """
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else _cut_at_word(line[: longest - 1])


def title_line(text: str) -> str:
    """Set a title on one line; what has no character left is called Untitled, for apps need one."""
    return one_line(text) or "Untitled"


def within_bytes(text: str, *, longest: int = LONGEST_DESCRIPTION_BYTES) -> str:
    """Clean, strip, and cut at a word to `longest` bytes of UTF-8, the mark of the cut included."""
    cleaned = clean(text).strip()
    encoded = cleaned.encode()
    if len(encoded) <= longest:
        return cleaned
    return _cut_at_word(encoded[: longest - len(_ELLIPSIS.encode())].decode(errors="ignore"))


def _cut_at_word(text: str) -> str:
    """End the text before its last, broken word; a single endless word is broken."""
    is_whole = text != text.rstrip()
    kept = text.rstrip() if is_whole else text.rsplit(None, 1)[0]
    return kept + _ELLIPSIS
