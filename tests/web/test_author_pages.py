"""The author's pages: what is listed, what can be opened, and who is told that nothing is there."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from server.app import create_app
from server.store import list_script_versions

OWN = {"Origin": "http://localhost"}
EDIT = "/author/soft-ground.md"
ADDRESSES = (
    *("/author", EDIT, "/author/none.md"),
    *("/api/author/scripts/soft-ground.md", "/api/author/versions/x.md"),
)


@pytest.fixture
def root(house) -> Path:
    """The folder of the scripts."""
    return house.settings.scripts_path


def test_scripts_are_listed_by_folder(client: FlaskClient, root: Path):
    """Practices by their titles, passages and the lexicon by their names."""
    for path in ("ground/too-much.md", "passages/settle.md", "mine/odd.md"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text("Settle down. [3s]\n")
    (root / "lexicon.yaml").write_text("lives: livz\n")
    page = client.get("/author").text
    order = [
        page.index(f">{text}<")
        for text in (
            *("Ground to stand on", "Too much", "Passages that practices share", "Settle"),
            *("For all of them", "Lexicon", "Soft ground", "mine", "Odd"),
        )
    ]
    assert order == sorted(order)
    assert f'href="{EDIT}"' in page
    assert "settle.md" in page


def test_a_script_with_mistakes_is_listed_as_such(client: FlaskClient, root: Path):
    """With how many, and that it is not in the library; a good one has no such line."""
    assert "mistake" not in client.get("/author").text
    broken = (root / "soft-ground.md").read_text().replace("[3s]", "[3x]").replace("[5s]", "[5x]")
    (root / "broken.md").write_text(broken)
    page = client.get("/author").text
    assert "2 mistakes. It is not in the library until that is put right." in page
    (root / "broken.md").write_bytes(b"\xff\xfe")
    assert "1 mistake." in client.get("/author").text
    answer = client.get("/author/broken.md")
    assert (answer.status_code, answer.location) == (302, "/author")


def test_an_empty_house_invites(client: FlaskClient, root: Path):
    """Nobody is shown a list without anything in it."""
    (root / "soft-ground.md").unlink()
    page = client.get("/author").text
    assert "Nothing is here yet" in page
    assert "Begin a new one" in page


def test_opening_a_script_keeps_what_another_hand_wrote(client: FlaskClient, house, root: Path):
    """Each text once, however often it is opened."""
    for text in ("one", "one", "two"):
        (root / "soft-ground.md").write_text(text)
        assert f'"text": "{text}"' in client.get(EDIT).text
    with house.database.reading() as db:
        rows = list_script_versions(db, "soft-ground.md")
    assert [row.origin for row in rows] == ["found", "found"]


def test_a_script_is_safe_inside_the_page(client: FlaskClient, root: Path):
    """No text of a script ends the element that holds it."""
    (root / "soft-ground.md").write_text("</script><script>alert(1)</script>")
    page = client.get(EDIT).text
    assert "<script>alert" not in page
    assert "style=" not in page


def test_the_page_of_a_practice_leads_its_author_to_the_script(client: FlaskClient):
    """And nobody else."""
    link = f'href="{EDIT}"'
    assert link in client.get("/practices/soft-ground").text
    far = {"REMOTE_ADDR": "192.168.1.7"}
    assert link not in client.get("/practices/soft-ground", environ_overrides=far).text


def test_a_practice_leads_to_a_copy_of_itself(client: FlaskClient, root: Path):
    """The list opens with it chosen, its folder too, and the title to be written."""
    (root / "ground").mkdir()
    (root / "soft-ground.md").rename(root / "ground/soft-ground.md")
    (root / "lexicon.yaml").write_text("lives: livz\n")
    page = client.get("/author/ground/soft-ground.md").text
    way = "/author?like=ground/soft-ground.md"
    assert f'<a class="alone" id="copy" href="{way}">Make a copy to change</a>' in page
    chosen = client.get(way).text
    assert '<option value="ground/soft-ground.md" selected>' in chosen
    assert '<option value="ground" selected>' in chosen
    assert " autofocus" in chosen
    for other in ("/author", "/author?like=none.md", "/author?like=%22%3E"):
        plain = client.get(other).text
        assert " selected" not in plain.partition('id="begin"')[2].partition("</form>")[0]
        assert " autofocus" not in plain
    assert 'id="copy"' not in client.get("/author/lexicon.yaml").text


def test_what_is_not_in_the_library_is_copied_by_nobody(client: FlaskClient, root: Path):
    """A text with mistakes is nothing to begin with."""
    broken = (root / "soft-ground.md").read_text().replace("[3s]", "[3x]")
    (root / "soft-ground.md").write_text(broken)
    assert 'id="copy"' not in client.get(EDIT).text
    assert '<option value="soft-ground.md"' not in client.get("/author?like=soft-ground.md").text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("remote", "headers"),
    [
        ("192.168.1.7", {}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Host": "evil.example"}),
        ("127.0.0.1", {"Host": "evil.example:8000"}),
        ("127.0.0.1", {"Host": "sit.example"}),
        ("127.0.0.1", {"Host": "192.168.1.7:8000"}),
        ("127.0.0.1", {"Host": "localhost.evil.example"}),
        ("127.0.0.1", {"Host": "[::1"}),
    ],
)
def test_others_are_told_that_there_is_nothing(
    client: FlaskClient, address: str, remote: str, headers: dict[str, str]
):
    """From elsewhere, through a proxy, or by a name that is not this machine's.

    A page leads to the sign-in, as a therapist's does, and whether there is such a script or not.
    """
    answer = client.get(address, headers=headers, environ_overrides={"REMOTE_ADDR": remote})
    if address.startswith("/api/"):
        assert answer.status_code == 404
    else:
        assert answer.status_code == 302
        assert answer.location == f"/sign-in?next={quote(address, safe='')}"
    assert "Standing, for a while" not in answer.text


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8000", "127.0.0.1:8000", "127.0.1.1", "[::1]:8000", "LOCALHOST.",
     socket.gethostname(), f"{socket.gethostname().partition('.')[0]}.local:8000"],
)  # fmt: skip
def test_the_author_comes_by_any_name_of_this_machine(client: FlaskClient, host: str):
    """Its loopback addresses and its own name."""
    assert client.get("/author", headers={"Host": host}).status_code == 200


def test_behind_an_encrypted_address_being_here_counts_for_nothing(house):
    """A proxy that does not say whom it asks for would open the scripts to everybody."""
    app = create_app(replace(house.settings, public_url="https://sit.example"))
    client = app.test_client()
    answers = [client.get(address).status_code for address in ADDRESSES]
    assert answers == [302, 302, 302, 404, 404]
    app.extensions["stepback"].database.close()


@pytest.mark.parametrize(
    "path", ["none.md", "../soft-ground.md", "..%2fdata%2fsecret.key", "%2fetc%2fpasswd", "a//b.md"]
)
def test_no_address_leads_out_of_the_folder(client: FlaskClient, path: str):
    """What is not among the scripts is not there."""
    answer = client.get(f"/author/{path}", follow_redirects=True)
    assert answer.status_code == 404
