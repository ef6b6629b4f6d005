"""The author's API: nothing is overwritten unseen or written elsewhere, and mistakes are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.render import read_draft
from server.store import EXCERPT_SLUG, find_render, list_practices
from server.web.author_files import NEW_PRACTICE, slug_of
from server.web.author_marks import end_column

OWN = {"Origin": "http://localhost"}
PATH = "soft-ground.md"
URL = f"/api/author/scripts/{PATH}"


@pytest.fixture
def root(house) -> Path:
    """The folder of the scripts."""
    return house.settings.scripts_path


@pytest.fixture
def text(root: Path) -> str:
    """What the script holds."""
    return (root / PATH).read_text(encoding="utf-8")


@pytest.fixture
def check(client: FlaskClient):
    """Have a text checked."""

    def ask(text: str, path: str = PATH, **chosen: object) -> dict[str, Any]:
        answer = client.post(
            "/api/author/check", json={"path": path, "text": text, **chosen}, headers=OWN
        )
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    return ask


@pytest.fixture
def hear(client: FlaskClient):
    """Ask to hear a part of a text."""

    def ask(text: str, line: int, path: str = PATH, **more: object):
        body = {"path": path, "text": text, "first_line": line, "last_line": line, **more}
        return client.post("/api/author/hear", json=body, headers=OWN)

    return ask


def save(client: FlaskClient, text: str, known: str, path: str = PATH):
    body = {"text": text, "known": known}
    return client.put(f"/api/author/scripts/{path}", json=body, headers=OWN)


# ── files ────────────────────────────────────────────────────────────────────────────────────


def test_what_was_read_can_be_saved(client: FlaskClient, root: Path, text: str):
    """The answer names the new version, with which it can be saved once more."""
    read = client.get(URL).get_json()
    assert (read["path"], read["text"]) == (PATH, text)
    changed = text.replace("Standing, for a while", "Standing – for a while")
    saved = save(client, changed, read["version"])
    assert saved.status_code == 200
    assert (root / PATH).read_text(encoding="utf-8") == changed
    assert save(client, text, saved.get_json()["version"]).status_code == 200
    assert client.get(URL).get_json() == read


def test_a_script_with_mistakes_may_be_saved(client: FlaskClient, root: Path, text: str):
    """It is work in progress; the library goes on without it."""
    version = client.get(URL).get_json()["version"]
    assert save(client, text.replace("[3s]", "[3x]"), version).status_code == 200
    assert client.get("/practices/soft-ground").status_code == 404


def test_what_another_hand_wrote_is_not_overwritten(client: FlaskClient, root: Path, text: str):
    """409, as a problem; with the version that is there now it is overwritten knowingly."""
    version = client.get(URL).get_json()["version"]
    (root / PATH).write_text("by another hand")
    answer = save(client, "mine", version)
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert "changed on disk" in answer.get_json()["detail"]
    assert (root / PATH).read_text() == "by another hand"
    now = client.get(f"{URL}?known={version}").get_json()
    assert now["text"] == "by another hand"
    assert save(client, "mine", now["version"]).status_code == 200
    numbers = client.get(f"/api/author/versions/{PATH}").get_json()["versions"]
    assert [each["origin"] for each in numbers] == ["saved", "found", "found"]


def test_looking_again_costs_little(client: FlaskClient):
    """The text is not sent to whoever has it."""
    version = client.get(URL).get_json()["version"]
    again = client.get(f"{URL}?known={version}").get_json()
    assert again == {"path": PATH, "version": version, "text": None}


def test_a_file_that_was_taken_away_can_be_made_anew(client: FlaskClient, root: Path, text: str):
    """Saying that no version is known; which takes nobody's place."""
    version = client.get(URL).get_json()["version"]
    assert save(client, "mine", "").status_code == 409
    (root / PATH).unlink()
    assert client.get(URL).status_code == 404
    gone = client.get(f"{URL}?known={version}")  # a page tells that from a sign-in that has ended
    assert gone.status_code == 410
    assert gone.get_json()["detail"] == "The file is not on disk any more."
    assert save(client, text, version).status_code == 404
    assert save(client, text, "").status_code == 200
    assert (root / PATH).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "path",
    ["..%2fevil.md", "%2ftmp%2fevil.md", "evil.txt", "a%2fb%2fc.md", ".evil.md", "evil.md%00"],
)
@pytest.mark.parametrize("known", ["", "0" * 64])
def test_nothing_is_written_elsewhere(client: FlaskClient, root: Path, path: str, known: str):
    """Neither over a file nor as a new one."""
    before = sorted(root.parent.rglob("*.md"))
    assert save(client, "evil", known, path=path).status_code in (308, 404, 405)
    assert sorted(root.parent.rglob("*.md")) == before
    assert not list(root.parent.rglob("evil*"))


def test_a_folder_that_cannot_be_written_is_told(client: FlaskClient, root: Path):
    """A clear sentence, and where the text is now."""
    version = client.get(URL).get_json()["version"]
    (root / f".{PATH}.part").mkdir()  # stands in the way of what is written first
    answer = save(client, "mine", version)
    assert answer.status_code == 403
    assert "cannot be written on this machine" in answer.get_json()["detail"]
    assert "kept on this device" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:8000"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "null"}, 403),
        ({**OWN, "Sec-Fetch-Site": "cross-site"}, 403),
        ({**OWN, "Host": "evil.example"}, 404),
        ({"Origin": "http://evil.example", "Host": "evil.example"}, 404),
        ({**OWN, "X-Forwarded-For": "10.0.0.1"}, 404),
        (OWN, 200),
    ],
)
def test_other_sites_may_not_write(
    client: FlaskClient, root: Path, text: str, headers: dict[str, str], status: int
):
    """Only what this very page sends is taken; a rebound name is no name of this machine."""
    version = client.get(URL).get_json()["version"]
    answer = client.put(URL, json={"text": "mine", "known": version}, headers=headers)
    assert answer.status_code == status
    assert (root / PATH).read_text(encoding="utf-8") == ("mine" if status == 200 else text)


@pytest.mark.parametrize("path", ["check", "hear", "compare", "scripts"])
def test_nobody_else_may_ask_anything(client: FlaskClient, path: str):
    """Not even what would change nothing."""
    far = {"REMOTE_ADDR": "192.168.1.7"}
    answer = client.post(f"/api/author/{path}", json={}, headers=OWN, environ_overrides=far)
    assert answer.status_code == 404


def test_a_large_script_is_taken_and_a_huge_one_is_not(client: FlaskClient, root: Path):
    """More than other bodies may hold, and no more than a script can."""
    version = client.get(URL).get_json()["version"]
    version = save(client, "x" * 200_000, version).get_json()["version"]
    assert save(client, "x" * 250_001, version).status_code == 422
    assert save(client, "x" * 600_000, version).status_code == 413
    assert (root / PATH).stat().st_size == 200_000


# ── beginning ────────────────────────────────────────────────────────────────────────────────


def begin(client: FlaskClient, title: str, folder: str = "obstacles"):
    body = {"title": title, "folder": folder}
    return client.post("/api/author/scripts", json=body, headers=OWN)


def test_a_new_practice_is_in_the_library_at_once(client: FlaskClient, root: Path, app):
    """It is right as it is, whatever its title holds."""
    answer = begin(client, 'No time: "today" – ça va?')
    assert answer.status_code == 201
    assert answer.get_json()["path"] == "obstacles/no-time-today-ca-va.md"
    practices = {
        each["slug"]: each for each in client.get("/api/practices").get_json()["practices"]
    }
    assert practices["no-time-today-ca-va"]["title"] == 'No time: "today" – ça va?'
    assert begin(client, "no time today. ca va").status_code == 409
    draft = read_draft(app.extensions["stepback"].catalogue, "x.md", NEW_PRACTICE)
    assert draft.loaded is None  # it wants its title


def test_a_new_practice_begins_with_the_words_of_another(client: FlaskClient, root: Path):
    """Under its own title, name and shelf; the other one stays as it is."""
    first = begin(client, "Feet first").get_json()["path"]
    before = (root / first).read_text()
    (root / first).write_text(before.replace("Here the heart", "Here my own heart"))
    body = {"title": r"Mine: \1", "folder": "ground", "like": first}
    answer = client.post("/api/author/scripts", json=body, headers=OWN)
    assert (answer.status_code, answer.get_json()["path"]) == (201, "ground/mine-1.md")
    text = (root / "ground/mine-1.md").read_text()
    assert "Here my own heart" in text
    assert "feet-first" not in text
    found = {each["slug"]: each for each in client.get("/api/practices").get_json()["practices"]}
    assert (found["mine-1"]["title"], found["mine-1"]["track"]) == (r"Mine: \1", "ground")
    assert "feet-first" in found
    gone = {"title": "Other", "folder": "ground", "like": "ground/none.md"}
    assert client.post("/api/author/scripts", json=gone, headers=OWN).status_code == 404


def test_a_copy_begins_with_what_was_changed_and_not_saved(client: FlaskClient, root: Path):
    """As it stood in the editor, right or not; the practice that it was made of stays."""
    before = (root / PATH).read_text()
    changed = before.replace("Feel the ground", "Feel my ground [3x]")
    body = {"title": "My ground", "folder": "obstacles", "like": PATH, "text": changed}
    answer = client.post("/api/author/scripts", json=body, headers=OWN)
    assert answer.status_code == 201
    text = (root / "obstacles/my-ground.md").read_text()
    assert "Feel my ground [3x]" in text
    assert "title: My ground\nslug: my-ground\n" in text
    assert "track: obstacles\n" in text
    assert (root / PATH).read_text() == before


def test_a_new_passage_is_one(client: FlaskClient, root: Path):
    """Without front matter, in the folder of the passages."""
    assert begin(client, "Settle", "passages").get_json()["path"] == "passages/settle.md"
    assert "---" not in (root / "passages/settle.md").read_text()
    assert "mistake" not in client.get("/author").text


def test_a_title_that_gives_no_name_is_refused(client: FlaskClient):
    """With what would do, at the field that is meant."""
    answer = begin(client, "!?")
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["field"] == "title"
    assert slug_of("  Été, 2nd  part-- ") == "ete-2nd-part"
    assert slug_of("x" * 59 + " y") == "x" * 59


@pytest.mark.parametrize("folder", ["../x", "Ground", "", "a/b"])
def test_a_folder_is_a_plain_name(client: FlaskClient, folder: str):
    """Nothing that leads elsewhere."""
    assert begin(client, "Feet", folder).status_code == 422


# ── checking ─────────────────────────────────────────────────────────────────────────────────


def test_a_text_is_checked_and_drawn(check, text: str):
    """Without a mistake there is its picture, at its usual length or the one that is asked for."""
    found = check(text)
    assert (found["has_mistakes"], found["title"]) == (False, "Soft ground")
    assert (found["minutes"], found["chosen"], found["ways"]) == ([1, 2, 3], 2, [])
    line = text.split("\n").index("You are in {place}. [3s]") + 1
    assert f'data-line="{line}"' in found["picture"]
    assert check(text, minutes=3)["chosen"] == 3
    assert check(text, minutes=99, anchor="sight", eyes="closed")["chosen"] == 2


def test_mistakes_are_marked_in_their_places(check, text: str):
    """Columns count characters, as a reader does; the last picture is the page's to keep."""
    found = check(text.replace("[3s]", "🌿 [silnce 3s]"))
    (mark,) = found["marks"]
    line = text.split("\n").index("You are in {place}. [3s]") + 1
    assert (mark["severity"], mark["line"], mark["column"]) == ("error", line, 23)
    assert (mark["end_line"], mark["end_column"]) == (line, 34)
    assert mark["message"].endswith("Did you mean ‘silence’?")
    assert (found["picture"], found["has_mistakes"]) == ("", True)
    many = check(text.replace("[3s]", "[3x]").replace("[5s]", "[5x]"))["marks"]
    assert [mark["line"] for mark in many] == sorted(mark["line"] for mark in many)


def test_what_the_checker_remarks_is_marked(check, text: str):
    """Each remark stands at its words, with its rule and a better example; a mistake hides them."""
    found = check(text.replace("You are in", "You should be in"))
    mark = next(mark for mark in found["marks"] if mark["rule"] == "judgement")
    line = next(i for i, each in enumerate(text.split("\n"), 1) if each.startswith("You are in"))
    assert (mark["severity"], mark["line"], mark["column"]) == ("error", line, 1)
    assert "You should" in mark["message"]
    assert mark["better"]
    assert found["has_mistakes"] is False
    broken = check(text.replace("You are in", "You should be in [bel]"))
    assert [mark["rule"] for mark in broken["marks"]] == [""]


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [("a [bell x2] b", 3, 12), ("a {word} b", 3, 9), ("one two", 5, 8), ("", 1, 1),
     ("a [bell", 3, 8), ("one ", 5, 5), ("one ", 4, 5)],
)  # fmt: skip
def test_a_mark_ends_with_what_it_marks(line: str, column: int, expected: int):
    """A cue, a listener's word, a word; or the line, where nothing is."""
    assert end_column(line, column) == expected


def test_what_cannot_be_laid_out_says_why(check, text: str):
    """A length that is too short for its words is no mistake of the language."""
    long = text.replace(
        "You are in", "This goes on and on and on for a while. " * 40 + "You are in"
    )
    found = check(long, minutes=1)
    assert found["picture"] == ""
    assert "needs at least" in found["picture_note"]
    assert found["has_mistakes"] is False


def test_all_ways_are_told_where_there_is_a_choice(check, text: str):
    """Also the one that is taken when nothing is asked."""
    choice = "- It is soft -> Standing\n- Again -> next [default]\n- Enough -> end\n\nStay.\n\n"
    found = check(text.replace("# Standing", f"{choice}# Standing"))
    assert [(way["label"], way["goes"], way["is_default"]) for way in found["ways"]] == [
        ("It is soft", "Standing", False),
        ("Again", "on from here", True),
        ("Enough", "the end", False),
        ("", "Standing", True),
        ("", "the end", True),
    ]


def test_passages_and_the_lexicon_are_checked_as_such(check, root: Path):
    """A passage has a picture with its own lines; a lexicon has none."""
    found = check("Settle down. [3s]\n\nStay.\n", path="passages/settle.md")
    assert (found["has_mistakes"], found["title"]) == (False, "A passage")
    assert 'data-line="1"' in found["picture"]
    assert 'data-line="3"' in found["picture"]
    assert check("# A stage\n", path="passages/settle.md")["marks"][0]["line"] == 1
    assert check("lives: livz\n", path="lexicon.yaml")["has_mistakes"] is False
    assert check("- livz\n", path="lexicon.yaml")["has_mistakes"] is True


def test_the_name_of_a_text_leads_nowhere(check, text: str, root: Path, tmp_path: Path):
    """Neither to passages in another folder, of which remarks would tell, nor into trouble."""
    for folder, words in ((root, "Settle down."), (tmp_path / "other", "You should be calm.")):
        (folder / "passages").mkdir(parents=True)
        (folder / "passages/settle.md").write_text(f"{words} [3s]\n")
    asks = text.replace("You are in", "[include settle]\n\nYou are in")
    asks = asks.replace("slug: soft-ground", "slug: another")
    marks = check(asks)["marks"]
    assert "judgement" not in {mark["rule"] for mark in marks}
    for path in ("../other/x.md", f"{tmp_path}/other/x.md", f"{'a' * 300}/x.md", ".", ""):
        assert check(asks, path=path)["marks"] == marks, path


# ── hearing ──────────────────────────────────────────────────────────────────────────────────


def test_a_line_of_an_unsaved_text_can_be_heard(hear, text: str, house):
    """It is ordered as every render is, and is in no library."""
    draft = text.replace("Feel the ground", "Feel the good ground")
    line = draft.split("\n").index("Feel the good ground under your feet. [5s]") + 1
    answer = hear(draft, line)
    assert answer.status_code == 202
    ordered = answer.get_json()
    assert (ordered["practice"], ordered["is_private"]) == (EXCERPT_SLUG, False)
    with house.database.reading() as db:
        row = find_render(db, ordered["key"])
        assert row is not None
        assert row.order["source"] == draft
        assert row.order["excerpt"] == {"first_line": line, "last_line": line, "is_stage": False}
        assert list_practices(db) == ()
    house.publish(ordered["key"])
    again = hear(draft, line)
    assert (again.status_code, again.get_json()["state"]) == (200, "done")
    assert hear(draft, line, is_stage=True).get_json()["key"] != ordered["key"]


def test_a_passage_is_heard_by_its_own_lines(hear, house):
    """However many lines stand before it in what is ordered."""
    answer = hear("Settle down. [3s]\n\nStay.\n", 3, path="passages/settle.md")
    assert answer.status_code == 202
    with house.database.reading() as db:
        row = find_render(db, answer.get_json()["key"])
        assert row is not None
        source, excerpt = row.order["source"], row.order["excerpt"]
    assert source.split("\n")[excerpt["first_line"] - 1] == "Stay."


def test_what_cannot_be_heard_is_told(hear, text: str):
    """Mistakes first; a lexicon has no sound."""
    for draft, path in ((text.replace("[3s]", "[3x]"), PATH), ("lives: livz\n", "lexicon.yaml")):
        answer = hear(draft, 22, path=path)
        assert answer.status_code == 422
        assert "mistakes are put right" in answer.get_json()["detail"]


# ── the past ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", ["9" * 18, "9" * 19, "9" * 5000])
def test_a_version_of_any_number_may_be_asked_for(client: FlaskClient, number: str):
    """One that no database can hold is not there either."""
    assert client.get(f"/api/author/version/{number}/{PATH}").status_code == 404


def test_versions_are_listed_and_read(client: FlaskClient, text: str):
    """Newest first; another file's number reads nothing."""
    version = client.get(URL).get_json()["version"]
    save(client, "two", version)
    versions = client.get(f"/api/author/versions/{PATH}").get_json()["versions"]
    assert [each["origin"] for each in versions] == ["saved", "found"]
    number = versions[1]["number"]
    assert client.get(f"/api/author/version/{number}/{PATH}").get_json() == {"text": text}
    assert client.get(f"/api/author/version/{number}/other.md").status_code == 404
    assert client.get("/api/author/versions/other.md").get_json() == {"versions": []}


def test_two_texts_are_compared(client: FlaskClient):
    """Any two: versions, what is on disk, what is in the editor."""
    body = {"before": "one\ntwo\n", "after": "one\nthree\n"}
    rows = client.post("/api/author/compare", json=body, headers=OWN).get_json()["rows"]
    assert [row["kind"] for row in rows] == ["same", "changed", "same"]
