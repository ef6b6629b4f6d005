"""create_app(settings): the only place where Flask meets the rooms."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from apiflask import APIFlask

from server import __version__
from server.config import Settings
from server.render import Sittings, house_voices, open_workshop
from server.render.standing import read_house
from server.store.care import KeyRing
from server.watch.masking import install_masking
from server.watch.scrape import ScrapedBeside
from server.web.access import check_access, install_access
from server.web.accounts import install_accounts
from server.web.accounts_limits import install_limits
from server.web.addresses import CONVERTERS
from server.web.api import api
from server.web.audio import PublishedFiles, make_audio
from server.web.author_api import author_api
from server.web.author_pages import author
from server.web.case import case
from server.web.case_end import case_end
from server.web.case_log import case_log
from server.web.case_notes import case_notes
from server.web.case_over_time import case_over_time
from server.web.case_podcast import case_podcast
from server.web.case_submission import case_submission
from server.web.clients import clients
from server.web.covers import covers
from server.web.elsewhere import find_elsewhere
from server.web.entry_notes import entry_notes
from server.web.errors import install_errors
from server.web.feed import make_feed
from server.web.feed_audio import DownloadCounter, make_feed_audio
from server.web.gate import install_gate
from server.web.given import given, given_api
from server.web.giving import giving
from server.web.guides import guides
from server.web.handing_over import handing_over
from server.web.health import health
from server.web.join import joining
from server.web.ladders_api import ladders_api
from server.web.language import install_language, language
from server.web.library import library
from server.web.listen import make_listen
from server.web.live import live
from server.web.log import log
from server.web.loudspeaker_api import loudspeaker_api, room_player_api
from server.web.networks import install_proxies
from server.web.openapi import install_description
from server.web.phone import phone, phone_api
from server.web.podcast import podcast
from server.web.practice import practice
from server.web.private_feed import make_private_feed_door
from server.web.request_notes import install_request_notes
from server.web.room_player import room_player
from server.web.rooms import Rooms, hang_rooms
from server.web.script_page import script_page
from server.web.security import install_security, install_session
from server.web.sitting_stream import sitting
from server.web.sittings_api import sittings_api
from server.web.spoken import spoken
from server.web.static_files import install_static
from server.web.stream import Streams, make_stream
from server.web.submissions_api import submissions_api
from server.web.subscribe import subscribe
from server.web.timeline_api import timeline_api
from server.web.with_therapist import with_therapist
from server.web.wording import install_wording
from server.web.worksheets import worksheets

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from server.render.sample import Cast


def create_app(settings: Settings, *, rooms: Rooms | None = None) -> APIFlask:
    """Make the web application; `rooms` are opened from the settings unless they are given."""
    app = APIFlask(
        "server.web",
        title=settings.title,
        version=__version__,
        spec_path="/api/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    app.url_map.converters.update(CONVERTERS)
    install_masking()
    rooms = rooms or open_rooms(settings)
    hang_rooms(app, rooms)
    install_proxies(app, settings.proxies)
    install_errors(app)
    install_language(app)
    install_wording(app)
    install_static(app)
    elsewhere = find_elsewhere(settings, rooms.shelf)
    sound_origin = elsewhere.origin if elsewhere else ""
    install_security(app, is_https=settings.is_https, sound_origin=sound_origin)
    install_gate(app)
    install_session(app, settings)
    install_access(app)
    install_accounts(app, settings)
    install_description(app, public_url=settings.public_url)
    app.jinja_env.globals.update(
        site_title=settings.title,
        has_colours=bool(settings.colours),
        own_words_days=settings.own_words_days,
    )
    for blueprint in (
        *(library, guides, practice, live, script_page, log, entry_notes, language, phone, author),
        *(worksheets, joining, with_therapist, podcast, given, spoken),
        *(clients, giving, case, case_log, case_notes, case_over_time, case_submission, case_end),
        *(case_podcast, handing_over),
        *(room_player, api, sittings_api, sitting, author_api, phone_api, submissions_api),
        *(ladders_api, given_api, room_player_api, loudspeaker_api, timeline_api),
        *(subscribe, covers, health),
    ):
        app.register_blueprint(blueprint)
    is_by_nginx = settings.audio_by == "nginx"
    files = PublishedFiles(
        rooms.database, rooms.shelf, is_by_nginx=is_by_nginx, elsewhere=elsewhere
    )
    app.register_blueprint(make_audio(files))
    app.register_blueprint(make_feed())
    app.register_blueprint(make_feed_audio(files, DownloadCounter(rooms.database, settings)))
    app.register_blueprint(make_listen(files))
    app.register_blueprint(make_private_feed_door(files))
    app.register_blueprint(make_stream(Streams(rooms.database, rooms.shelf)))
    install_limits(app)
    check_access(app)
    install_request_notes(app)
    return app


def create_demo_app(settings: Settings, people: Cast) -> APIFlask:
    """Make the application of `stepback demo`: anybody comes in as one of these made-up people."""
    from server.web.demo import install_demo  # no house that is lived in has this door

    app = create_app(settings)
    install_demo(app, people)
    return app


def scraped_beside(app: APIFlask, settings: Settings) -> WSGIApplication:
    """Let the meters of an application, and the house's, be read at the port that is set."""
    rooms: Rooms = app.extensions["stepback"]
    read = partial(read_house, rooms.database, rooms.shelf)
    return ScrapedBeside(app, settings.metrics_port, read)


def open_rooms(settings: Settings) -> Rooms:
    """Open the real rooms. Nothing is spoken or loaded; each voice's files are hashed once."""
    workshop = open_workshop(settings)
    database, shelf, catalogue = workshop.database, workshop.shelf, workshop.catalogue
    house_voices(settings).list_voices()  # their files are hashed now, while nobody waits
    return Rooms(
        settings=settings,
        database=database,
        shelf=shelf,
        keys=KeyRing(settings.keys_path),
        catalogue=catalogue,
        workshop=workshop,
        sittings=Sittings(settings=settings, database=database, shelf=shelf, catalogue=catalogue),
    )
