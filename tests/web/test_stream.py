"""A practice that can be heard while it is made: what is served of it, to whom, and how."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.store import Database, cancel_render, claim_render, release_render
from tests.growing import Encoded, Growing, encode

IMMUTABLE = "max-age=31536000, immutable"
FOREVER = {"public": f"public, {IMMUTABLE}", "private": f"private, {IMMUTABLE}"}


@pytest.fixture(scope="session")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Encoded:
    """Some eight seconds of real sound in five pieces."""
    made = encode(tmp_path_factory.mktemp("encoded"), 7.9)
    assert len(made.pieces) == 5
    return made


@pytest.fixture
def begin(house, encoded: Encoded, order: Callable[..., str]) -> Callable[..., Growing]:
    """Order a render and let a worker claim it; nothing of it can be heard yet."""

    def claim(**words: str) -> Growing:
        key = order(**words)
        with house.database.writing() as db:
            assert claim_render(db, key, "here:1:test", datetime.now(UTC)) is not None
        return Growing(shelf=house.shelf, key=key, encoded=encoded)

    return claim


@pytest.fixture
def growing(begin: Callable[..., Growing]) -> Growing:
    """A public render with two of its five pieces."""
    made = begin()
    made.grow(2)
    return made


def test_an_order_tells_where_to_listen_from_the_first_piece_on(
    client: FlaskClient, begin: Callable[..., Growing]
):
    """`stream` is null until a piece is listed, and says then how much can be heard."""
    growing = begin()
    address = f"/api/renders/{growing.key}"
    before = client.get(address).get_json()
    assert (before["stream"], before["streamed_seconds"]) == (None, 0)
    growing.put("playlist.m3u8", growing.playlist())
    assert client.get(address).get_json()["stream"] is None
    growing.grow()
    playlist = f"/audio/{growing.key}/playlist.m3u8"
    first = client.get(address).get_json()["stream"]
    assert first == {"playlist": playlist, "captions": None, "chapters": None}
    growing.put("captions.vtt", "WEBVTT\n")
    growing.put("chapters.json", "{}")
    after = client.get(address).get_json()
    assert after["state"] == "running"
    assert after["streamed_seconds"] == 1.6
    assert after["stream"] == {
        "playlist": playlist,
        "captions": f"/audio/{growing.key}/captions.vtt",
        "chapters": f"/audio/{growing.key}/chapters.json",
    }
    growing.grow()
    assert client.get(address).get_json()["streamed_seconds"] == 3.2


def test_a_render_that_begins_anew_does_not_show_what_an_earlier_one_left(
    client: FlaskClient, house, growing: Growing
):
    """While it waits for a worker, or was stopped, no stream is offered."""
    with house.database.writing() as db:
        cancel_render(db, growing.key, datetime.now(UTC))
    assert client.get(f"/api/renders/{growing.key}").get_json()["stream"] is None
    again = client.post("/api/renders", json={"practice": "soft-ground", "minutes": 2})
    assert (again.get_json()["state"], again.get_json()["stream"]) == ("queued", None)


def test_the_playlist_grows_and_is_asked_for_each_time(client: FlaskClient, growing: Growing):
    """It has its type, no cache keeps it unasked, and its tag changes with its content."""
    path = f"/audio/{growing.key}/playlist.m3u8"
    first = client.get(path)
    assert first.content_type == "application/vnd.apple.mpegurl"
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.text.count("#EXTINF") == 2
    assert "Last-Modified" not in first.headers
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    growing.grow(3)
    second = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.text.count("#EXTINF") == 5
    assert second.text.endswith("#EXT-X-ENDLIST\n")
    assert second.headers["ETag"] != first.headers["ETag"]


def test_every_address_in_the_playlist_leads_to_the_piece(client: FlaskClient, growing: Growing):
    """What the playlist names, relative to itself, is served as it was made, for good."""
    growing.grow(3)
    folder = f"/audio/{growing.key}"
    rows = client.get(f"{folder}/playlist.m3u8").text.splitlines()
    assert [row for row in rows if row.endswith(".m4s")] == [
        growing.piece_name(n) for n in range(5)
    ]
    wholes = [growing.encoded.init, *(piece.content for piece in growing.encoded.pieces)]
    for number, whole in zip(range(-1, 5), wholes, strict=True):
        answer = client.get(f"{folder}/{growing.piece_name(number)}")
        assert (answer.status_code, answer.data) == (200, whole)
        assert answer.content_type == "audio/mp4"
        assert answer.headers["Cache-Control"] == FOREVER["public"]
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["ETag"].strip('"') in growing.piece_name(number)


RANGES = [
    ({"Range": "bytes=0-1"}, 206, (0, 2)),
    ({"Range": "bytes=-5"}, 206, (-5, None)),
    ({"Range": "bytes=10-"}, 206, (10, None)),
    ({"Range": "bytes=0-1,5-6"}, 200, (0, None)),
    ({"Range": "bytes=9999999-"}, 416, None),
    ({"Range": "bytes=0-1", "If-Range": "ETAG"}, 206, (0, 2)),
    ({"Range": "bytes=0-1", "If-Range": '"x"'}, 200, (0, None)),
    ({"If-None-Match": "ETAG"}, 304, None),
    ({"If-None-Match": "ETAG", "Range": "bytes=0-1"}, 304, None),
    ({"If-Match": '"x"'}, 412, None),
]


@pytest.mark.parametrize(("headers", "status", "part"), RANGES)
@pytest.mark.parametrize("number", [None, -1, 0], ids=["playlist", "init", "piece"])
def test_ranges_and_conditions(
    client: FlaskClient,
    growing: Growing,
    number: int | None,
    headers: dict[str, str],
    status: int,
    part: tuple[int, int | None] | None,
):
    """By RFC 9110, for what grows and for what does not."""
    name = "playlist.m3u8" if number is None else growing.piece_name(number)
    path = f"/audio/{growing.key}/{name}"
    whole = client.get(path)
    headers = {k: v.replace("ETAG", whole.headers["ETag"]) for k, v in headers.items()}
    answer = client.get(path, headers=headers)
    assert answer.status_code == status
    if part is not None:
        wanted = whole.data[slice(*part)]
        assert answer.data == wanted
        assert answer.headers["Content-Length"] == str(len(wanted))
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{len(whole.data)}")
    if status in (412, 416):
        assert answer.content_type == "application/problem+json"
    head = client.head(path)
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(whole.data)))


LATER, EARLIER = "Mon, 01 Jan 2100 00:00:00 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Modified-Since": LATER},
        {"If-Unmodified-Since": EARLIER},
        {"If-Range": LATER, "Range": "bytes=0-1"},
    ],
)
def test_what_grows_has_no_time_that_could_deceive(
    client: FlaskClient, growing: Growing, headers: dict[str, str]
):
    """It may change twice within a second, so a moment proves nothing about it."""
    answer = client.get(f"/audio/{growing.key}/playlist.m3u8", headers=headers)
    assert (answer.status_code, answer.text) == (200, growing.playlist())


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("captions.vtt", "WEBVTT\n", "text/vtt; charset=utf-8"),
        ("chapters.json", '{"version": "1.2.0", "chapters": []}', "application/json+chapters"),
    ],
)
def test_words_and_chapters_grow_as_well(
    client: FlaskClient, growing: Growing, name: str, content: str, content_type: str
):
    """They are not there at first, then with their type, then changed."""
    path = f"/audio/{growing.key}/{name}"
    assert client.get(path).status_code == 404
    growing.put(name, content)
    answer = client.get(path)
    assert (answer.text, answer.content_type) == (content, content_type)
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    growing.put(name, content + " ")
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("damage", ["shorter", "longer", "empty", "flipped", "gone"])
def test_a_piece_whose_bytes_do_not_fit_its_name_is_never_served(
    client: FlaskClient,
    growing: Growing,
    damage: str,
    is_known: bool,
    caplog: pytest.LogCaptureFixture,
):
    """It is 404, and all but a file that is gone leave a line in the log."""
    address = f"/audio/{growing.key}/{growing.piece_name(0)}"
    if is_known:
        assert client.get(address).status_code == 200
    path = growing.shelf.stream_folder(growing.key) / growing.piece_name(0)
    content = path.read_bytes()
    changed = {
        "shorter": content[:-1],
        "longer": content + b"x",
        "empty": b"",
        "flipped": content[:99] + bytes([content[99] ^ 1]) + content[100:],
    }
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(changed[damage])
    with caplog.at_level(logging.WARNING):
        answer = client.get(address, headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert (path.name in caplog.text) == (damage != "gone")
    path.write_bytes(content)
    assert client.get(address).data == content


@pytest.mark.parametrize(
    "name",
    [
        "",
        "playlist.m3u",
        "PLAYLIST.M3U8",
        "secret.txt",
        "..%2Fsecret.txt",
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%5csecret.txt",
        "00000-" + "0" * 32 + ".mp4",
        "0000-" + "0" * 32 + ".m4s",
        "00000-" + "0" * 31 + ".m4s",
        "00000-" + "A" * 32 + ".m4s",
        "00000-" + "0" * 32 + ".m4s%00",
        "00000-" + "0" * 32 + ".m4s%0a",
        "00000-" + "0" * 32 + ".m4s/../secret.txt",
        "init-" + "0" * 32 + ".m4s",
        "init-" + "0" * 32 + ".mp4",
    ],
)
def test_no_other_file_is_reached(client: FlaskClient, growing: Growing, name: str):
    """Neither one that lies beside the pieces, nor one above them."""
    folder = growing.shelf.stream_folder(growing.key)
    for place in (folder, folder.parent):
        (place / "secret.txt").write_text("hidden")
    answer = client.get(f"/audio/{growing.key}/{name}")
    assert answer.status_code == 404
    assert b"hidden" not in answer.data


def test_a_private_stream_answers_its_device_alone(
    app: APIFlask, client: FlaskClient, begin: Callable[..., Growing]
):
    """No other device and no shared cache gets any of it; the order itself neither."""
    growing = begin(place="the kitchen")
    growing.grow()
    growing.put("captions.vtt", "WEBVTT\n")
    stranger = app.test_client()
    stranger.set_cookie("stepback_device", "A" * 43)
    assert stranger.get(f"/api/renders/{growing.key}").status_code == 404
    for name in ("playlist.m3u8", "captions.vtt", growing.piece_name(-1), growing.piece_name(0)):
        path = f"/audio/{growing.key}/{name}"
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].startswith("private, ")
        assert answer.headers["X-Robots-Tag"] == "noindex"
        for other in (stranger, app.test_client()):
            assert other.get(path).status_code == 404
            assert other.get(path, headers={"If-None-Match": "*"}).status_code == 404


def test_forgetting_acts_at_once(client: FlaskClient, begin: Callable[..., Growing]):
    """Also on what a worker, which has not noticed yet, puts there afterwards."""
    growing = begin(place="the kitchen")
    growing.grow()
    paths = [f"/audio/{growing.key}/{n}" for n in ("playlist.m3u8", growing.piece_name(0))]
    assert [client.get(path).status_code for path in paths] == [200, 200]
    assert client.delete(f"/api/renders/{growing.key}").status_code == 204
    assert [client.get(path).status_code for path in paths] == [404, 404]
    growing.grow()
    assert [client.get(path).status_code for path in paths] == [404, 404]


def test_a_public_stream_is_looked_up_once(
    client: FlaskClient, growing: Growing, monkeypatch: pytest.MonkeyPatch
):
    """Frequent questions for the playlist cost no look into the database."""
    assert client.get(f"/audio/{growing.key}/playlist.m3u8").status_code == 200
    monkeypatch.setattr(Database, "reading", lambda self: pytest.fail("looked again"))
    growing.grow()
    assert client.get(f"/audio/{growing.key}/playlist.m3u8").text == growing.playlist()
    assert client.get(f"/audio/{growing.key}/{growing.piece_name(0)}").status_code == 200


def test_what_is_finished_stays_where_it_was(client: FlaskClient, house, growing: Growing):
    """The address that was played while it grew plays the finished practice too."""
    growing.grow(3)
    with house.database.writing() as db:
        release_render(db, growing.key, "here:1:test", datetime.now(UTC))
    house.publish(growing.key)
    answer = client.get(f"/api/renders/{growing.key}").get_json()
    assert (answer["state"], answer["streamed_seconds"]) == ("done", growing.seconds)
    assert client.get(answer["stream"]["playlist"]).text.endswith("#EXT-X-ENDLIST\n")
    assert client.get(answer["audio"]["mp3"]).status_code == 200


def test_a_render_nobody_ordered_has_no_stream(client: FlaskClient, house, encoded: Encoded):
    """Files without a row are nobody's to hear."""
    stray = Growing(shelf=house.shelf, key="a" * 64, encoded=encoded)
    stray.grow()
    assert client.get(f"/audio/{stray.key}/playlist.m3u8").status_code == 404
    assert client.get(f"/audio/{stray.key}/{stray.piece_name(0)}").status_code == 404


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that remembers two pieces."""
    monkeypatch.setattr("server.web.stream.MOST_KNOWN", 2)


@pytest.mark.usefixtures("forgetful")
def test_no_more_than_a_bound_is_remembered(client: FlaskClient, growing: Growing):
    """The longest unasked piece is forgotten first, and served again all the same."""
    growing.grow(3)
    for number in (0, 1, 2, 3, 4, 0):
        assert client.get(f"/audio/{growing.key}/{growing.piece_name(number)}").status_code == 200
