"""Cover art is a square JPEG that directories accept, the same every time."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest
from PIL import Image

from server.audio.cover import draw_cover
from server.script.model import TRACKS

PAPER, INK = (250, 246, 238), (42, 40, 48)
TITLE_TOP = 0.66


def picture(title: str, *, track: str = "obstacles", side_px: int = 350) -> Image.Image:
    return Image.open(io.BytesIO(draw_cover(title, track=track, side_px=side_px)))


def is_near(colour: Iterable[int], other: Iterable[int]) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(colour, other, strict=True))


def title_box(cover: Image.Image) -> tuple[int, int, int, int] | None:
    """Find where ink stands in the lower part, as left, top, right and bottom."""
    lower = cover.crop((0, int(TITLE_TOP * cover.height), cover.width, cover.height))
    return lower.convert("L").point(lambda light: 255 if light < 128 else 0).getbbox()


def test_line_5_artwork() -> None:
    """F5: by default a JPEG of 1,400 by 1,400 pixels in RGB, and light enough for a tag."""
    drawn = draw_cover("Stepping back", track="obstacles")
    cover = Image.open(io.BytesIO(drawn))
    assert (cover.format, cover.mode, cover.size) == ("JPEG", "RGB", (1400, 1400))
    assert len(drawn) < 200_000


def test_same_words_same_bytes() -> None:
    """A cover is a pure function of title, track and size; another title gives another one."""
    first = draw_cover("Three breaths", track="ground", side_px=200)
    assert first == draw_cover("Three breaths", track="ground", side_px=200)
    assert first != draw_cover("Three breath", track="ground", side_px=200)


def test_every_track_has_its_own_colours() -> None:
    """Tracks can be told apart by their covers; a track not known looks like obstacles."""
    covers = {draw_cover("One", track=track, side_px=120) for track in TRACKS}
    assert len(covers) == len(TRACKS)
    unknown = draw_cover("One", track="somewhere", side_px=120)
    assert unknown == draw_cover("One", track="obstacles", side_px=120)


def test_circles_recede_from_one_point() -> None:
    """From the foot upwards each circle is lighter than the one it holds, and paper is around."""
    cover = picture("Stepping back", side_px=700)
    rows = [int((0.6 - height) * 700) for height in (0.075, 0.2, 0.33, 0.47, 0.57)]
    lights = [cover.convert("L").getpixel((350, row)) for row in rows]
    assert lights == sorted(lights)
    assert len(set(lights)) == len(lights)
    assert is_near(cover.getpixel((350, rows[-1])), PAPER)
    assert is_near(cover.getpixel((5, 5)), PAPER)


@pytest.mark.parametrize(
    "title",
    [
        "One",
        "Stepping back",
        "When kindness feels like something that happens to other people",
        "A title " * 60,
        "What remains when nothing is left to be done about it",
    ],
)
def test_title_keeps_its_margins(title: str) -> None:
    """A title of any length stays in its room, centred, with paper on all sides."""
    cover = picture(title)
    box = title_box(cover)
    assert box is not None
    left, top, right, bottom = box
    assert left >= 0.07 * 350
    assert right <= 0.93 * 350
    assert abs((left + right) / 2 - 175) < 6
    assert top > 0
    assert bottom + TITLE_TOP * 350 <= 0.95 * 350


def test_title_is_legible_when_small() -> None:
    """At 60 pixels, as in a list, a short title still stands out in ink across half the cover."""
    small = picture("Stepping back", side_px=1400).resize((60, 60), Image.Resampling.LANCZOS)
    box = title_box(small)
    assert box is not None
    assert box[2] - box[0] >= 30
    assert box[3] - box[1] >= 4


def test_letters_beyond_the_font() -> None:
    """An accent that the font lacks is dropped from its letter; what has no letter is left out."""
    plain = draw_cover("Ubung", track="ground", side_px=120)
    assert draw_cover("Übung 🙂", track="ground", side_px=120) == plain
    assert title_box(picture("練習")) is None


def test_ink_is_the_ink_of_the_pages() -> None:
    """The title is written in the pages' ink."""
    cover = picture("III", side_px=700)
    box = title_box(cover)
    assert box is not None
    lower = cover.crop((0, int(TITLE_TOP * 700), 700, 700)).crop(box)
    darkest = min((lower.getpixel((x, 20)) for x in range(lower.width)), key=sum)
    assert is_near(darkest, INK)
