"""Subscribing: the pages of the public feeds, and the test of whether an app has fetched one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.errors import NotFound
from server.render import LIBRARY, course_feed, feed_path, find_voice_trouble, track_feed
from server.script import TRACKS, Script
from server.store import list_announceable
from server.web.addresses import is_id
from server.web.answers import answer_json
from server.web.app_links import app_links
from server.web.feed_watching import begin_watch, read_watch
from server.web.guide_book import find_course
from server.web.library import HEADINGS
from server.web.qr import qr_picture
from server.web.rooms import get_rooms

subscribe = Blueprint("subscribe", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A telling that a feed brings."""

    slug: str
    title: str
    minutes: int
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A feed that can be subscribed to."""

    name: str
    """Its name in the house."""
    title: str
    page_path: str
    back_path: str
    back_title: str
    """Where one comes from; empty for the library."""
    coming: tuple[Coming, ...]
    is_ordered: bool = False
    """True where it is meant to be heard in this order."""


@subscribe.get("/subscribe")
def show_library() -> ResponseReturnValue:
    """Offer the feed of the whole library."""
    return _show(_of_library())


@subscribe.get("/subscribe/tracks/<slug:slug>")
def show_track(slug: str) -> ResponseReturnValue:
    """Offer the feed of a track."""
    return _show(_of_track(slug))


@subscribe.get("/subscribe/courses/<slug:slug>")
def show_course(slug: str) -> ResponseReturnValue:
    """Offer the feed of a course."""
    return _show(_of_course(slug))


@subscribe.post("/subscribe/tests")
def begin_test() -> ResponseReturnValue:
    """Begin to look out for an app that fetches a feed, and lead back to the feed's page."""
    offer = find_offer(request.form.get("feed", ""))
    watch = begin_watch(offer.name)
    return redirect(f"{offer.page_path}?test={watch.id}", 303)


@subscribe.get("/subscribe/tests/<sitting:watch_id>")
def show_test(watch_id: str) -> Response:
    """Say when a fetch was seen: `fetched_at` in UTC, or null."""
    watch = read_watch(watch_id)
    seen = watch.fetched_at.isoformat() if watch.fetched_at else None
    answer = answer_json({"fetched_at": seen, "is_over": watch.is_over})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def find_offer(name: str) -> Offer:
    """The feed of a name: `public`, `track:<slug>` or `course:<slug>`. Raises NotFound."""
    kind, _, slug = name.partition(":")
    if name == LIBRARY:
        return _of_library()
    if kind == "track":
        return _of_track(slug)
    if kind == "course":
        return _of_course(slug)
    raise NotFound


def _of_library() -> Offer:
    settings = get_rooms().settings
    return Offer(
        name=LIBRARY,
        title=settings.title,
        page_path=url_for("subscribe.show_library"),
        back_path=url_for("library.index"),
        back_title=gettext("Practices"),
        coming=tuple(map(_usual, _spoken())),
    )


def _of_track(track: str) -> Offer:
    coming = tuple(_usual(script) for script in _spoken() if script.track == track)
    if track not in TRACKS or not coming:
        raise NotFound
    return Offer(
        name=track_feed(track),
        title=str(HEADINGS[track]),
        page_path=url_for("subscribe.show_track", slug=track),
        back_path=f"{url_for('library.index')}#shelf-{track}",
        back_title=gettext("Practices"),
        coming=coming,
    )


def _of_course(slug: str) -> Offer:
    course = find_course(slug)
    if course is None:
        raise NotFound
    scripts = {script.slug: script for script in _spoken()}
    return Offer(
        name=course_feed(slug),
        title=course.title,
        page_path=url_for("subscribe.show_course", slug=slug),
        back_path=url_for("guides.show_course", slug=slug),
        back_title=course.title,
        coming=tuple(
            _coming(scripts[lead.practice], lead.minutes)
            for lead in course.sittings
            if lead.practice in scripts
        ),
        is_ordered=True,
    )


def _spoken() -> list[Script]:
    """The practices that a voice of the house can speak, in the order of the library."""
    settings, scripts = get_rooms().settings, get_rooms().catalogue.scripts()
    return [script for script in scripts if find_voice_trouble(settings, script) is None]


def _usual(script: Script) -> Coming:
    return _coming(script, script.default_minutes)


def _coming(script: Script, minutes: int) -> Coming:
    return Coming(
        slug=script.slug,
        title=script.title,
        minutes=minutes or script.default_minutes,
        language=script.language,
    )


def _show(offer: Offer) -> ResponseReturnValue:
    settings = get_rooms().settings
    with get_rooms().database.reading() as db:
        recordings = list_announceable(db)
    # A course's sitting is there at the course's own length, any other at the practice's usual one.
    there = {
        (each.slug, offer.is_ordered and each.minutes)
        for each in recordings
        if each.is_default or offer.is_ordered
    }
    watch = read_watch(request.args["test"]) if is_id(request.args.get("test", "")) else None
    path = feed_path(offer.name)
    feed_url = settings.public_url + path
    page = render_template(
        "subscribe/show.html",
        offer=offer,
        minutes=sorted({each.minutes for each in offer.coming}),
        there=sum((each.slug, offer.is_ordered and each.minutes) in there for each in offer.coming),
        feed_path=path,
        feed_url=feed_url,
        links=app_links(feed_url),
        code=qr_picture(settings.public_url + offer.page_path),
        watch=watch,
    )
    answer = Response(page)
    if watch:
        answer.headers["Cache-Control"] = "no-store"
    return answer
