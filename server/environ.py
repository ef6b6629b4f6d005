"""Reads the environment: one variable at a time, each as what it has to be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

from server.errors import SettingsError

PREFIX = "STEPBACK_"
Networks = tuple[IPv4Network | IPv6Network, ...]

LONGEST_LINK = 255
"""So long an address may be for every podcast app."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one variable at a time; an empty one counts as not set."""

    environ: Mapping[str, str]

    def text(self, name: str, default: str) -> str:
        """Read a line of text that can be shown."""
        value = self.environ.get(PREFIX + name, "").strip() or default
        if not value.isprintable():
            raise SettingsError(f"{PREFIX}{name} holds characters that cannot be shown.")
        return value

    def path(self, name: str, default: str) -> Path:
        """Read a path; a relative one starts at the current folder."""
        value = self.text(name, default)
        try:
            return Path(value).expanduser().absolute()
        except RuntimeError as error:
            raise SettingsError(
                f"{PREFIX}{name} names the home of somebody who is not known: '{value}'."
            ) from error

    def file(self, name: str) -> str:
        """Read the text of a file that is named; empty where none is."""
        if not self.text(name, ""):
            return ""
        path = self.path(name, "")
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{PREFIX}{name} names {path}, which cannot be read as text: {error}."
            ) from error

    def host(self, name: str, default: str) -> str:
        """Read a host name or an address."""
        return self._matching(name, default, r"[0-9A-Za-z.:_-]+", "a host name or an address")

    def networks(self, name: str) -> Networks:
        """Read addresses and networks with commas between them; none where it is empty."""
        value = self.text(name, "")
        try:
            return tuple(ip_network(each.strip()) for each in value.split(",") if each.strip())
        except ValueError as error:
            raise SettingsError(
                f"{PREFIX}{name} must be addresses or networks such as 10.0.0.7, 10.1.0.0/24, "
                f"not '{value}'."
            ) from error

    def name(self, name: str, default: str, meaning: str) -> str:
        """Read a name of letters, digits and what may stand between them."""
        return self._matching(name, default, r"[0-9A-Za-z._-]*", meaning)

    def licence(self, name: str) -> str:
        """Read an SPDX identifier; lower case, as feeds have it."""
        meaning = "an SPDX identifier such as cc-by-4.0"
        return self._matching(name, "", r"(?:[0-9A-Za-z.+-]{1,128})?", meaning).lower()

    def _matching(self, name: str, default: str, pattern: str, meaning: str) -> str:
        value = self.text(name, default)
        if not re.fullmatch(pattern, value):
            raise SettingsError(f"{PREFIX}{name} must be {meaning}, not '{value}'.")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Read a whole number between two bounds, both allowed."""
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,12}", value) or not least <= int(value) <= most:
            raise SettingsError(
                f"{PREFIX}{name} must be a whole number from {least} to {most}, not '{value}'."
            )
        return int(value)

    def other_port(self, name: str, default: int, taken: int) -> int:
        """Read a port of which neither it nor the next one is taken; 0 for none."""
        value = self.number(name, default, 0, 65_534)
        if value and taken in (value, value + 1):
            raise SettingsError(
                f"{PREFIX}{name} is {value}, and it and the next port have to be free: "
                f"{taken} is where the pages are."
            )
        return value

    def choice(self, name: str, default: str, known: tuple[str, ...]) -> str:
        """Read one of a few known words."""
        value = self.text(name, default).lower()
        if value not in known:
            near = difflib.get_close_matches(value, known, n=1)
            guess = f" Did you mean {near[0]}?" if near else ""
            raise SettingsError(
                f"{PREFIX}{name} must be one of {', '.join(known)}, not '{value}'.{guess}"
            )
        return value

    def yes_or_no(self, name: str, *, default: str) -> bool:
        """Read a yes or a no."""
        return self.choice(name, default, ("yes", "no")) == "yes"

    def mail_server(self, name: str) -> str:
        """Read the address of a mail server; its password is in no message."""
        value = self.text(name, "")
        if value and not _is_server(value, "smtp", "smtps"):
            raise SettingsError(
                f"{PREFIX}{name} must be a mail server such as smtp://name:word@host:587."
            )
        return value

    def database(self, name: str) -> str:
        """Read the address of a PostgreSQL server; its password is in no message."""
        value = self.text(name, "")
        parts = _split(value)
        if value and not (parts and parts.scheme == "postgresql" and parts.path.strip("/")):
            raise SettingsError(
                f"{PREFIX}{name} must be a database such as postgresql://name:word@host/stepback."
            )
        return value

    def queue(self, name: str) -> str:
        """Read the URL of a server for the queue, or nothing."""
        value = self.text(name, "")
        if value.startswith("postgresql:"):
            return self.database(name)
        is_socket = value.startswith("unix:///")
        if value and not is_socket and not _is_server(value, "redis", "rediss"):
            raise SettingsError(
                f"{PREFIX}{name} must be a queue such as redis://host, unix:///run/redis.sock or "
                "postgresql://name:word@host/stepback."
            )
        return value

    def store(self, name: str) -> str:
        """Read where recordings are kept for all machines, or nothing."""
        value = self.text(name, "")
        parts = _split(value)
        is_bucket = parts is not None and re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}", parts.netloc)
        said = parse_qs(parts.query, keep_blank_values=True) if parts else {}
        is_known = said.keys() <= {"endpoint", "region"}
        endpoint = said.get("endpoint", ["https://s3"])[-1]
        is_store = value.startswith("s3://") and is_bucket and is_known and _is_plain_url(endpoint)
        if value and not is_store:
            raise SettingsError(
                f"{PREFIX}{name} must be a store such as s3://bucket/prefix, with "
                "?endpoint=https://host:port where it is not Amazon's."
            )
        return value

    def sender(self, name: str, server: str) -> str:
        """Read whose name stands on mails, which is needed as soon as there is a mail server."""
        value = self.text(name, "")
        if (value and "@" not in value) or (not value and self.text(server, "")):
            raise SettingsError(f"{PREFIX}{name} must be an address such as sit@sit.example.")
        return value

    def url(self, name: str, default: str) -> str:
        """Read an address of the web without a query; empty where there is none, nor a default."""
        value = self.text(name, default).rstrip("/")
        if value and not _is_plain_url(value):
            raise SettingsError(
                f"{PREFIX}{name} must be an address such as https://sit.example, not '{value}'."
            )
        return value

    def error_sink(self, name: str) -> str:
        """Read where faults are sent; the key in it is in no message."""
        value = self.text(name, "")
        try:
            parts = urlsplit(value)
            is_usable = parts.scheme in ("http", "https") and bool(
                parts.hostname and parts.username
            )
        except ValueError:
            is_usable = False
        if value and not (is_usable and re.fullmatch(r".*/[0-9]+", parts.path)):
            raise SettingsError(
                f"{PREFIX}{name} must be a DSN of Sentry's such as https://key@errors.example/1."
            )
        return value

    def link(self, name: str) -> str:
        """Read an address of the web that somebody follows; empty where there is none."""
        value = self.text(name, "")
        is_link = value.isascii() and " " not in value and len(value) <= LONGEST_LINK
        if value and not (is_link and _is_plain_url(value.partition("?")[0])):
            raise SettingsError(
                f"{PREFIX}{name} must be an address such as https://give.example/us of at most "
                f"{LONGEST_LINK} characters, not '{value}'."
            )
        return value


def _is_plain_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return False
    is_web = parts.scheme in ("http", "https") and value.isascii() and " " not in value
    return is_web and has_host and not (parts.query or parts.fragment or parts.username)


def _split(url: str) -> SplitResult | None:
    """Split an address; None where it is none, or its port is no port."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _is_server(url: str, *schemes: str) -> bool:
    """True for an address of one of these schemes that names a host."""
    parts = _split(url)
    return parts is not None and parts.scheme in schemes and bool(parts.hostname)
