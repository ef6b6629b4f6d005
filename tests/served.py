"""What a process is told that serves a house which a test has built."""

from __future__ import annotations

import os
from pathlib import Path

from server.config import Settings

ROOT = Path(__file__).parents[1]


def served_environment(settings: Settings, **more: str) -> dict[str, str]:
    """The whole environment of a process over this house, at a free port of this machine."""
    return {
        "PATH": os.defpath,
        "HOME": str(settings.data_path.parent),
        "PYTHONPATH": str(ROOT),
        "STEPBACK_DATA": str(settings.data_path),
        "STEPBACK_DATABASE_URL": settings.database_url,
        "STEPBACK_KEYS": str(settings.keys_path),
        "STEPBACK_CACHE": str(settings.cache_path),
        "STEPBACK_SCRIPTS": str(settings.scripts_path),
        "STEPBACK_VOICE": "silent",
        "STEPBACK_HOST": "127.0.0.1",
        "STEPBACK_PORT": "0",
        "STEPBACK_WEB_WORKERS": "1",
        "STEPBACK_LOG_LEVEL": "warning",
        **more,
    }
