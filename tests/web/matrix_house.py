"""The house of the authorisation matrix: two cases in which there is something of everything.

Whoever asks does so with what they hold, and nothing of an answer is kept: each request finds the
house as it was filled.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.people_house import People
from tests.web.remembered import remember

ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7", "HTTP_HOST": "sit.example"}
HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", "HTTP_ORIGIN": "http://localhost"}

THERAPISTS = ("ada", "bo", "cy", "former", "barred", "left", "ended", "long", "idle")
"""The last six held a sign-in once, and each has lost it in one way."""

PHONES = ("ines", "jo", "lost", "away")
"""A lost device of Ines', and the device of a client who has left."""

EVERYBODY = ("nobody", *PHONES, *THERAPISTS, "operator")


@dataclass(kw_only=True)
class MatrixHouse:
    """A filled house, and those who ask in it."""

    app: Flask
    people: People
    things: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of each owner the ids of what is theirs, by the name of a view's argument."""
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each asks with, as the variables of a request."""
    is_changed: bool = False
    """True when the last request has changed something in the database."""
    more: dict[str, str] = field(default_factory=dict)
    """What else is there to be named in a request."""

    def open(self) -> None:
        """Remember how everything is."""
        rooms = self.app.extensions["stepback"]
        self._roots = (rooms.settings.keys_path, rooms.settings.cache_path)
        self._scripts = rooms.settings.scripts_path
        self._database = remember(rooms.settings.database_address)
        self._files = {name: (Path(name).read_bytes(), _stamp(name)) for name in self._names()}
        self._asking = FlaskClient(self.app, self.app.response_class, use_cookies=False)

    def ask(self, who: str, method: str, path: str, said: Mapping[str, Any]) -> TestResponse:
        """Ask for something; whatever it changes is as before when the answer is here."""
        answer = self._asking.open(path, method=method, environ_overrides=self.held[who], **said)
        answer.get_data()  # what is made while it is sent is made now
        answer.close()
        self.is_changed = self._database.is_changed()
        if self.is_changed or method != "GET":
            self.restore()
        return answer

    def restore(self) -> None:
        """Put everything back as it was."""
        if self._database.is_changed():
            self._database.put_back()
        names = self._names()
        for name in names - self._files.keys():
            Path(name).unlink()
        for name, (content, stamp) in self._files.items():
            if name not in names or _stamp(name) != stamp:
                path = Path(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                self._files[name] = content, _stamp(name)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _names(self) -> set[str]:
        # Not paths: this is asked after each of thousands of requests.
        return {
            f"{folder}/{name}"
            for root in (*self._roots, self._scripts)
            for folder, _, names in os.walk(root)
            if "line" not in folder
            for name in names
            if not name.endswith(".lock")
        }


def _stamp(name: str) -> tuple[int, int, int]:
    found = os.stat(name)  # noqa: PTH116
    return found.st_ino, found.st_size, found.st_mtime_ns
