"""Cover art is a square JPEG that directories accept, and that can be read 60 pixels wide."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image

from server.audio.cover import draw_cover, draw_neutral_cover
from server.audio.cover.canvas import MARGIN
from server.audio.cover.looks import ARRANGEMENTS, HOUSE_LOOK, LOOKS, Look
from server.audio.cover.title import fit_title
from server.render.catalogue import Catalogue
from server.render.covers import NEUTRAL_COVERS, TRACK_TITLES
from server.render.guides import read_guides
from server.script.model import TRACKS

SCRIPTS = Path(__file__).parents[2] / "scripts"
SMALL_PX = 60
"""How wide podcast apps show a cover in a list."""

LEAST_SMALL_LETTER = 4.0
"""Pixels of a small letter's height at SMALL_PX: with fewer, the bars of e and a run together."""

LEAST_CONTRAST = 4.5
"""WCAG AA, for text of any size."""


def shipped() -> list[tuple[str, str]]:
    """Title and look of every cover that this house has as it is shipped."""
    catalogue = Catalogue(SCRIPTS)
    scripts = catalogue.scripts()
    courses = read_guides(SCRIPTS, scripts).courses
    unlisted = catalogue.get_unlisted("spoken-back").script
    return [
        *((script.title, script.track) for script in (*scripts, unlisted)),
        *((title, track) for titles in TRACK_TITLES.values() for track, title in titles.items()),
        *((course.title, "course") for course in courses),
        ("Stepback", "house"),
    ]


def picture(title: str, *, look: str = "obstacles", side_px: int = 350) -> Image.Image:
    return Image.open(io.BytesIO(draw_cover(title, look=look, side_px=side_px)))


def is_near(colour: Iterable[int], other: Iterable[int], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(colour, other, strict=True))


def ink_box(cover: Image.Image, title: str, look: str) -> tuple[int, int, int, int] | None:
    """Find where the title's ink stands, as left, top, right and bottom in pixels."""
    top_px = int((fit_title(title).top - 0.045) * cover.height)
    red, green, blue = LOOKS[look].ink
    channels = zip(cover.split(), (red, green, blue), strict=True)
    masks = [c.point(lambda p, ink=ink: 255 * (abs(p - ink) < 60)) for c, ink in channels]
    both = Image.composite(masks[0], Image.new("L", cover.size), masks[1])
    box = both.crop((0, top_px, cover.width, cover.height)).getbbox()
    return box and (box[0], box[1] + top_px, box[2], box[3] + top_px)


def contrast(one: Iterable[int], other: Iterable[int]) -> float:
    """Compare two colours as WCAG 2.2 does, from 1 to 21."""
    lights = sorted(_light(colour) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour: Iterable[int]) -> float:
    parts = [part / 255 for part in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("look", LOOKS)
def test_line_5_artwork(look: str) -> None:
    """F5: by default a JPEG of 3,000 by 3,000 pixels in RGB, of less than 500 kB."""
    drawn = draw_cover("When it hurts from long ago, and again today", look=look)
    cover = Image.open(io.BytesIO(drawn))
    assert (cover.format, cover.mode, cover.size) == ("JPEG", "RGB", (3000, 3000))
    assert len(drawn) < 500_000


def test_line_5_artwork_without_words() -> None:
    """F5: the neutral cover is of the same kind."""
    drawn = draw_neutral_cover(0)
    cover = Image.open(io.BytesIO(drawn))
    assert (cover.format, cover.mode, cover.size) == ("JPEG", "RGB", (3000, 3000))
    assert len(drawn) < 500_000


def test_the_small_one_is_light() -> None:
    """What stands in each MP3 and on lock screens is a tenth of the large one."""
    assert len(draw_cover("The part that sabotages", look="obstacles", side_px=600)) < 50_000


def test_same_words_same_bytes() -> None:
    """A cover is a pure function of title, look and size; another title gives another one."""
    first = draw_cover("Three breaths", look="ground", side_px=200)
    assert first == draw_cover("Three breaths", look="ground", side_px=200)
    assert first != draw_cover("Three breath", look="ground", side_px=200)


def test_shipped_titles_are_legible_when_small(subtests: pytest.Subtests) -> None:
    """At 60 pixels every title has small letters of 4 pixels and more, in four lines at most."""
    for title, look in shipped():
        with subtests.test(title, look=look):
            look_at_small(title, look)


def look_at_small(title: str, look: str) -> None:
    """Measured in the picture as well: after it is scaled down, the ink still fills most of the
    width, and its middle is nearly as dark (or as light) as it was drawn.
    """
    fitted = fit_title(title)
    assert fitted.small_letter * SMALL_PX >= LEAST_SMALL_LETTER
    assert len(fitted.lines) <= 4
    drawn = picture(title, look=look, side_px=900)
    box = ink_box(drawn, title, look)
    assert box is not None
    assert box[2] - box[0] >= 0.45 * drawn.width
    small = drawn.resize((SMALL_PX, SMALL_PX), Image.Resampling.LANCZOS)
    box = ink_box(small, title, look)
    assert box is not None
    assert box[3] - box[1] >= LEAST_SMALL_LETTER


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_ink_stands_out(look: Look) -> None:
    """The title's colour has a contrast of 4.5 and more to its ground; shapes stay above it."""
    assert contrast(look.ink, look.ground) >= LEAST_CONTRAST


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("title", ["No", "Für mich, über Nacht und weit", "Ärger " * 12])
def test_shapes_stay_above_the_title(title: str, look: str) -> None:
    """Nothing but the ground is behind the words, nor behind the dots of an umlaut."""
    cover = picture(title, look=look, side_px=700)
    fitted = fit_title(title)
    first_px = int((fitted.top - 0.04) * 700)
    edge = [cover.getpixel((x, y)) for y in range(first_px, 700, 7) for x in (5, 350, 694)]
    ground, ink = LOOKS[look].ground, LOOKS[look].ink
    between = [c for c in edge if not is_near(c, ground) and not _is_between(c, ground, ink)]
    assert between == []


def _is_between(colour: Iterable[int], one: Iterable[int], other: Iterable[int]) -> bool:
    """True for a mixture of two colours, as at a letter's edge."""
    parts = zip(colour, one, other, strict=True)
    shares = [(c - a) / (b - a) for c, a, b in parts if abs(b - a) > 60]
    return max(shares) - min(shares) < 0.15


def test_tracks_are_told_apart_by_colour_and_shape() -> None:
    """At 60 pixels and without words no two looks are alike, in colour or without it."""
    covers = {
        look: picture("I", look=look, side_px=900).crop((0, 0, 900, 480)).resize((60, 32))
        for look in (*TRACKS, "course", "house")
    }
    names = list(covers)
    for n, one in enumerate(names):
        for other in names[n + 1 :]:
            pixels = zip(
                covers[one].get_flattened_data(), covers[other].get_flattened_data(), strict=True
            )
            apart = sum(not is_near(a, b, by=40) for a, b in pixels)
            assert apart > 60 * 32 * 0.1, (one, other)
    assert draw_cover("One", look="somewhere", side_px=120) == draw_cover(
        "One", look="house", side_px=120
    )


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
    """A title of any length stays in its room, from the left margin on."""
    cover = picture(title)
    box = ink_box(cover, title, "obstacles")
    assert box is not None
    left, top, right, bottom = box
    assert abs(left - MARGIN * 350) < 8
    assert right <= (1 - MARGIN) * 350 + 3
    assert top > 0.25 * 350
    assert bottom <= (1 - MARGIN) * 350 + 3


def test_lines_are_even() -> None:
    """A line is broken where that leaves the lines as even as can be."""
    assert fit_title("A place, a tree, a bird").lines == ("A place,", "a tree,", "a bird")
    assert fit_title("Your own words, to you").lines == ("Your own", "words,", "to you")


def test_a_title_without_words() -> None:
    """A title of nothing that can be drawn leaves the shape alone, and fails nowhere."""
    assert fit_title(" ").lines == ()
    assert ink_box(picture("練習"), "練習", "obstacles") is None


def test_umlauts_are_drawn() -> None:
    """The font knows plain letters: the dots of ä, ö and ü are drawn by us, on their letter."""
    plain, dotted = picture("u", side_px=900), picture("ü", side_px=900)
    above = (0, int((fit_title("ü").top - 0.05) * 900), 450, int((1 - MARGIN - 0.14) * 900))
    ink = [
        cover.crop(above).convert("L").point(lambda p: 255 * (p < 128)) for cover in (plain, dotted)
    ]
    assert ink[0].getbbox() is None
    box = ink[1].getbbox()
    assert box is not None
    # Two dots side by side with paper between them, over the middle of the letter.
    row = [ink[1].getpixel((x, (box[1] + box[3]) // 2)) for x in range(box[0], box[2])]
    assert row[0] > 0
    assert row[-1] > 0
    assert row[len(row) // 2] == 0
    letter = ink_box(plain, "u", "obstacles")
    assert letter is not None
    assert abs((box[0] + box[2]) - (letter[0] + letter[2])) / 2 < 12


@pytest.mark.parametrize("letter", "äöüÄÖÜéèêçñåčőāą")
def test_other_marks_are_drawn(letter: str) -> None:
    """Each of the marks of European languages changes the picture of its letter."""
    bare = unicodedata.normalize("NFD", letter)[0]
    drawn = {draw_cover(each * 3, look="ground", side_px=200) for each in (bare, letter)}
    assert len(drawn) == 2


def test_letters_beyond_the_font() -> None:
    """What has another spelling is spelled so; what has no letter is left out."""
    plain = draw_cover("Gruss", look="ground", side_px=120)
    assert draw_cover("Gruß 🙂", look="ground", side_px=120) == plain
    quoted = draw_cover('"A" - b...', look="ground", side_px=120)
    assert draw_cover("„A“ – b…", look="ground", side_px=120) == quoted


def test_neutral_covers_are_told_apart_by_arrangement() -> None:
    """No two are alike; any number has one, and they come again."""
    drawn = [draw_neutral_cover(number, side_px=60) for number in range(NEUTRAL_COVERS)]
    assert len(set(drawn)) == NEUTRAL_COVERS == len(ARRANGEMENTS)
    assert draw_neutral_cover(NEUTRAL_COVERS + 3, side_px=60) == drawn[3]
    assert is_near(Image.open(io.BytesIO(drawn[0])).getpixel((58, 2)), HOUSE_LOOK.ground)
