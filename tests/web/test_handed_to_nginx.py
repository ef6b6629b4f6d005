"""What is named to the nginx in front, and for which requests; tests/deploy/ asks a real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.store import Shelf
from server.web.nginx import inside_address, is_alike_from_nginx
from server.web.ranges import Answer, Asked

KEY = "ab" * 32
WHOLE, PART = Answer(status=200, length=1000), Answer(status=206, start=5, length=3)


@pytest.mark.parametrize("digits", [16, 32, 64])
def test_a_file_of_a_recording_has_a_place(tmp_path: Path, digits: int):
    """As the shelf names it, below the folder of the renders."""
    shelf = Shelf(tmp_path)
    file = shelf.render_folder(KEY) / f"{'0' * digits}.mp3"
    place = inside_address(file.relative_to(shelf.root))
    assert place == f"/_stepback/renders/ab/{KEY}/{file.name}"


@pytest.mark.parametrize(
    "name",
    [
        "../../x.mp3",
        "x/../y.mp3",
        "stream/00001-" + "0" * 32 + ".m4s",
        "report.json",
        "0" * 32 + ".mp3\r\nX: y",
        "0" * 32 + ".mp3?x",
        "%2e%2e.mp3",
        "ä.mp3",
        "",
    ],
)
def test_nothing_else_has_one(tmp_path: Path, name: str):
    """Whatever a row of the database may say."""
    shelf = Shelf(tmp_path)
    assert inside_address((shelf.render_folder(KEY) / name).relative_to(shelf.root)) == ""
    assert inside_address(Path("clips/ab") / f"{KEY}.flac") == ""
    assert inside_address(Path("sittings/ab") / KEY / f"{KEY}.aac") == ""


@pytest.mark.parametrize(
    ("asked", "answer", "is_alike"),
    [
        (Asked(), WHOLE, True),
        (Asked(if_range="any"), WHOLE, True),
        (Asked(range="bytes=5-7"), PART, True),
        (Asked(range="bytes=5-"), PART, True),
        (Asked(range="bytes=-3"), PART, True),
        (Asked(range="bytes=5-7", if_range='"x"'), PART, True),
        (Asked(range="bytes=5-7", if_range='"x"'), WHOLE, False),
        (Asked(range="Bytes=5-7"), PART, False),
        (Asked(range="bytes=5-7,"), PART, False),
        (Asked(range="bytes=0-1,5-6"), WHOLE, False),
        (Asked(range="bytes=" + "0" * 4000 + "5-7"), PART, False),
        (Asked(method="HEAD"), WHOLE, False),
        (Asked(if_match="*"), WHOLE, False),
        (Asked(if_none_match='"x"'), WHOLE, False),
        (Asked(if_modified_since="x"), WHOLE, False),
        (Asked(if_unmodified_since="x"), WHOLE, False),
        (Asked(range="bytes=9999-"), Answer(status=416), False),
        (Asked(if_none_match="*"), Answer(status=304), False),
    ],
)
def test_only_what_nginx_answers_alike_is_handed_over(asked: Asked, answer: Answer, is_alike: bool):
    """A whole file, or one plain range of it; everything else is answered from here."""
    assert is_alike_from_nginx(asked, answer) == is_alike
