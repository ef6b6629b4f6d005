"""The door of `./run --demo`: signs anybody in as whom they choose, and says so on every page.

No other application has these routes: `create_demo_app()` adds them, and `stepback demo` alone
calls that, for a folder of sample data that it has just made.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Flask, Response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.errors import CaseNotFound
from server.render.sample import Cast
from server.store.care import add_sign_in
from server.web.access import open_to_anybody
from server.web.browser import browser_words
from server.web.device import COOKIE, keep_device
from server.web.people import SIGN_IN
from server.web.rooms import get_rooms

START = "/demo"
"""The page on which it begins."""

FEEDS = frozenset(
    ("feed", "feed_audio", "private_feed", "subscribe", "podcast", "case_podcast"),
)
"""The blueprints that the demo does without: an app would keep addresses that are gone."""


def install_demo(app: Flask, people: Cast) -> None:
    """Add the way in as one of these people, mark every page, and turn the feeds off."""
    app.jinja_env.globals["is_demo"] = True
    app.register_blueprint(_make_demo(people))
    open_to_anybody(app, "demo.start", "demo.enter")


def _make_demo(people: Cast) -> Blueprint:
    demo = Blueprint("demo", __name__, url_prefix=START)
    therapists = {"ada": people.ada, "bo": people.bo}
    clients = {name: people.devices[getattr(people, name)] for name in ("ines", "jo")}

    @demo.get("")
    def start() -> str:
        return render_template("demo/start.html", here="/")

    @demo.post("/<who>")
    def enter(who: str) -> ResponseReturnValue:
        """Be this person from now on, in this browser, and nobody else."""
        session.clear()
        if who in therapists:
            _sign_in(therapists[who])
            return _lead_to("/room")
        if who in clients:
            return _lead_to("/from-my-therapist", device=clients[who])
        if who == "visitor":
            return _lead_to("/")
        raise CaseNotFound

    demo.before_app_request(_refuse_feeds)
    return demo


def _sign_in(therapist_id: str) -> None:
    with get_rooms().database.writing() as db:
        session[SIGN_IN] = add_sign_in(db, therapist_id, browser_words(request), datetime.now(UTC))


def _lead_to(path: str, device: str = "") -> Response:
    answer = cast(Response, redirect(path, 303))
    if device:
        keep_device(answer, device, is_https=False)
    else:
        answer.delete_cookie(COOKIE)
    return answer


def _refuse_feeds() -> ResponseReturnValue | None:
    if request.blueprint not in FEEDS:
        return None
    told = {
        "title": gettext("The demo has no feeds"),
        "message": gettext(
            "An app would keep addresses that are gone when the demo stops. In a house of your"
            " own, every practice can be heard in a podcast app."
        ),
        "link_url": START,
        "link_text": gettext("Back to the beginning of the demo"),
    }
    return render_template("error.html", here="/", **told), 404
