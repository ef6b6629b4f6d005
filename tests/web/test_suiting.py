"""What a page says before a practice begins: whom it suits, and whether it can be spoken."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.app import create_app
from tests.web.conftest import SCRIPT
from tests.web.test_voices import put_in

SUITING = """for-whom: For anybody with <feet>.
not-when: If it is all "Too much", or "Too much to ask", take these. This is not Too muchness.
credits: """


def write(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    text = SCRIPT
    for old, new in changes:
        assert text.count(old) >= 1
        text = text.replace(old, new)
    (folder / name).write_text(text)


def named(title: str, slug: str) -> tuple[tuple[str, str], ...]:
    return ("Soft ground", title), ("soft-ground", slug)


def test_whom_it_suits_is_said_before_it_begins(client: FlaskClient, house):
    """With a link where another practice is the better one; its own title is none."""
    folder = house.settings.scripts_path
    write(folder, "soft-ground.md", ("credits: ", SUITING))
    write(folder, "a.md", *named("Too much", "too-much"))
    write(folder, "b.md", *named("Too much to ask", "to-ask"))
    page = client.get("/practices/soft-ground").text
    assert "For anybody with &lt;feet&gt;." in page
    assert '<a href="/practices/too-much">Too much</a>' in page
    assert '<a href="/practices/to-ask">Too much to ask</a>' in page
    assert "This is not Too muchness." in page
    assert page.index("For whom") < page.index("Rather not when") < page.index('id="begin"')
    (practice,) = [
        each
        for each in client.get("/api/practices").get_json()["practices"]
        if each["slug"] == "soft-ground"
    ]
    assert practice["for_whom"] == "For anybody with <feet>."
    assert practice["not_when"].startswith("If it is all")


def test_a_practice_that_says_neither_shows_neither(client: FlaskClient, house):
    """No empty heading."""
    page = client.get("/practices/soft-ground").text
    assert "For whom" not in page
    assert "Rather not when" not in page


@pytest.mark.parametrize(
    ("language", "voice", "trouble", "said"),
    [
        ("en", "anna", None, ""),
        ("en-US", "anna", None, ""),
        ("de", "anna", "other-language", "written in German, and there is no voice for it here"),
        ("qq-Latn", "anna", "other-language", "written in qq-Latn"),
        ("en", "bert", "missing", "The voice of this practice, bert, cannot speak here"),
        ("de", "silent", None, ""),
    ],
)
def test_a_script_whose_voice_does_not_fit_says_so(
    tmp_path: Path, build_house, language, voice, trouble, said
):
    """On its page before Begin, on its shelf, and in the API; it is there all the same."""
    house = build_house(tmp_path, STEPBACK_VOICE="")
    put_in(house.settings.voices_path, "anna")
    changes = ("language: en", f"language: {language}"), ("voice: silent", f"voice: {voice}")
    write(house.settings.scripts_path, "soft-ground.md", *changes)
    client = create_app(house.settings).test_client()
    page = client.get("/practices/soft-ground").text
    assert ('id="voice-trouble"' in page) == (trouble is not None)
    assert said in page.partition('id="begin"')[0]
    shelf = client.get("/").text
    assert ("no voice for it" in shelf) == (trouble == "other-language")
    assert ("cannot speak" in shelf) == (trouble == "missing")
    (practice,) = client.get("/api/practices").get_json()["practices"]
    assert practice["voice_trouble"] == trouble
    house.database.close()


def test_the_voice_for_all_practices_is_the_one_that_counts(tmp_path: Path, build_house):
    """A script's own voice does not matter where the house has one for all."""
    house = build_house(tmp_path, STEPBACK_VOICE="anna")
    put_in(house.settings.voices_path, "anna")
    write(house.settings.scripts_path, "soft-ground.md", ("language: en", "language: fr"))
    page = create_app(house.settings).test_client().get("/practices/soft-ground").text
    assert "written in French" in page
    assert "a voice for English" in page
    house.database.close()
