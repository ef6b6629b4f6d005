"""A live sitting of which a test says what is heard and asked, behind the real page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, Route

from server.audio import line_bytes, sound_of_line
from server.timeline import Sound
from server.units import Ms
from tests.browser.live_house import LiveSound

SLUG = "a-practice"
STARTS_AFTER_MS = 3_008
"""So far on from where somebody is the answer to a move begins here; a multiple of a grain."""

CARD = {
    "language": "en",
    "title": "You are not alone",
    "text": "Please ring somebody.",
    "numbers": [{"who": "Somebody", "call": "116 123", "dial": "116123", "when": "always"}],
}


@dataclass(kw_only=True)
class ScriptedSitting:
    """What the server says, and what it was asked."""

    sound: LiveSound
    lines: list[dict[str, Any]]
    stations: list[dict[str, Any]]
    ladder: list[dict[str, Any]] = field(default_factory=list)
    preparing: int = 0
    """How many times the lines are still being made."""
    dangerous: str = ""
    """Words that speak of danger."""
    is_reachable: bool = True
    begun: list[dict[str, Any]] = field(default_factory=list)
    """The wishes that came."""
    moves: list[dict[str, Any]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    _id: str = ""
    _answers: dict[str, float | None] = field(default_factory=dict)

    def take_over(self, page: Page) -> None:
        """Answer what this page asks of live sittings; everything else is the house's."""
        page.route(re.compile(r"/api/sittings(/|$)"), self._answer_api)
        page.route(re.compile(r"//[^/]+/sittings/"), self._answer_stream)
        page.route(re.compile(r"/ground\.aac"), self._answer_ground)

    @property
    def kinds(self) -> list[str]:
        """The moves that came, in order."""
        return [move["move"] for move in self.moves]

    def told(self) -> dict[str, Any]:
        """The sitting as it is now."""
        total = self.sound.total_ms
        return {
            "id": self._id,
            "practice": SLUG,
            "title": "A practice",
            "language": "en",
            "heard_seconds": self.sound.heard_ms() / 1000,
            "certain_seconds": self.sound.heard_ms() / 1000 + 4.7,
            "total_seconds": None if total is None else total / 1000,
            "is_paused": False,
            "lines": self.lines,
            "stations": self.stations,
            "ladder": self.ladder,
            "playlist": f"/sittings/{self._id}/playlist.m3u8",
            "ground": f"/practices/{SLUG}/ground.aac",
        }

    def _answer_api(self, route: Route) -> None:
        if not self.is_reachable:
            route.abort()
            return
        path, body = route.request.url.rpartition("/api/sittings")[2], route.request.post_data_json
        if route.request.method == "DELETE":
            self.forgotten.append(path.strip("/"))
            route.fulfill(status=204)
        elif path.endswith("/moves"):
            self._give(route, 200, self._move(body))
        elif path:
            self._give(route, 200, self.told())
        else:
            self._begin(route, body)

    def _begin(self, route: Route, wish: dict[str, Any]) -> None:
        self.begun.append(wish)
        if self.dangerous and self.dangerous in wish["words"].values():
            self._give(route, 200, {"preparing": None, "danger": CARD})
        elif self.preparing:
            self.preparing -= 1
            progress = {"done": 3 - self.preparing, "total": 4}
            self._give(route, 202, {"preparing": progress, "danger": None})
        else:
            self._id = wish["id"]
            self._give(route, 201, self.told())

    def _move(self, move: dict[str, Any]) -> dict[str, Any]:
        words = move.get("words", {})
        is_danger = bool(self.dangerous) and self.dangerous in words.values()
        if move["id"] not in self._answers:
            self.moves.append(move)
            starts_ms = None
            if move["move"] not in ("pause", "resume"):
                starts_ms = (self.sound.heard_ms() + STARTS_AFTER_MS) // 64 * 64
                self.sound.leap(starts_ms - self.sound.heard_ms())
            self._answers[move["id"]] = None if starts_ms is None else starts_ms / 1000
        return {
            "starts_seconds": self._answers[move["id"]],
            "danger": CARD if is_danger else None,
            "sitting": self.told(),
        }

    def _answer_stream(self, route: Route) -> None:
        if not self.is_reachable:
            route.abort()
            return
        kind, body = self.sound.answer("/" + route.request.url.rpartition("/")[2])
        route.fulfill(status=200, content_type=kind, body=body)

    def _answer_ground(self, route: Route) -> None:
        content = line_bytes(sound_of_line(Sound.BELL_SMALL, Ms(4_096)))
        route.fulfill(status=200, content_type="audio/aac", body=content)

    @staticmethod
    def _give(route: Route, status: int, body: dict[str, Any]) -> None:
        route.fulfill(status=status, content_type="application/json", body=json.dumps(body))


def line(start: float, end: float, text: str, kind: str = "speech") -> dict[str, Any]:
    """Something that is heard."""
    return {
        "start_seconds": start,
        "end_seconds": end,
        "text": text,
        "kind": kind,
        "is_own": False,
    }


def station(start: float, name: str, question: str = "") -> dict[str, Any]:
    """Where somebody is from a moment on."""
    asked = {"text": question, "answers": ["Yes", "Not yet", "Too much"]} if question else None
    return {"start_seconds": start, "station": name, "question": asked}
