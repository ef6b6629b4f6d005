"""A phone's app: its manifest, its service worker, and the page of what is kept on the device."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from apiflask import APIBlueprint
from flask import Blueprint, Response, current_app, render_template, url_for
from flask_babel import gettext

from server.errors import PracticeNotFound
from server.store import find_default_render
from server.web.answers import answer_conditionally
from server.web.covers import small_cover_address
from server.web.language import get_phrasebook
from server.web.render_told import render_out
from server.web.rooms import get_rooms
from server.web.schemas import KeepableOut, OfflinePracticeOut

ALWAYS_OFFLINE = "stepping-back"
"""The practice that an installed app keeps by itself, where the house has it."""

WORKER = "vendor/service-worker.min.js"
ICON_SIZES = (192, 512)
PAPER = "#faf6ee"

SHELL_ENDINGS = (".css", ".js", ".svg")
NOT_OFFLINE = ("vendor/", "js/author/", "js/live/", "author.css", "live.css", "print.", "js/print.")
"""What no page without a network asks for: it would only be fetched and lie there."""

phone = Blueprint("phone", __name__)
phone_api = APIBlueprint("phone_api", __name__, url_prefix="/api")


@phone.get("/manifest.webmanifest")
def manifest() -> Response:
    """Tell a browser how the pages are put on a home screen."""
    book = get_phrasebook()
    document = {
        "id": "/",
        "name": get_rooms().settings.title,
        "short_name": get_rooms().settings.title,
        "description": gettext(
            "Guided practices in kindness towards yourself, and towards whatever is in the way"
            " of it. Any of them can be stopped at any moment."
        ),
        "lang": book.language,
        "dir": book.locale.text_direction,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [_icon(size, purpose) for purpose in ("any", "maskable") for size in ICON_SIZES],
        "shortcuts": [
            {"name": gettext("My practice"), "url": "/my-practice"},
            {"name": gettext("Kept on this device"), "url": "/offline"},
        ],
    }
    text = json.dumps(document, ensure_ascii=False)
    response = Response(text, content_type="application/manifest+json")
    return answer_conditionally(response, cache_control="no-cache")


@phone.get("/sw.js")
def service_worker() -> Response:
    """Answer the service worker, with what it fetches for a time without a network.

    A file that has changed makes another worker of it, and so do another language and another
    wording of the page: that is how a browser learns that something is new.
    """
    page = hashlib.sha256(_offline_page().encode()).hexdigest()[:16]
    shell = [*_shell(Path(current_app.static_folder or "")), ("/offline", page)]
    entries = [{"url": url, "revision": revision} for url, revision in shell]
    code = (Path(current_app.static_folder or "") / WORKER).read_text(encoding="utf-8")
    text = f"self.SHELL = {json.dumps(entries)};\n{code}"
    response = Response(text, content_type="text/javascript; charset=utf-8")
    return answer_conditionally(response, cache_control="no-cache")


@phone.get("/offline")
def offline() -> str:
    """Show what is kept on the device; the page's script fills it in."""
    return _offline_page()


@phone_api.get("/offline-practice")
@phone_api.output(OfflinePracticeOut)
@phone_api.doc(summary="What an installed app keeps by itself", operation_id="findOfflinePractice")
def offline_practice() -> OfflinePracticeOut:
    """Tell where *Stepping back* can be had as it is published; nothing while it is not there."""
    rooms = get_rooms()
    try:
        script = rooms.catalogue.get(ALWAYS_OFFLINE).script
    except PracticeNotFound:
        return OfflinePracticeOut(practice=None, render=None)
    with rooms.database.reading() as db:
        row = find_default_render(db, script.slug)
        render = None if row is None else render_out(row)
    cover = small_cover_address(script)
    practice = KeepableOut(
        slug=script.slug, title=script.title, language=script.language, cover=cover
    )
    return OfflinePracticeOut(practice=practice, render=render)


def _offline_page() -> str:
    return render_template("phone/offline.html", here="/offline")


def _icon(size: int, purpose: str) -> dict[str, str]:
    name = f"icon-{size}.png" if purpose == "any" else f"icon-{purpose}-{size}.png"
    address = url_for("static", filename=f"icons/{name}")
    return {"src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@lru_cache(maxsize=1)
def _shell(folder: Path) -> tuple[tuple[str, str], ...]:
    """The files that pages are made of, each with a mark of its content."""
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in SHELL_ENDINGS
    )
    return tuple(
        (f"/static/{name}", hashlib.sha256((folder / name).read_bytes()).hexdigest()[:16])
        for name in names
        if not name.startswith(NOT_OFFLINE)
    )
