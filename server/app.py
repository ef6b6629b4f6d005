"""create_app(settings): the only place where Flask meets the rooms."""

from __future__ import annotations

from apiflask import APIFlask

from server import __version__
from server.config import Settings
from server.render import RenderQueue, Sittings, Workshop, house_voices, open_catalogue
from server.store import Shelf
from server.store.care import KeyRing, open_audited
from server.web.access import check_access, install_access
from server.web.addresses import CONVERTERS
from server.web.api import api
from server.web.audio import PublishedFiles, make_audio
from server.web.author_api import author_api
from server.web.author_pages import author
from server.web.case_end import case_end
from server.web.errors import install_errors
from server.web.feed import feed
from server.web.gate import install_gate
from server.web.guides import guides
from server.web.health import health
from server.web.language import install_language, language
from server.web.library import library
from server.web.live import live
from server.web.log import log
from server.web.openapi import install_description
from server.web.phone import phone, phone_api
from server.web.practice import practice
from server.web.rooms import Rooms, hang_rooms
from server.web.script_page import script_page
from server.web.security import install_security, install_session
from server.web.sitting_stream import sitting
from server.web.sittings_api import sittings_api
from server.web.stream import Streams, make_stream
from server.web.wording import install_wording


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
    rooms = rooms or open_rooms(settings)
    hang_rooms(app, rooms)
    install_errors(app)
    install_language(app)
    install_wording(app)
    install_security(app, is_https=settings.is_https)
    install_gate(app)
    install_session(app, settings)
    install_access(app)
    install_description(app, public_url=settings.public_url)
    app.jinja_env.globals.update(site_title=settings.title, own_words_days=settings.own_words_days)
    for blueprint in (
        *(library, guides, practice, live, script_page, log, language, phone, author),
        case_end,
        *(api, sittings_api, sitting, author_api, phone_api, feed, health),
    ):
        app.register_blueprint(blueprint)
    app.register_blueprint(make_audio(PublishedFiles(rooms.database, rooms.shelf)))
    app.register_blueprint(make_stream(Streams(rooms.database, rooms.shelf)))
    check_access(app)
    return app


def open_rooms(settings: Settings) -> Rooms:
    """Open the real rooms. Nothing is spoken or loaded; each voice's files are hashed once."""
    database = open_audited(settings.database_path, settings.keys_path)
    shelf = Shelf(settings.cache_path)
    catalogue = open_catalogue(settings)
    workshop = Workshop(
        settings=settings,
        database=database,
        shelf=shelf,
        catalogue=catalogue,
        queue=RenderQueue(settings.queue_path),
    )
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
