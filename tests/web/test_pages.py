"""The pages and the feed: what they hold, and what they never do."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.app import create_app
from server.script import BEDS
from server.store import Database, NewRender, add_practice, add_render
from server.timeline import TELLINGS
from server.web.wording import practised_text

HEAVY = (
    *("piper", "onnxruntime", "pydub", "numpy", "soundfile", "PIL", "gunicorn"),
    *("alembic", "huey", "redis", "psycopg", "sqlalchemy.dialects.postgresql"),
)


def test_a_web_process_loads_nothing_that_speaks(tmp_path: Path):
    """Making the application loads no voice, no sound library, no server, and nothing of
    migrations, queues and PostgreSQL.
    """
    program = (
        "import sys; from server.app import create_app; from server.config import Settings;"
        "import server.web; assert 'flask' in sys.modules;"
        f"create_app(Settings.from_environment({{'STEPBACK_DATA': {str(tmp_path)!r}}}));"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_importing_the_door_does_not_import_gevent():
    """gevent is loaded by gunicorn's worker and by nothing before it."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, server.web; print('gevent' in sys.modules)"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "False"


def test_the_library_shows_the_practices_on_their_shelves(client: FlaskClient):
    """A shelf with its heading, and a link to the practice."""
    page = client.get("/").text
    assert 'href="/practices/soft-ground"' in page
    assert "Ground to stand on" in page
    assert "Past" not in page


def test_an_empty_library_is_a_page_too(client: FlaskClient, house):
    """Without any practice the page says so."""
    (house.settings.scripts_path / "soft-ground.md").unlink()
    assert client.get("/").status_code == 200
    assert client.get("/about").status_code == 200


def test_the_practice_page_holds_what_its_script_needs(client: FlaskClient):
    """The block of data is JSON with the agreed names, and the score is drawn in place."""
    page = client.get("/practices/soft-ground?minutes=3").text
    block = re.search(r'<script type="application/json" id="practice-data">(.*?)</script>', page)
    assert block
    data = json.loads(block[1])
    assert data["slug"] == "soft-ground"
    lengths = re.findall(r'name="minutes" value="([0-9]+)"( checked)?', page)
    assert lengths == [("1", ""), ("2", ""), ("3", " checked")]
    assert data["words"][0]["name"] == "place"
    assert data["tellings"] == TELLINGS
    assert client.get(data["cover"]).content_type == "image/jpeg"
    assert "score-speech" in page
    assert "Two stages;" in page


def test_the_practice_page_offers_every_bed_and_changes_nothing_by_itself(client: FlaskClient):
    """Each bed of the house has a name for listeners; what is checked is what the script has."""
    page = client.get("/practices/soft-ground").text
    offered = re.findall(r'name="bed" value="([a-z-]+)"', page)
    assert offered == ["as-written", "none", *BEDS]
    checked = re.findall(r'name="(\w+)" value="([a-z-]+)" data-said="" checked', page)
    sitting = [("anchor", "any"), ("eyes", "any")]
    assert checked == sitting + [(name, "as-written") for name in ("pace", "bed", "bed_level")]


@pytest.mark.parametrize("asked", ["7", "x", "", "-1", "9" * 5000, "3.0", "%00"])
def test_a_length_that_is_not_offered_gives_the_default(client: FlaskClient, asked: str):
    """The page is never refused over its query."""
    page = client.get(f"/practices/soft-ground?minutes={asked}")
    assert page.status_code == 200
    assert 'name="minutes" value="2" checked' in page.text


def test_the_score_is_an_image_of_its_own(client: FlaskClient):
    """The same drawing, as SVG, at the length asked for."""
    image = client.get("/practices/soft-ground/score.svg?minutes=3")
    assert image.content_type == "image/svg+xml; charset=utf-8"
    assert image.text.startswith("<svg ")
    assert image.text != client.get("/practices/soft-ground/score.svg").text


def test_the_score_shows_the_pace_that_is_asked_for(client: FlaskClient):
    """What is said more slowly is drawn wider; a pace that there is not is as written."""

    def drawing(query: str) -> str:
        answer = client.get(f"/practices/soft-ground/score.svg?minutes=2{query}")
        assert answer.status_code == 200
        return answer.text

    def first_width(query: str) -> float:
        return float(re.search(r'score-speech"[^>]* width="([0-9.]+)"', drawing(query))[1])

    assert first_width("&pace=quicker") < first_width("") < first_width("&pace=slower")
    for usual in ("as-written", "1.1", "", "%00", "slowest"):
        assert drawing(f"&pace={usual}") == drawing("")


def test_bells_and_beds_need_no_words(client: FlaskClient, house):
    """A script that is full of them can be read instead of heard, and drawn."""
    path = house.settings.scripts_path / "soft-ground.md"
    sounds = "[bed rain level=low] [bell singing x3 every=5s]\n\n"
    sounds += ":::repeat 2\n[bed off]\nAgain and again. [bell large]\n:::"
    path.write_text(path.read_text("utf-8").replace("[bell]", sounds), "utf-8")
    page = client.get("/practices/soft-ground")
    assert page.status_code == 200
    assert "<p>You can stop at any time.</p>" in page.text
    assert "<p>Again and again.</p>" in page.text
    assert page.text.count("score-sound") == 5
    assert "rain" not in page.text.partition('class="said-text"')[2].partition("</details>")[0]


@pytest.mark.parametrize("path", ["/practices/no-such", "/nowhere", "/practices/UPPER"])
def test_a_missing_page_is_told_kindly(client: FlaskClient, path: str):
    """An HTML page with a way back, and nothing of what was typed."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.content_type == "text/html; charset=utf-8"
    assert "There is nothing here" in answer.text
    assert 'href="/"' in answer.text
    assert "no-such" not in answer.text


def test_pages_and_programs_get_errors_in_their_own_form(client: FlaskClient):
    """405 is a page where people look, and a problem with Allow where programs ask."""
    page = client.post("/about")
    assert (page.status_code, page.content_type) == (405, "text/html; charset=utf-8")
    problem = client.put("/api/practices", json={})
    assert (problem.status_code, problem.content_type) == (405, "application/problem+json")
    assert "GET" in problem.headers["Allow"]


def test_an_unexpected_error_tells_a_number_and_nothing_else(
    app: APIFlask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    """500 as a problem, the same number in the log with the traceback, no internals outside."""

    def fail(self: Database) -> None:
        raise RuntimeError("the secret is in /srv/data")

    monkeypatch.setattr(Database, "reading", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get(f"/api/renders/{'0' * 64}")
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "secret" not in answer.text
    number = re.search(r"number is ([0-9a-f]{16})", answer.text)
    assert number
    assert number[1] in caplog.text
    assert number[1] == answer.headers["X-Request-Id"]
    assert "the secret" in caplog.text
    page = client.get("/practices/soft-ground")
    assert page.status_code == 500
    assert f"number is {page.headers['X-Request-Id']}" in page.text


@pytest.mark.parametrize(
    ("length_ms", "text"),
    [(0, "less than a minute"), (31_000, "1 minute"), (61_000, "1 minute"), (300_000, "5 minutes")],
)
def test_minutes_are_said_kindly(length_ms: int, text: str):
    """Whatever it was, it counts."""
    assert practised_text(length_ms) == text


@pytest.fixture
def episode(house) -> str:
    """A finished render of a real voice at the default length, as the feed wants it."""
    key = "e" * 64
    with house.database.writing() as db:
        now_at = datetime.now(UTC)
        add_practice(
            db,
            slug="soft-ground",
            title="Soft ground",
            language="en",
            track="ground",
            now_at=now_at,
        )
        new = NewRender(
            key=key,
            slug="soft-ground",
            title="Soft ground",
            minutes=2,
            voice="joe",
            is_default=True,
            is_private=False,
            device_hash=None,
            order={},
        )
        add_render(db, new, now_at)
    house.publish(key)
    return key


def test_the_feed_announces_what_was_rendered(
    client: FlaskClient, episode: str, files: dict[str, bytes]
):
    """An episode with its enclosure, from the public address and never from the request's."""
    answer = client.get("/feed", headers={"Host": "evil.example"})
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    assert b"evil.example" not in answer.data
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == ["Soft ground"]
    enclosure = parsed.entries[0].enclosures[0]
    assert enclosure.href == f"http://sit.example/feed/audio/{episode}.mp3"
    assert int(enclosure.length) == len(files["mp3"])
    for path in re.findall(r'http://sit\.example(/[^"<&]+)', answer.text):
        if not path.startswith("/feed"):
            assert client.head(path).status_code == 200, path


def test_the_feed_answers_conditions(client: FlaskClient, episode: str):
    """Two answers are identical, a known tag or time gives 304, HEAD gives GET's headers."""
    first, second = client.get("/feed"), client.get("/feed")
    assert first.data == second.data
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert re.fullmatch(r'"[0-9a-f]{64}"', tag)
    assert client.get("/feed", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/feed", headers={"If-Modified-Since": modified}).status_code == 304
    assert client.get("/feed", headers={"If-None-Match": '"x"'}).status_code == 200
    head = client.head("/feed")
    assert head.data == b""
    for name in ("ETag", "Content-Type", "Content-Length", "Last-Modified", "Cache-Control"):
        assert head.headers[name] == first.headers[name]


def test_without_javascript_there_is_something_to_hear(client: FlaskClient, episode: str):
    """The page offers the finished recording to browsers without JavaScript."""
    assert f'src="/audio/{episode}.mp3"' in client.get("/practices/soft-ground").text


def test_a_feed_without_episodes_is_a_feed(client: FlaskClient):
    """An empty house has news of itself alone; its guid stays from then on."""
    parsed = feedparser.parse(client.get("/feed").data)
    assert not parsed.bozo
    assert parsed.entries == []
    assert client.get("/feed").status_code == 200


def test_the_guid_of_the_feed_outlives_its_address(client: FlaskClient, house, tmp_path: Path):
    """A house that moves keeps the guid of its first address."""
    guid = re.search(r"<podcast:guid>(.*?)<", client.get("/feed").text)
    moved = create_app(replace(house.settings, public_url="https://elsewhere.example"))
    text = moved.test_client().get("/feed").text
    assert guid
    assert f"<podcast:guid>{guid[1]}<" in text
    assert "https://elsewhere.example/feed" in text
    moved.extensions["stepback"].database.close()


def test_the_cover_of_a_practice_that_has_gone_stays(
    client: FlaskClient, house, order: Callable[..., str]
):
    """Its episodes are still in people's podcast apps."""
    order()
    (house.settings.scripts_path / "soft-ground.md").unlink()
    assert client.get("/covers/soft-ground.jpg").status_code == 200
