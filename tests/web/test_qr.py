"""Codes that a camera reads: each is the code of its text."""

import re

import pytest
import segno

from server.web.qr import qr_address, qr_picture


def dark_modules(svg: str) -> set[tuple[int, int]]:
    """The dark squares of a picture: the strokes of its path, each one high, from `M` and `h`."""
    paths = re.findall(r'<path[^>]*stroke="#000"[^>]*d="([^"]+)"|<path[^>]*d="([^"]+)"', svg)
    drawn = next(first or second for first, second in paths if "h1" in (first or second))
    found, x, y = set(), 0.0, 0.0
    for kind, numbers in re.findall(r"([Mmh])([-\d. ]+)", drawn):
        values = [float(number) for number in numbers.split()]
        if kind == "h":
            found |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
        elif kind == "M":
            x, y = values
        else:
            x, y = x + values[0], y + values[1]
    return found


@pytest.mark.parametrize(
    "text",
    [
        "https://sit.example/feed",
        "https://sit.example/feed/private/Zx9_-" + "aB3" * 12 + "xy",
        "https://sit.example/~ann/a%20b/feed?x=1&y=a+b%2Fc",
    ],
)
def test_the_picture_is_the_code_of_the_text(text: str):
    """Its squares are those that segno's matrix says, inside a quiet zone of four."""
    expected = {
        (x + 4, y + 4)
        for y, row in enumerate(segno.make(text, error="m", micro=False).matrix)
        for x, value in enumerate(row)
        if value
    }
    svg = str(qr_picture(text))
    assert dark_modules(svg) == expected
    assert 'fill="#fff"' in svg
    assert text not in svg
    assert qr_address(text).startswith("data:image/svg+xml")
