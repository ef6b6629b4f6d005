"""What the pages load beside their own code: it is what it should be, and small enough."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from server.audio.ffmpeg import PCM_FLOAT, Ffmpeg
from server.audio.sounds import ROOM_TONE_DB, room_tone
from server.units import SAMPLE_RATE_HZ

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "server/web/static"
VENDOR = STATIC / "vendor"


def test_hls_is_the_published_one():
    """Its bytes are those that the README beside it names, in the version that make fetches."""
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")
    digest = hashlib.sha256((VENDOR / "hls.light.min.mjs").read_bytes()).hexdigest()
    assert f"`{digest}`" in readme
    version = re.search(r"^HLS := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert version
    assert f"hls.js {version[1]} " in readme
    assert "Apache License" in (VENDOR / "hls.LICENSE").read_text(encoding="utf-8")


def test_hls_wants_nothing_that_the_policy_forbids():
    """It makes no code out of text, and has what our page changes in it by name."""
    source = (VENDOR / "hls.light.min.mjs").read_text(encoding="utf-8")
    assert "eval(" not in source
    assert "new Function" not in source
    assert "synchronizeToLiveEdge(" in source


def test_the_editor_is_the_one_that_was_bundled():
    """Its bytes are those that the README names, made of the versions that it names."""
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")
    digest = hashlib.sha256((VENDOR / "codemirror.min.mjs").read_bytes()).hexdigest()
    assert f"`{digest}`" in readme
    licences = (VENDOR / "codemirror.LICENSES").read_text(encoding="utf-8")
    lock = json.loads((ROOT / "server/web/editor/package-lock.json").read_text())
    used = {
        path.removeprefix("node_modules/"): package
        for path, package in lock["packages"].items()
        if path and not package.get("dev")
    }
    assert len(used) > 5
    for name, package in used.items():
        assert f"{name} {package['version']}" in readme
        assert package["license"] == "MIT"
        assert f"{name}\n\nMIT License" in licences or f"{name}\n\nCopyright" in licences
    assert "resolved" not in lock["packages"]["node_modules/style-mod"]


def test_the_editor_wants_nothing_that_the_policy_forbids():
    """It makes no code out of text, and can put its styles where no policy forbids them."""
    source = (VENDOR / "codemirror.min.mjs").read_text(encoding="utf-8")
    assert "eval(" not in source
    assert "new Function" not in source
    assert "adoptedStyleSheets" in source


def test_the_room_tone_is_the_one_under_every_practice():
    """As loud, as long, and small enough to be there at once."""
    path = STATIC / "room-tone.mp3"
    assert path.stat().st_size < 150_000
    with Ffmpeg("-i", str(path), *PCM_FLOAT, "pipe:1", deadline_seconds=30) as ffmpeg:
        sound = np.frombuffer(b"".join(ffmpeg.read_blocks()), dtype="<f4")
        ffmpeg.finish()
    assert len(sound) / SAMPLE_RATE_HZ == pytest.approx(len(room_tone()) / SAMPLE_RATE_HZ, abs=0.06)
    level_db = 20 * np.log10(np.sqrt(np.mean(sound**2)))
    assert level_db == pytest.approx(ROOM_TONE_DB, abs=1)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("room-tone.mp3", "audio/mpeg"),
        ("vendor/hls.light.min.mjs", "text/javascript; charset=utf-8"),
        ("vendor/codemirror.min.mjs", "text/javascript; charset=utf-8"),
    ],
)
def test_they_are_served_with_types_that_browsers_take(
    client: FlaskClient, name: str, content_type: str
):
    """A module of another type would not be run, since types are not guessed."""
    with client.get(f"/static/{name}") as answer:
        assert (answer.status_code, answer.content_type) == (200, content_type)


def test_text_is_packed_for_whoever_takes_that(client: FlaskClient):
    """A third of the bytes are sent; unpacked it is the file; each form has a tag of its own."""
    address, whole = "/static/vendor/hls.light.min.mjs", (VENDOR / "hls.light.min.mjs").read_bytes()
    asked = {"Accept-Encoding": "br, gzip"}
    with client.get(address, headers=asked) as packed, client.get(address) as plain:
        assert (packed.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == (
            "gzip",
            None,
        )
        assert gzip.decompress(packed.data) == plain.data == whole
        assert packed.content_length == len(packed.data) < 0.34 * len(whole)
        assert packed.content_type == plain.content_type
        assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
        tags = [packed.headers["ETag"], plain.headers["ETag"]]
    assert tags[0] != tags[1]
    for tag, headers in zip(tags, (asked, {}), strict=True):
        with client.get(address, headers={**headers, "If-None-Match": tag}) as again:
            assert (again.status_code, again.data) == (304, b"")
    with client.get(address, headers={"Accept-Encoding": "gzip;q=0"}) as refused:
        assert refused.data == whole


def test_what_is_small_already_is_sent_as_it_is(client: FlaskClient):
    """Sound, of which a part may be asked for; and what is not there is no error of ours."""
    asked = {"Accept-Encoding": "gzip", "Range": "bytes=0-9"}
    with client.get("/static/room-tone.mp3", headers=asked) as part:
        assert (part.status_code, len(part.data)) == (206, 10)
        assert "Content-Encoding" not in part.headers
    for path in ("js/none.js", "../app.py", "js/"):
        assert client.get(f"/static/{path}", headers=asked).status_code == 404


def test_a_file_that_has_changed_is_packed_anew(app, client: FlaskClient, tmp_path: Path):
    """Its tag tells."""
    app.static_folder = str(tmp_path)
    asked = {"Accept-Encoding": "gzip"}
    for text in ("one", "the other"):
        (tmp_path / "a.js").write_text(text)
        assert gzip.decompress(client.get("/static/a.js", headers=asked).data) == text.encode()
