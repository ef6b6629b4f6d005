"""The settings of one installation, frozen, built once from the environment."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from server.environ import PREFIX, Networks, Reader
from server.errors import SettingsError
from server.units import BYTES_PER_MB, Bytes

LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")
AUDIO_BY = ("here", "nginx", "store", "cdn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator may choose; unknown or unusable values are SettingsError."""

    data_path: Path
    """STEPBACK_DATA: the folder of the database, the queue and the secret."""
    keys_path: Path
    """STEPBACK_KEYS: the folder of the clients' keys; never beside a backup of the database."""
    database_url: str = field(repr=False)
    """STEPBACK_DATABASE_URL: postgresql://…; empty for a file of SQLite in STEPBACK_DATA."""
    queue_url: str = field(repr=False)
    """STEPBACK_QUEUE_URL: redis://…, postgresql://…; empty for a file in STEPBACK_DATA."""
    cache_path: Path
    """STEPBACK_CACHE: the folder of clips and finished recordings."""
    store_url: str
    """STEPBACK_STORE_URL: s3://bucket/prefix for what several machines share; empty for none."""
    scripts_path: Path
    """STEPBACK_SCRIPTS: the folder of the practices."""
    sounds_path: Path
    """STEPBACK_SOUNDS: the folder of sounds and recordings of one's own."""
    host: str
    """STEPBACK_HOST: the address that the server binds."""
    port: int
    """STEPBACK_PORT: the port that it binds; 0 takes any free one."""
    public_url: str
    """STEPBACK_PUBLIC_URL: how others reach it, without a slash at the end."""
    proxies: Networks
    """STEPBACK_PROXIES: from where proxies ask that are believed, besides this very machine."""
    audio_by: str
    """STEPBACK_AUDIO_BY: who sends finished sound: here, the nginx in front, the store, a CDN."""
    cdn_url: str
    """STEPBACK_CDN_URL: how others reach the CDN before the store, without a slash at the end."""
    cdn_key_id: str
    """STEPBACK_CDN_KEY_ID: by which the CDN knows the key that signs for it."""
    cdn_key: str = field(repr=False)
    """STEPBACK_CDN_KEY: the text of the file with that key, as it was read; empty for none."""
    title: str
    """STEPBACK_TITLE: the name at the head of pages and of the feed."""
    colours: str = field(repr=False)
    """STEPBACK_COLOURS: a style sheet of the operator's own, as it was read; empty for none."""
    web_workers: int
    """STEPBACK_WEB_WORKERS: how many processes answer requests."""
    voice_processes: int
    """STEPBACK_VOICE_PROCESSES: how many processes speak."""
    voice: str
    """STEPBACK_VOICE: empty for each script's own voice, or the voice for all of them."""
    is_commercial: bool
    """STEPBACK_COMMERCIAL: yes where money is made with what is spoken."""
    renders_ahead: bool
    """STEPBACK_RENDER_AHEAD: yes to make the usual lengths while nobody waits."""
    least_free_bytes: Bytes
    """STEPBACK_LEAST_FREE_MB: with less free space than this the house is not ready."""
    own_words_days: int
    """STEPBACK_OWN_WORDS_DAYS: how long a recording with a listener's own words is kept."""
    smtp_url: str = field(repr=False)
    """STEPBACK_SMTP_URL: the mail server, such as smtp://name:word@host:587; empty for none."""
    mail_from: str
    """STEPBACK_MAIL_FROM: whose name stands on mails."""
    feed_author: str
    """STEPBACK_FEED_AUTHOR: who is behind the practices, by name; empty for the house's name."""
    feed_licence: str
    """STEPBACK_FEED_LICENCE: the SPDX identifier under which the feeds' sound may be used."""
    funding_url: str
    """STEPBACK_FUNDING_URL: where somebody can support the house; empty for nowhere."""
    funding_text: str
    """STEPBACK_FUNDING_TEXT: what apps write on the link to it."""
    counts_downloads: bool
    """STEPBACK_COUNT_DOWNLOADS: yes to count how often an episode was fetched."""
    log_level: str
    """STEPBACK_LOG_LEVEL: debug, info, warning or error."""
    log_format: str
    """STEPBACK_LOG_FORMAT: text for people, json for programs."""
    metrics_host: str
    """STEPBACK_METRICS_HOST: the address at which the meters can be read."""
    metrics_port: int
    """STEPBACK_METRICS_PORT: their port, the worker's the next one; 0 for none."""
    sentry_dsn: str = field(repr=False)
    """STEPBACK_SENTRY_DSN: where faults are sent, without anybody's words; empty for nowhere."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read every STEPBACK_ variable; the first that is unknown or unusable is an error."""
        _refuse_unknown(environ)
        read = Reader(environ)
        port = read.number("PORT", 8000, 0, 65_535)
        settings = cls(
            data_path=read.path("DATA", "./data"),
            keys_path=read.path("KEYS", "./keys"),
            database_url=read.database("DATABASE_URL"),
            queue_url=read.queue("QUEUE_URL"),
            cache_path=read.path("CACHE", "./audio_cache"),
            store_url=read.store("STORE_URL"),
            scripts_path=read.path("SCRIPTS", "./scripts"),
            sounds_path=read.path("SOUNDS", "./sounds"),
            host=read.host("HOST", "0.0.0.0"),  # noqa: S104 - phones at home are to reach it
            port=port,
            public_url=read.url("PUBLIC_URL", f"http://127.0.0.1:{port}"),
            proxies=read.networks("PROXIES"),
            audio_by=read.choice("AUDIO_BY", "here", AUDIO_BY),
            cdn_url=read.url("CDN_URL", ""),
            cdn_key_id=read.name("CDN_KEY_ID", "", "the id of a public key"),
            cdn_key=read.file("CDN_KEY"),
            title=read.text("TITLE", "Stepback"),
            colours=read.file("COLOURS"),
            web_workers=read.number("WEB_WORKERS", 2, 1, 64),
            voice_processes=read.number("VOICE_PROCESSES", os.cpu_count() or 1, 1, 256),
            voice=read.name("VOICE", "", "the name of a voice"),
            is_commercial=read.yes_or_no("COMMERCIAL", default="no"),
            renders_ahead=read.yes_or_no("RENDER_AHEAD", default="yes"),
            least_free_bytes=Bytes(
                read.number("LEAST_FREE_MB", 200, 0, 1_000_000_000) * BYTES_PER_MB
            ),
            own_words_days=read.number("OWN_WORDS_DAYS", 7, 1, 3650),
            smtp_url=read.mail_server("SMTP_URL"),
            mail_from=read.sender("MAIL_FROM", "SMTP_URL"),
            feed_author=read.text("FEED_AUTHOR", ""),
            feed_licence=read.licence("FEED_LICENCE"),
            funding_url=read.link("FUNDING_URL"),
            funding_text=read.text("FUNDING_TEXT", "Support this house"),
            counts_downloads=read.yes_or_no("COUNT_DOWNLOADS", default="yes"),
            log_level=read.choice("LOG_LEVEL", "info", LOG_LEVELS),
            log_format=read.choice("LOG_FORMAT", "text", LOG_FORMATS),
            metrics_host=read.host("METRICS_HOST", "127.0.0.1"),
            metrics_port=read.other_port("METRICS_PORT", 0, port),
            sentry_dsn=read.error_sink("SENTRY_DSN"),
        )
        _check_audio_by(settings)
        return settings

    @property
    def database_address(self) -> Path | str:
        """Where everything is remembered: a file's path, or the URL of a server."""
        return self.database_url or self.database_path

    @property
    def database_path(self) -> Path:
        """The file of everything that is remembered, where no server does."""
        return self.data_path / "stepback.db"

    @property
    def voices_path(self) -> Path:
        """The folder of the voices that were installed here."""
        return self.data_path / "voices"

    @property
    def queue_address(self) -> Path | str:
        """Where the queue of renders is: a file's path, or the URL of a server."""
        return self.queue_url or self.queue_path

    @property
    def queue_path(self) -> Path:
        """The file of the queue of renders, where no server has it."""
        return self.data_path / "queue.db"

    @property
    def secret_path(self) -> Path:
        """The file of the 32 bytes that keep private keys unguessable."""
        return self.data_path / "secret.key"

    @property
    def is_https(self) -> bool:
        """True when others reach the server over an encrypted connection."""
        return self.public_url.startswith("https://")


SETTING_NAMES = tuple(
    PREFIX + name
    for name in (
        "DATA",
        "DATABASE_URL",
        "QUEUE_URL",
        "KEYS",
        "CACHE",
        "STORE_URL",
        "SCRIPTS",
        "SOUNDS",
        "HOST",
        "PORT",
        "PUBLIC_URL",
        "PROXIES",
        "AUDIO_BY",
        "CDN_URL",
        "CDN_KEY_ID",
        "CDN_KEY",
        "TITLE",
        "COLOURS",
        "WEB_WORKERS",
        "VOICE_PROCESSES",
        "VOICE",
        "COMMERCIAL",
        "RENDER_AHEAD",
        "LEAST_FREE_MB",
        "OWN_WORDS_DAYS",
        "SMTP_URL",
        "MAIL_FROM",
        "FEED_AUTHOR",
        "FEED_LICENCE",
        "FUNDING_URL",
        "FUNDING_TEXT",
        "COUNT_DOWNLOADS",
        "LOG_LEVEL",
        "LOG_FORMAT",
        "METRICS_HOST",
        "METRICS_PORT",
        "SENTRY_DSN",
    )
)
"""Every variable of the environment that is read; docs/running.md names each."""


def _check_audio_by(settings: Settings) -> None:
    """Whoever is to send the sound has to be known, and to have it."""
    if settings.audio_by in ("store", "cdn") and not settings.store_url:
        raise SettingsError(f"STEPBACK_AUDIO_BY={settings.audio_by} wants a STEPBACK_STORE_URL.")
    if settings.audio_by == "cdn":
        from server.store.cdn import open_cdn

        open_cdn(settings)


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in SETTING_NAMES:
            near = difflib.get_close_matches(name, SETTING_NAMES, n=1)
            guess = f" Did you mean {near[0]}?" if near else ""
            raise SettingsError(
                f"There is no setting {name}.{guess} docs/running.md lists them all."
            )
