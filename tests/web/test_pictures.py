"""Each page of therapists and clients is in docs/screenshots, or it is said why it need not be."""

from __future__ import annotations

import re

from apiflask import APIFlask
from PIL import Image

from bench.people_pictures import BESIDES, PICTURED, SIZES, WITHOUT
from bench.take_picture import PICTURES
from server.web.access_table import ACCESS, Access
from tests.browser.watched import ROOT

FOR_ANYBODY = (
    *("given", "given_api", "joining", "listen", "security", "subscribe", "welcome"),
    *("with_therapist", "worksheets"),
)
"""What belongs to therapists and clients, and does not ask who somebody is."""

MOST_BYTES = 9_000_000


def pages_of_people(app: APIFlask) -> set[str]:
    """Whatever can be opened by them alone, and what leads there."""
    theirs = {Access.CLIENT, Access.THERAPIST, Access.CASE, Access.HEAD}
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and (ACCESS[rule.endpoint] in theirs or rule.endpoint.partition(".")[0] in FOR_ANYBODY)
    }


def test_every_page_has_a_picture_or_a_reason(app: APIFlask):
    """By the table of routes, so that a page that is new is asked for."""
    assert pages_of_people(app) == PICTURED.keys() | WITHOUT.keys()
    assert not PICTURED.keys() & WITHOUT.keys()


def test_the_pictures_are_there_and_shown():
    """On a phone and on a desk, with few colours, each named in the docs; and no picture is old."""
    names = {f"people-{name}-{size}.png" for name in (*PICTURED.values(), *BESIDES)
             for size in SIZES}  # fmt: skip
    kept = {path.name for path in PICTURES.glob("*.png")}
    assert {name for name in kept if name.startswith("people-")} == names
    docs = "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))
    assert names - set(re.findall(r"screenshots/([\w-]+\.png)", docs)) == set()
    for name in names:
        with Image.open(PICTURES / name) as picture:
            assert picture.mode == "P", name
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < MOST_BYTES
