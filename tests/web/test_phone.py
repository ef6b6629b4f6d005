"""The app: its manifest, its icons, its service worker, and what it can be told to keep."""

import hashlib
import json
import posixpath
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.web.conftest import SCRIPT

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "server/web/static"
BUNDLE = STATIC / "vendor/service-worker.min.js"


def shell_of(client: FlaskClient) -> dict[str, str]:
    """What the service worker fetches when it comes: addresses, each with its mark."""
    text = client.get("/sw.js").text
    entries = json.loads(text.partition("self.SHELL = ")[2].partition(";\n")[0])
    return {entry["url"]: entry["revision"] for entry in entries}


def test_the_manifest_says_what_a_home_screen_needs(client: FlaskClient):
    """A name, where it begins, and icons that are what it says of them."""
    answer = client.get("/manifest.webmanifest")
    assert answer.content_type == "application/manifest+json"
    assert answer.headers["Cache-Control"] == "no-cache"
    manifest = json.loads(answer.data)
    assert (manifest["name"], manifest["start_url"], manifest["scope"]) == ("Stepback", "/", "/")
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as picture:
            assert picture.content_type == icon["type"] == "image/png"
        with Image.open(STATIC / icon["src"].removeprefix("/static/")) as image:
            assert "x".join(map(str, image.size)) == icon["sizes"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for shortcut in manifest["shortcuts"]:
        assert client.get(shortcut["url"]).status_code == 200
    assert 'rel="manifest" href="/manifest.webmanifest"' in client.get("/").text


def test_the_manifest_speaks_the_language_of_the_browser(client: FlaskClient):
    """And says that it does."""
    answer = client.get("/manifest.webmanifest", headers={"Accept-Language": "de"})
    assert json.loads(answer.data)["lang"] == "de"
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("name", ["icon-maskable-192.png", "icon-maskable-512.png", "icon-180.png"])
def test_what_a_phone_cuts_away_of_an_icon_is_paper(name: str):
    """Its corners are not transparent, and the rings keep a tenth of its width away from them."""
    with Image.open(STATIC / "icons" / name) as image:
        pixels, edge = image.convert("RGBA"), image.size[0] - 1
    paper = (0xFA, 0xF6, 0xEE, 255)
    for place in ((0, 0), (edge, 0), (0, edge), (edge, edge), (edge // 2, edge // 12)):
        assert pixels.getpixel(place) == paper
    assert pixels.getpixel((edge // 2, edge * 6 // 10)) != paper


def test_the_worker_is_asked_for_each_time_and_sent_only_when_it_changed(client: FlaskClient):
    """At the root, since a worker reaches no further than its own folder."""
    first = client.get("/sw.js")
    assert first.content_type == "text/javascript; charset=utf-8"
    assert first.headers["Cache-Control"] == "no-cache"
    assert BUNDLE.read_text(encoding="utf-8") in first.text
    again = client.get("/sw.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_another_language_is_another_worker(client: FlaskClient):
    """So the page for a time without a network is fetched anew, in the language that was chosen."""
    english, german = (
        client.get("/sw.js", headers={"Accept-Language": tag}).text for tag in ("en", "de")
    )
    assert english != german
    assert shell_of(client)["/offline"] in english


IMPORT = re.compile(r'(?:import|from)\s+"(\./[^"]+|\.\./[^"]+)"')


def parts_of(page: str) -> set[str]:
    """The styles, scripts and pictures that a page asks for, and the modules that those import."""
    found = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css|svg))"', page))
    todo = [path for path in found if path.endswith(".js")]
    while todo:
        module = todo.pop()
        text = (STATIC / module.removeprefix("/static/")).read_text(encoding="utf-8")
        for name in IMPORT.findall(text):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(module), name))
            if path not in found:
                found.add(path)
                todo.append(path)
    return found


@pytest.mark.parametrize("path", ["/practices/soft-ground", "/offline", "/worksheets/mine"])
def test_all_that_a_kept_page_is_made_of_is_on_the_device(client: FlaskClient, path: str):
    """Nothing is missing without a network; what only other pages want is left out."""
    shell, parts = shell_of(client), parts_of(client.get(path).text)
    assert len(parts) > 10
    assert parts <= set(shell)
    assert not any("/author/" in url or "/vendor/" in url for url in shell)
    for url, revision in shell.items():
        with client.get(url) as answer:
            assert answer.status_code == 200
            assert hashlib.sha256(answer.data).hexdigest()[:16] == revision


def test_nothing_of_a_listener_is_in_the_worker(client: FlaskClient, order: Callable[..., str]):
    """It is the same for everybody who reads the same language: no page of theirs, no sound."""
    order(place="the old mill")
    assert shell_of(client) == shell_of(client.application.test_client())
    assert not [url for url in shell_of(client) if not url.startswith(("/static/", "/offline"))]


def test_the_worker_is_the_one_that_was_bundled():
    """Its bytes are those that the README names, made of these sources and these versions."""
    readme = (STATIC / "vendor/README.md").read_text(encoding="utf-8")
    assert f"`{hashlib.sha256(BUNDLE.read_bytes()).hexdigest()}`" in readme
    folder = ROOT / "server/web/pwa"
    sources = [(folder / name).read_bytes() for name in ("service-worker.js", "package-lock.json")]
    made_of = hashlib.sha256(b"".join(sources)).hexdigest()
    assert BUNDLE.read_text(encoding="utf-8").startswith(f"/* made of {made_of} */"), "make pwa"
    lock = json.loads((folder / "package-lock.json").read_text())
    licences = (STATIC / "vendor/workbox.LICENSES").read_text(encoding="utf-8")
    used = {
        path.removeprefix("node_modules/"): package
        for path, package in lock["packages"].items()
        if path and not package.get("dev")
    }
    assert len(used) >= 6
    for name, package in used.items():
        assert f"{name} {package['version']}" in readme
        assert package["license"] == "MIT"
        assert f"{name}\n\nCopyright" in licences
    assert "resolved" not in lock["packages"]["node_modules/workbox-core"]


def test_worker_and_page_look_for_kept_practices_in_the_same_place():
    """They share no module, since one is bundled and the other is not."""
    names = [
        re.search(r'^const KEPT = "([^"]+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
        for path in (ROOT / "server/web/pwa/service-worker.js", STATIC / "js/kept.js")
    ]
    assert None not in names
    assert len({found and found[1] for found in names}) == 1


def test_pages_are_asked_for_each_time(client: FlaskClient):
    """No cache between us and a phone, nor the phone's own, may give an old one unasked."""
    for path in ("/", "/practices/soft-ground", "/offline", "/about"):
        assert client.get(path).headers["Cache-Control"] == "no-cache", path
    assert client.get("/my-practice").headers["Cache-Control"] == "no-store"


def test_there_is_nothing_to_keep_by_itself_in_a_house_without_it(client: FlaskClient):
    """An app asks, and is told so without a refusal."""
    answer = client.get("/api/offline-practice")
    assert answer.get_json() == {"practice": None, "render": None}


def test_stepping_back_is_kept_as_it_is_published(client: FlaskClient, house):
    """Nothing before it was recorded, then the recording at its usual length."""
    text = SCRIPT.replace("soft-ground", "stepping-back").replace("Soft ground", "Stepping back")
    (house.settings.scripts_path / "stepping-back.md").write_text(text, encoding="utf-8")
    told = client.get("/api/offline-practice").get_json()
    assert (told["practice"]["title"], told["render"]) == ("Stepping back", None)
    body = {"practice": "stepping-back", "minutes": 2}
    key = client.post("/api/renders", json=body).get_json()["key"]
    house.publish(key)
    told = client.get("/api/offline-practice").get_json()
    assert told["render"]["audio"]["mp3"] == f"/audio/{key}.mp3"
    assert client.get(told["practice"]["cover"]).content_type == "image/jpeg"
