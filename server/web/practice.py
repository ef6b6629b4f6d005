"""The page of one practice: what it is, how long, the listener's words, and its score."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from server.errors import TooShort
from server.script import Script
from server.store import list_published
from server.web.feed import cover_version
from server.web.rooms import get_rooms
from server.web.score import draw_score

BED_NAMES = {
    "rain": "Rain",
    "stream": "A stream",
    "wind": "Wind",
    "drone": "A low tone",
    "brown": "Brown noise",
}
"""The beds of our own making, as a listener reads them."""

practice = Blueprint("practice", __name__, url_prefix="/practices")


@practice.get("/<slug:slug>")
def show(slug: str) -> str:
    """Show a practice at the length asked for, or at its default length."""
    script = get_rooms().catalogue.get(slug).script
    minutes = _chosen_minutes(script)
    return render_template(
        "practice/show.html",
        practice=script,
        minutes=minutes,
        score=_score(script, minutes),
        stages=[stage.title for stage in script.stages],
        beds=[(name, text, text.lower()) for name, text in BED_NAMES.items()],
        data=_data(script, minutes),
    )


@practice.get("/<slug:slug>/score.svg")
def score(slug: str) -> Response:
    """Draw the score at the length asked for."""
    script = get_rooms().catalogue.get(slug).script
    drawing = draw_score(get_rooms().workshop.preview(script, _chosen_minutes(script), {}))
    return Response(str(drawing), content_type="image/svg+xml; charset=utf-8")


def _chosen_minutes(script: Script) -> int:
    minutes = request.args.get("minutes", default=script.default_minutes, type=int)
    return minutes if minutes in script.minutes else script.default_minutes


def _score(script: Script, minutes: int) -> Markup:
    """Draw the score; a practice that cannot be this short has none, and says so when ordered."""
    try:
        return draw_score(get_rooms().workshop.preview(script, minutes, {}))
    except TooShort:
        return Markup()


def _ready_url(slug: str) -> str | None:
    """Where the practice can be heard already, for browsers without JavaScript."""
    with get_rooms().database.reading() as db:
        keys = [item.render.key for item in list_published(db) if item.practice.slug == slug]
    return url_for("audio.show", key=keys[0], kind="mp3") if keys else None


def _data(script: Script, minutes: int) -> dict[str, object]:
    """What the page and its script know of the practice."""
    return {
        "ready": _ready_url(script.slug),
        "slug": script.slug,
        "title": script.title,
        "minutes": list(script.minutes),
        "chosen": minutes,
        "words": [
            {"name": w.name, "ask": w.ask, "default": w.default, "longest": w.longest}
            for w in script.words
        ],
        "stages": [stage.title for stage in script.stages],
        "cover": url_for(
            "feed.cover", slug=script.slug, v=cover_version(script.title, script.track)
        ),
    }
