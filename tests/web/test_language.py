"""Which language the pages speak, how they say so, and what a person's choice does."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from apiflask import APIFlask
from babel.messages.catalog import Catalog
from flask.testing import FlaskClient

from server.app import create_app
from server.web.language import COOKIE, direction_of
from server.web.phrasebook import ENGLISH, make_phrasebook, read_phrasebook
from server.web.wording import lengths_text, number_text, practised_text

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
PRACTICE = "/practices/soft-ground"
PAGES = ("/", "/about", PRACTICE, "/my-practice", "/nowhere")


@pytest.mark.parametrize("page", PAGES)
def test_english_is_spoken_where_nothing_else_is_asked_for(client: FlaskClient, page: str):
    """The page says so to browsers and to caches, and carries no phrasebook."""
    answer = client.get(page)
    assert '<html lang="en-GB" dir="ltr">' in answer.text
    assert "Skip to the page" in answer.text
    assert "page-words" not in answer.text
    assert answer.headers["Content-Language"] == "en-GB"
    assert all(name in answer.vary for name in ("Accept-Language", "Cookie"))


@pytest.mark.parametrize("page", PAGES)
def test_german_is_spoken_to_those_who_ask_for_it(client: FlaskClient, page: str):
    """All of the frame, and what is only in this page."""
    answer = client.get(page, headers=GERMAN)
    assert '<html lang="de" dir="ltr">' in answer.text
    for said in ("Direkt zum Inhalt", "Worum es geht", "Farben", "vom Gerät"):
        assert said in answer.text
    assert "Skip to the page" not in answer.text
    assert answer.headers["Content-Language"] == "de"


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de", "de"),
        ("de-CH", "de"),
        ("DE_at", "de"),
        ("en-US,de;q=0.8", "en-GB"),
        ("fr,de;q=0.8,en;q=0.7", "de"),
        ("fr-CA", "en-GB"),
        ("tlh", "en-GB"),
        ("*", "en-GB"),
        ("de;q=0", "en-GB"),
        ("de;q=x,,;", "en-GB"),
        ("", "en-GB"),
        ("\xe4\xf6,\u20ac".encode().decode("latin-1"), "en-GB"),
    ],
)
def test_the_dearest_language_that_there_is_wins(client: FlaskClient, asked: str, language: str):
    """In the order of the browser's wishes; what nobody speaks here falls to English."""
    answer = client.get("/", headers={"Accept-Language": asked})
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language


def choose(client: FlaskClient, language: str, back: str = "/about"):
    return client.post("/language", data={"language": language, "back": back})


def test_the_choice_wins_over_the_browser(client: FlaskClient):
    """It is kept, shown as chosen, and leads back to where it was made."""
    answer = choose(client, "de", "/practices/soft-ground?minutes=3")
    assert (answer.status_code, answer.location) == (303, "/practices/soft-ground?minutes=3")
    page = client.get("/about", headers={"Accept-Language": "en"})
    assert page.headers["Content-Language"] == "de"
    assert '<option value="de" lang="de" selected>Deutsch</option>' in page.text
    choose(client, "en")
    assert client.get("/", headers=GERMAN).headers["Content-Language"] == "en-GB"


def test_the_choice_can_be_taken_back(client: FlaskClient):
    """Then the browser's wish holds again, and nothing is kept."""
    choose(client, "de")
    choose(client, "")
    assert client.get_cookie(COOKIE) is None
    assert client.get("/").headers["Content-Language"] == "en-GB"


def test_the_cookie_is_out_of_reach(client: FlaskClient, house):
    """Not for scripts, not for other sites; over https for https alone."""
    kept = choose(client, "de").headers["Set-Cookie"]
    assert all(word in kept for word in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="))
    assert "Secure" not in kept
    app = create_app(replace(house.settings, public_url="https://sit.example"))
    assert "Secure" in choose(app.test_client(), "de").headers["Set-Cookie"]
    app.extensions["stepback"].database.close()


@pytest.mark.parametrize("data", [{}, {"language": "fr"}, {"language": "../de"}, {"back": "/"}])
def test_a_language_that_there_is_not_cannot_be_chosen(client: FlaskClient, data: dict[str, str]):
    """Nothing is kept of it."""
    answer = client.post("/language", data=data)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


def test_a_kept_language_that_has_gone_counts_as_none(client: FlaskClient):
    """A cookie from before, or one that was made up."""
    for kept in ("fr", "", "x" * 2000):
        client.set_cookie(COOKIE, kept)
        assert client.get("/", headers=GERMAN).headers["Content-Language"] == "de"


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\\/evil", "evil", "", "/a\nb"],
)
def test_nobody_is_led_to_another_site(client: FlaskClient, back: str):
    """Where to go back to is an address of ours, or the beginning."""
    assert choose(client, "de", back).location == "/"


def test_a_page_of_an_error_leads_back_to_the_beginning(client: FlaskClient):
    """What a stranger typed into the address does not stand in the form."""
    assert 'name="back" value="/"' in client.get("/no<such").text
    assert 'name="back" value="/about?x=1"' in client.get("/about?x=1").text


# ── a practice's own language ────────────────────────────────────────────────────────────────


def test_a_practice_in_another_language_is_marked(client: FlaskClient, house):
    """Its words, and not the page's; where both are the same, nothing is marked."""
    assert 'lang="en"' not in marks(client.get(PRACTICE).text)
    german = client.get(PRACTICE, headers=GERMAN).text
    assert '<h1 id="choose-title" tabindex="-1" lang="en" dir="ltr">Soft ground</h1>' in german
    assert '<div class="said-text" id="said-text" lang="en" dir="ltr">' in german
    path = house.settings.scripts_path / "soft-ground.md"
    path.write_text(path.read_text("utf-8").replace("language: en", "language: he"), "utf-8")
    for page in ("/", PRACTICE):
        assert 'lang="he" dir="rtl"' in client.get(page).text


def marks(page: str) -> str:
    """A page without the choice of its language."""
    return re.sub(r'<select id="language".*?</select>', "", page, flags=re.DOTALL)


def test_an_entry_in_the_log_is_marked_like_its_practice(client: FlaskClient):
    """As long as the practice is there to say what it speaks."""
    entry = {
        "id": "a" * 32,
        "practice": "soft-ground",
        "minutes": 2,
        "started_at": "2026-03-01T07:30:00+00:00",
        "practised_ms": 125_000,
        "outcome": "completed",
    }
    assert client.post("/api/session-entries", json=entry).status_code == 201
    page = client.get("/my-practice", headers=GERMAN).text
    assert '<a class="row-title" href="/practices/soft-ground" lang="en" dir="ltr">' in page
    assert "Sonntag, 1. März 2026" in page
    assert '<span class="row-words">2 Minuten</span>' in page
    assert "Sunday, 1 March 2026" in client.get("/my-practice").text


@pytest.mark.parametrize(
    ("tag", "direction"),
    [("de", "ltr"), ("ar-EG", "rtl"), ("he", "rtl"), ("xxx", "auto"), ("en-xxxxxxxx", "ltr")],
)
def test_every_language_has_a_direction(tag: str, direction: str):
    """One that nobody knows is left to the browser."""
    assert direction_of(tag) == direction


# ── numbers and plural forms ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "one", "two", "offered"),
    [
        ("en", "1 minute", "2 minutes", "5, 10 or 20 minutes"),
        ("de", "1 Minute", "2 Minuten", "5, 10 oder 20 Minuten"),
    ],
)
def test_numbers_bend_the_words_beside_them(
    app: APIFlask, language: str, one: str, two: str, offered: str
):
    """In each language by its own rule."""
    with app.test_request_context(headers={"Accept-Language": language}):
        assert (practised_text(60_000), practised_text(120_000)) == (one, two)
        assert lengths_text([5, 10, 20]) == offered
        assert lengths_text([1]) == one
        assert number_text(13) == "13"


def test_the_picture_is_described_in_german(client: FlaskClient):
    """The score is asked for by a script as well, which speaks for itself."""
    drawn = client.get(f"{PRACTICE}/score.svg?minutes=3", headers=GERMAN)
    assert "<title>Zwei Abschnitte; weniger als eine Minute Sprechen und" in drawn.text
    assert drawn.headers["Content-Language"] == "de"


def polish() -> Catalog:
    catalog = Catalog(locale="pl")
    place = [("server/web/static/js/x.js", None)]
    catalog.add(("{n} minute", "{n} minutes"), ("minuta", "minuty", "minut"), locations=place)
    catalog.add("Begin", "<Zacznij>", locations=place)
    catalog.add("Stop", "", locations=place)
    catalog.add("Pause", "Pauza", locations=place, flags=["fuzzy"])
    catalog.add(("a", "b"), ("c", "", ""), locations=place)
    catalog.add("Only the server says this", "Tylko serwer", locations=[("server/web/x.py", None)])
    return catalog


def test_what_scripts_say_is_handed_to_them_alone():
    """Their strings, as far as they are translated, and nothing that only templates say."""
    words = json.loads(make_phrasebook(polish()).page_words)
    assert words["texts"] == {
        "{n} minute": ["minuta", "minuty", "minut"],
        "Begin": "<Zacznij>",
    }


def test_scripts_count_as_gettext_does():
    """The digits of a plural say for every number what the language's rule says."""
    book = make_phrasebook(polish())
    digits = json.loads(book.page_words)["plural"]
    for number in [*range(300), 1001, 1002, 1012, 2525, 100_000]:
        told = int(digits[number if number < 100 else 100 + number % 100])
        assert told == book.translations.plural(number), number


def test_what_is_missing_is_said_in_english(app: APIFlask, tmp_path: Path):
    """A language that has just been begun is English in everything but its name."""
    path = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr "Language: fr\\n"\n\nmsgid "Begin"\nmsgstr ""\n', "utf-8")
    book = read_phrasebook(path)
    assert (book.tag, book.name, book.translations.gettext("Begin")) == ("fr", "Français", "Begin")
    assert ENGLISH.name == "English"


def test_the_phrasebook_in_a_page_cannot_end_its_block(
    house, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    """A translation with a tag in it is data there, and nothing else."""
    monkeypatch.setattr(
        "server.web.language.read_phrasebooks",
        lambda: {"en": ENGLISH, "pl": make_phrasebook(polish())},
    )
    app = create_app(house.settings)
    page = app.test_client().get("/", headers={"Accept-Language": "pl"}).text
    block = re.search(r'<script type="application/json" id="page-words">(.*?)</script>', page)
    assert block
    assert "<" not in block[1]
    assert json.loads(block[1])["texts"]["Begin"] == "<Zacznij>"
    app.extensions["stepback"].database.close()


# ── what other rooms tell ────────────────────────────────────────────────────────────────────


def test_a_refusal_is_told_in_the_language_of_the_page(client: FlaskClient):
    """For people in theirs; what programs read is the same in every language."""
    body = {"practice": "soft-ground", "minutes": 2, "words": {"place": "x" * 21}}
    english = client.post("/api/renders", json=body).get_json()
    answer = client.post("/api/renders", json=body, headers=GERMAN)
    german = answer.get_json()
    assert german["errors"][0]["message"] == "Bitte höchstens 20 Zeichen."
    assert german["detail"] == german["errors"][0]["message"]
    assert answer.headers["Content-Language"] == "de"
    for name in ("type", "title", "status"):
        assert german[name] == english[name]
    assert german["errors"][0]["field"] == english["errors"][0]["field"] == "words.place"


def test_answers_to_programs_hang_on_no_language(client: FlaskClient):
    """Where nothing is said to people, caches need not tell browsers apart."""
    for path in ("/api/practices", "/feed", "/feed/tracks/ground", "/health", "/cover.jpg"):
        answer = client.get(path, headers=GERMAN)
        assert "Content-Language" not in answer.headers, path
        assert "Cookie" not in answer.vary, path
