"""Is the house ready? The checks that `/ready` and `stepback doctor` share."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from server.config import Settings
from server.errors import StepbackError, VoiceUnavailable
from server.render.catalogue import Catalogue
from server.render.crisis import CRISIS_NAME, read_crisis
from server.render.guides import read_guides
from server.render.lexicon import LEXICON_NAME, read_lexicon
from server.render.queue import RenderQueue
from server.render.sweeper import STALE_AFTER
from server.render.voices import house_voices, speaks_language
from server.render.worksheets import worksheet_problems
from server.store import (
    Database,
    check_schema,
    latest_worker_beat,
    look_at,
    what_to_do_about,
)
from server.store.care import has_clients
from server.units import BYTES_PER_MB, Bytes
from server.voice import Voice, VoiceCatalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that has to be right, and whether it is."""

    name: str
    """One word, the same for ever: database, schema, disk, ffmpeg, voice, worker, scripts
    or keys; and queue, store, cdn and audit, for the doctor alone."""
    ok: bool
    detail: str
    """What was found, for the operator; may name paths, so it is not for strangers."""
    what_to_do: str = ""
    """How to put it right; empty where it is."""


def run_checks(
    settings: Settings, database: Database, catalogue: Catalogue, now_at: datetime
) -> tuple[Check, ...]:
    """Check everything. Quick and light: nothing is spoken, loaded or started."""
    address = settings.database_address
    base = (check_database(address), check_database_schema(address))
    is_readable = all(check.ok for check in base)
    return (
        *base,
        check_disk(settings.cache_path, settings.least_free_bytes),
        check_ffmpeg(),
        check_voice(settings, catalogue),
        check_worker(database, now_at) if is_readable else _unknown("worker"),
        check_scripts(settings.scripts_path, catalogue),
        check_keys(settings.keys_path, database) if is_readable else _unknown("keys"),
    )


def check_database(address: Path | str) -> Check:
    """The database can be read, and on a server also written."""
    return _judge("database", lambda: look_at(address), what_to_do_about(address))


def check_database_schema(path: Path | str) -> Check:
    """The database has this version's shape."""

    def look() -> str:
        check_schema(path)
        return "The database has this version's shape."

    return _judge("schema", look, "Start ./run again, or run `stepback migrate` by hand.")


def check_queue(address: Path | str) -> Check:
    """The queue can be asked; the house goes on without it, so this is no part of run_checks()."""

    def look() -> str:
        queue = RenderQueue(address)
        try:
            return f"The queue answers; {len(queue.pending_keys())} renders are in it."
        finally:
            queue.close()

    advice = (
        "Look whether STEPBACK_QUEUE_URL leads to it and whether it runs. What is ordered "
        "meanwhile is made later; nothing has to be restarted."
        if isinstance(address, str)
        else "Look whether the data folder exists, and whose it is."
    )
    return _judge("queue", look, advice)


def check_disk(path: Path, least_free_bytes: Bytes) -> Check:
    """There is room for new recordings."""
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    free_bytes = shutil.disk_usage(existing).free
    return Check(
        name="disk",
        ok=free_bytes >= least_free_bytes,
        detail=f"{free_bytes // BYTES_PER_MB:,} MB are free for recordings.",
        what_to_do=""
        if free_bytes >= least_free_bytes
        else f"Make room, with `stepback cache prune` or otherwise: at least "
        f"{least_free_bytes // BYTES_PER_MB:,} MB should be free.",
    )


def check_ffmpeg() -> Check:
    """There is an ffmpeg that may be run; it is not started for this."""
    found = next(_ffmpeg_programs(), None)
    return Check(
        name="ffmpeg",
        ok=found is not None,
        detail=f"ffmpeg is {found}." if found else "No ffmpeg was found.",
        what_to_do="" if found else "Start ./run again, which installs it.",
    )


def check_voice(settings: Settings, catalogue: Catalogue) -> Check:
    """Every voice that is needed is installed, whole, and allowed here."""
    names = {settings.voice or script.voice for script in catalogue.scripts()}
    voices = house_voices(settings)
    found, troubles = [], []
    for name in sorted(names | {settings.voice} - {""}):
        try:
            found.append(_say_of_voice(voices.get(name), is_commercial=settings.is_commercial))
        except VoiceUnavailable as error:
            troubles.append(str(error))
    return Check(
        name="voice",
        ok=not troubles,
        detail=" ".join([*troubles, *found, *_other_languages(settings, catalogue, voices)]),
        what_to_do="See `stepback voices`. What was recorded before still plays."
        if troubles
        else "",
    )


def _other_languages(
    settings: Settings, catalogue: Catalogue, voices: VoiceCatalogue
) -> Iterator[str]:
    """Name the practices whose voice speaks another language than they are written in."""
    for script in catalogue.scripts():
        try:
            voice = voices.get(settings.voice or script.voice)
        except VoiceUnavailable:
            continue  # that is told already
        if not speaks_language(voice, script.language):
            yield (
                f"“{script.title}” is in the language '{script.language}', which {voice.title} "
                "does not speak: install a voice that does."
            )


def _say_of_voice(voice: Voice, *, is_commercial: bool) -> str:
    if is_commercial and voice.commercial == "unclear":
        return (
            f"{voice.title} is there. Whether its terms allow commercial use is unclear, and "
            "STEPBACK_COMMERCIAL is yes: have them checked."
        )
    return f"{voice.title} is there."


def check_worker(database: Database, now_at: datetime) -> Check:
    """A worker has shown life within STALE_AFTER."""

    def look() -> str:
        with database.reading() as db:
            beat = latest_worker_beat(db, now_at)
        if beat is None or now_at - beat.beat_at > STALE_AFTER:
            raise StepbackError("No worker has shown life just now.")
        if not beat.voice_ok:
            raise VoiceUnavailable(
                "The worker is alive, and its voice is not ready: it still loads, or cannot speak."
            )
        return "The worker is alive."

    advice = (
        "Start Stepback with ./run (or `stepback worker` alone). If it runs, wait some seconds, "
        "until the voice is loaded. It goes on trying by itself; its log says why it cannot."
    )
    return _judge("worker", look, advice)


def check_keys(path: Path, database: Database) -> Check:
    """The folder of the clients' keys is there, its owner's alone, and writable."""

    def look() -> str:
        with database.reading() as db:
            if not has_clients(db):
                return "There is no client yet, so no key is needed."
        if not path.is_dir():
            raise StepbackError(f"There is no folder {path}, so nothing of a client can be read.")
        if path.stat().st_mode & 0o077:
            raise StepbackError(f"{path} is open to others than its owner.")
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            raise StepbackError(f"{path} is not Stepback's to read and write.")
        return f"The keys are in {path}, which is its owner's alone."

    return _judge(
        "keys",
        look,
        "STEPBACK_KEYS names this folder: put it back from its own copy, give it to the owner of "
        "the process, and `chmod 700` it.",
    )


def _unknown(name: str) -> Check:
    """Say nothing good of what cannot be looked up."""
    return Check(
        name=name,
        ok=False,
        detail="This is not known while the database cannot be read.",
        what_to_do="Put the database right first.",
    )


def check_scripts(path: Path, catalogue: Catalogue) -> Check:
    """No script has a mistake, nor has any of the files that lie beside them."""
    if not path.is_dir():
        advice = "Say with STEPBACK_SCRIPTS where the practices are."
        return Check(name="scripts", ok=False, detail=f"There is no {path}.", what_to_do=advice)
    beside = (
        *read_lexicon(path / LEXICON_NAME).problems,
        *read_guides(path, catalogue.scripts()).problems,
        *read_crisis(path / CRISIS_NAME).problems,
        *worksheet_problems(path),
    )
    problems = [str(problem) for problem in (*catalogue.problems(), *beside)]
    return Check(
        name="scripts",
        ok=not problems,
        detail="\n".join(problems) or f"{len(catalogue.scripts())} scripts, no mistakes.",
        what_to_do="Run `stepback check` on them." if problems else "",
    )


def _judge(name: str, look: Callable[[], str], what_to_do: str) -> Check:
    """Turn what looking gave or raised into a Check."""
    try:
        return Check(name=name, ok=True, detail=look())
    except (StepbackError, OSError, sqlite3.Error) as error:
        return Check(name=name, ok=False, detail=str(error), what_to_do=what_to_do)


def _ffmpeg_programs() -> Iterator[Path]:
    """Find ffmpeg as the sound room will, without importing what it imports."""
    named = os.environ.get("IMAGEIO_FFMPEG_EXE")
    spec = find_spec("imageio_ffmpeg")
    folder = Path(spec.origin).parent / "binaries" if spec and spec.origin else None
    candidates = [Path(named)] if named else sorted(folder.glob("ffmpeg-*")) if folder else []
    return (path for path in candidates if path.is_file() and os.access(path, os.X_OK))
