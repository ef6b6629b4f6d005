"""The printable script: all of a practice, or one telling, readable by a person and as print."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import SCRIPT

STATIC = Path(__file__).parents[2] / "server/web/static"

HEAD = SCRIPT.partition("# Arriving")[0].replace(
    "credits:", "for-whom: For <anybody>.\nnot-when: When it burns.\ncredits:"
)

EVERYTHING = """# Arriving

[bell] [bed rain]

You are in {place}. It is here. [3s] [4s]

[bed off] [bell singing x3 every=5s]

[include settle]

:::when anchor=sound,any eyes=open,any minutes>=2 minutes<3
Listen, or do not.
:::
:::when anchor=hands voice=silent minutes<2
Your hands.
:::
:::when anchor=any minutes>=3
There is time. [silence 90s]
:::
:::when given=place live=yes
It is your place.
:::
:::when given=nothing,place live=no
It is a place.
:::
:::when live=yes,no
It is here for all.
:::

:::repeat 3
Again. [breath x2 in=4s hold=1s out=6s]
:::

:::one-of
The first way.

The second way. [2s]
:::

:::until met, at most 6, usually 2
What is here now? [breath x1 in=4s out=6s]

:::ask Can it be met? [5s]
- Yes -> met
- Not yet -> again [default]
- Too much -> Ground
:::
:::

- Go on -> next [default]
- Rest -> Resting
- That is all -> end

-> Resting

# Ground

Feel your feet. [1s]

-> end

# Resting

Rest. [silence fill]
"""


@pytest.fixture(autouse=True)
def _everything(house) -> None:
    folder = house.settings.scripts_path
    (folder / "passages").mkdir()
    (folder / "passages" / "settle.md").write_text("Settle as you like. [2s]\n")
    (folder / "soft-ground.md").write_text(HEAD + EVERYTHING)


def read(client: FlaskClient, query: str = "") -> str:
    """The script as a person reads it: no tags, single spaces."""
    answer = client.get(f"/practices/soft-ground/script{query}")
    assert answer.status_code == 200
    article = answer.text.partition("<article")[2].partition("</article>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", article)).split())


@pytest.mark.parametrize(
    "said",
    [
        "To feel what carries you.",
        "For whom For <anybody>.",
        "Rather not when When it burns.",
        "Length 1, 2, 3 min",
        "Where are you? The answer is said where this stands: “this room”",
        "The words are our own.",
        "bell · rain begins",
        "You are in “this room” . It is here. 7 s · sound ends · bell, 3 times",
        "Settle as you like. 2 s",
        "From 2 to under 3 minutes · Nothing chosen to come back to or coming back to sounds · "
        "Eyes open or as you like Listen, or do not.",
        "Under 2 minutes · Coming back to the hands · With the voice silent Your hands.",
        "From 3 minutes · Nothing chosen to come back to There is time. 1 min 30 s",
        "The listener gave words of their own for “place” · In a live sitting It is your place.",
        "The listener gave no words of their own or words of their own for “place” · "
        "In a recording It is a place.",
        "In a live sitting or a recording It is here for all.",
        "3 times Again. 2 breaths: in 4 s, hold 1 s, out 6 s",
        "One of these in turn The first way. The second way. 2 s",
        "until an answer leads on: at most 6 times. Where nobody is asked: 2 times.",
        "What is here now? one breath: in 4 s, out 6 s",
        "Can it be met? 5 s Yes on, after this part",
        "Not yet once more from the beginning of this part; this way where nobody is asked",
        "Too much on to “Ground”",
        "Go on on from here; this way where nobody is asked",
        "That is all to the end of the practice",
        "on to “Resting” Ground",
        "Feel your feet. 1 s to the end of the practice",
        "Rest. quiet",
    ],
)
def test_the_whole_script_is_readable(client: FlaskClient, said: str):
    """Every construct of the language reads as words, in its place."""
    assert said in read(client)


def test_nothing_of_the_code_is_left(client: FlaskClient):
    """A person to whom it is handed needs to know nothing of the language."""
    printed = read(client)
    for code in (":::", "->", "[", "]", "{", "anchor=", "include", "minutes>=", "one-of"):
        assert code not in printed, code


def test_one_telling_holds_what_is_heard_alone(client: FlaskClient):
    """With a length or another choice in the address; its silences have their lengths then."""
    printed = read(client, "?minutes=3&anchor=sound&eyes=open")
    assert "Length 3 min This telling Coming back to sounds · Eyes open" in printed
    assert printed.count("Again.") == 3
    assert printed.count("What is here now?") == 2
    assert re.search(r"Rest\. quiet, (1 min )?\d+ s", printed)
    for absent in ("Ground", "Your hands", "From", "Not yet", "second way", "This telling none"):
        assert absent not in printed, absent
    assert "The first way." in printed
    assert "This telling" not in read(client, "?minutes=3")
    assert read(client, "?minutes=&anchor=any&eyes=") == read(client)
    assert "This telling Eyes closed" in read(client, "?eyes=closed&minutes=")


def test_a_telling_that_cannot_be_laid_out_is_printed_all_the_same(client: FlaskClient, house):
    """Without the lengths of its silences: too short a time, or a sound that is not here."""
    path = house.settings.scripts_path / "soft-ground.md"
    path.write_text(path.read_text().replace("Rest.", "[silence 5m] Rest."))
    assert read(client, "?minutes=1").endswith("promises no effect.")
    assert "Rest. quiet " in read(client, "?minutes=1")


def test_the_page_is_for_paper(client: FlaskClient):
    """Linked from the practice; its print sheet hides the page around it, black on white."""
    assert "/practices/soft-ground/script" in client.get("/practices/soft-ground").text
    page = client.get("/practices/soft-ground/script").text
    assert '<article class="script">' in page
    german = client.get("/practices/soft-ground/script", headers={"Accept-Language": "de"}).text
    assert '<article class="script" lang="en" dir="ltr">' in german
    assert re.search(r'href="/static/print.css[^"]*" media="print"', page)
    sheet = (STATIC / "print.css").read_text()
    assert "@page" in sheet
    assert re.search(r"\.top, \.foot, \.skip, \.tellings \{ display: none", sheet)
    assert "size:" not in sheet.replace("font-size:", ""), "A4 or Letter is the printer's choice"
    assert client.get("/practices/none/script").status_code == 404


def test_a_script_in_another_language_has_our_words_about_it_in_the_page_s(client: FlaskClient):
    """So whoever has it read aloud hears each part in its own language."""
    page = client.get("/practices/soft-ground/script", headers={"Accept-Language": "de"}).text
    ours = ' lang="de" dir="ltr"'
    for own in ("<dt", '<p class="block-label"', '<span class="marks"', '<p class="leads"'):
        assert own in page
        assert f"{own}>" not in page
        assert f"{own}{ours}>" in page
    assert ours not in client.get("/practices/soft-ground/script").text
