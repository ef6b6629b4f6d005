"""Content keys: the same content has the same key, on every machine and in every year."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from server.timeline.model import Plan

KEY_VERSION = "2"
"""Goes into every key. Raise it when the same inputs would sound different."""


def content_key(*parts: str) -> str:
    """Name a content by 64 hexadecimal digits of SHA-256 over its parts.

    The parts are joined as JSON, so that ("ab", "c") and ("a", "bc") differ.
    """
    text = json.dumps([KEY_VERSION, *parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plan_key(plan: Plan, voice_key: str) -> str:
    """Name the render of a plan by a voice: equal keys sound the same."""
    steps = [
        [stage.title, [[type(step).__name__, asdict(step)] for step in stage.steps]]
        for stage in plan.stages
    ]
    return content_key("render", voice_key, str(plan.target_ms), json.dumps(steps, sort_keys=True))
