"""The style sheets: nothing is left or right, so that a page can be read from either side."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.app import create_app
from tests.web.conftest import House

STATIC = Path(__file__).parents[2] / "server/web/static"
SHEETS = sorted(STATIC.glob("*.css"))

PHYSICAL = re.compile(
    r"(?<![\w-])(?:"
    r"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?\s*:"
    r"|(?:left|right)\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
    r")"
)
FOUR = re.compile(r"(?<![\w-])(margin|padding|border-width|border-radius|inset)\s*:([^;}]*)[;}]")


def physical(css: str) -> list[str]:
    """The declarations that mean a side, however the page is read."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found = PHYSICAL.findall(bare)
    for name, value in FOUR.findall(bare):
        values = re.findall(r"[^\s()]+(?:\((?:[^()]|\([^()]*\))*\))?", value)
        if len(values) == 4 and values[1] != values[3]:
            found.append(f"{name}: {value.strip()}")
    return found


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_knows_no_left_and_right(sheet: Path):
    """Only a start and an end."""
    assert physical(sheet.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "css",
    [
        "a { margin-left: 1px }",
        "a{padding-right:1px}",
        "a { border-left-color: red }",
        "a { left: 0; }",
        "a { color: red; right: 0; }",
        "a { text-align: right; }",
        "a { float: left }",
        "a { border-top-left-radius: 1px }",
        "a { margin: 0 var(--s2) 0 0; }",
        "a { padding: 0 0 0 calc(1px + 2px) }",
    ],
)
def test_a_planted_side_is_found(css: str):
    """Each way of meaning a side."""
    assert physical(css)


@pytest.mark.parametrize(
    "css",
    [
        "a { margin-inline-start: 1px; text-align: start; inset-inline-end: 0 }",
        "a { padding-inline: max(1px, env(safe-area-inset-left)); }",
        "a { margin: 0 1px 2px 1px; inset: 0 0 auto }",
        "a { clip-path: inset(0 calc(100% - var(--played, 0%)) 0 0); }",
        "/* left: 0 */",
    ],
)
def test_what_means_no_side_passes(css: str):
    """Logical properties, equal sides, and the edges of sound, which goes one way everywhere."""
    assert physical(css) == []


def test_a_house_may_have_its_own_colours(
    build_house: Callable[..., House], tmp_path: Path, client: FlaskClient
):
    """They are asked for behind ours, and by no page of a house that has none."""
    colours = tmp_path / "house.css"
    colours.write_text(":root { --paper: #f3f5f7; }", encoding="utf-8")
    (tmp_path / "own").mkdir()
    house = build_house(tmp_path / "own", STEPBACK_COLOURS=str(colours))
    app = create_app(house.settings)
    browser = app.test_client()
    page = browser.get("/").text
    assert page.index('href="/static/app.css') < page.index('href="/colours.css"')
    answer = browser.get("/colours.css")
    assert (answer.mimetype, answer.text) == ("text/css", ":root { --paper: #f3f5f7; }")
    assert 'href="/colours.css"' not in client.get("/").text
    app.extensions["stepback"].database.close()
    house.database.close()
