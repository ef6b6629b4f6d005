"""One render from end to end: speak, lay out, mix, encode, tag, measure, publish.

Speaking and measuring the speech overlap; nothing is published before the report agrees.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from server.audio import (
    LoudnessMeter,
    clip_bytes,
    clip_length_ms,
    encode_mp3,
    gain_for,
    judge,
    measure_file,
    mix_blocks,
    read_clip,
    refuse_unless_met,
)
from server.audio.level import Loudness
from server.render.documents import Documents, judge_captions, write_documents
from server.render.model import OnProgress, Order, Phase, ProducedFile, Product, Progress
from server.render.report import write_report
from server.render.secret import private_clip_key
from server.store import Shelf
from server.timeline import Timeline, Utterance, lay_out
from server.units import Db, Ms
from server.voice import Speaker, estimate_ms


def produce(order: Order, *, speaker: Speaker, shelf: Shelf, on_progress: OnProgress) -> Product:
    """Make and publish the files of one render.

    Raises TooShort, a VoiceError, an AudioError (ReportRefused among them) or StorageFull;
    nothing is published then, and no clip with the listener's own words is left.
    """
    keys = _clip_keys(order, speaker)
    private_keys = tuple(key for utterance, key in keys.items() if utterance.is_private)
    temporary = shelf.temporary_path(".mp3")
    is_published = False
    try:
        speech = _speak(order, keys, speaker=speaker, shelf=shelf, on_progress=on_progress)
        timeline = lay_out(order.plan, _clip_lengths(keys, shelf))
        gain_db = gain_for(speech)
        _mix(timeline, keys, gain_db, temporary, shelf=shelf, on_progress=on_progress)
        on_progress(_late_progress(Phase.CHECKING, timeline, timeline.total_ms))
        measured = measure_file(temporary, timeline)
        documents = write_documents(temporary, order.script, timeline)
        findings = (
            *judge(measured, timeline, has_voice=speaker.voice.engine != "silent"),
            judge_captions(documents, timeline),
        )
        refuse_unless_met(findings)
        report = write_report(order, speaker, timeline, keys, gain_db, measured, findings)
        files = _publish(order.render_key, temporary, documents, report, shelf)
        is_published = True
    finally:
        temporary.unlink(missing_ok=True)
        if not is_published:
            shelf.remove_clips(private_keys)
    return Product(
        files=files,
        report=report,
        duration_ms=timeline.total_ms,
        private_clip_keys=private_keys,
    )


def _clip_keys(order: Order, speaker: Speaker) -> dict[Utterance, str]:
    """Name every clip; those with the listener's own words by a keyed hash."""
    keys = {}
    for utterance in order.plan.utterances:
        key = speaker.clip_key(utterance)
        if utterance.is_private and order.private_salt is not None:
            key = private_clip_key(order.private_salt, key)
        keys[utterance] = key
    return keys


def _speak(
    order: Order,
    keys: Mapping[Utterance, str],
    *,
    speaker: Speaker,
    shelf: Shelf,
    on_progress: OnProgress,
) -> Loudness:
    """Put every missing clip on the shelf, measuring the loudness of all as they come."""
    stages = {
        step.utterance: stage.title
        for stage in order.plan.stages
        for step in stage.steps
        if hasattr(step, "utterance")
    }
    guessed_ms = sum(estimate_ms(utterance) for utterance in keys)
    done_ms = 0
    missing = [utterance for utterance, key in keys.items() if not shelf.has_clip(key)]

    def take(utterance: Utterance, frames: np.ndarray) -> None:
        nonlocal done_ms
        meter.feed(frames)
        done_ms += estimate_ms(utterance)
        on_progress(
            Progress(
                phase=Phase.SPEAKING,
                stage=stages[utterance],
                done_ms=Ms(done_ms),
                total_ms=Ms(guessed_ms),
            )
        )

    with LoudnessMeter() as meter:
        for utterance, spoken in speaker.speak(missing):
            shelf.publish(shelf.clip_path(keys[utterance]), clip_bytes(spoken.frames))
            take(utterance, spoken.frames)
        for utterance in [each for each in keys if each not in set(missing)]:
            take(utterance, read_clip(shelf.clip_path(keys[utterance])))
        return meter.result()


def _clip_lengths(keys: Mapping[Utterance, str], shelf: Shelf) -> dict[Utterance, Ms]:
    return {utterance: clip_length_ms(shelf.clip_path(key)) for utterance, key in keys.items()}


def _mix(
    timeline: Timeline,
    keys: Mapping[Utterance, str],
    gain_db: Db,
    path: Path,
    *,
    shelf: Shelf,
    on_progress: OnProgress,
) -> None:
    """Mix and encode to a temporary file."""
    blocks = mix_blocks(
        timeline,
        lambda utterance: read_clip(shelf.clip_path(keys[utterance])),
        speech_gain_db=gain_db,
    )

    def watched() -> Iterator[np.ndarray]:
        for second, block in enumerate(blocks):
            if second % 10 == 0:
                on_progress(_late_progress(Phase.MIXING, timeline, Ms(second * 1000)))
            yield block

    encode_mp3(watched(), path, length_ms=timeline.total_ms)


def _late_progress(phase: Phase, timeline: Timeline, done_ms: Ms) -> Progress:
    title = next((c.title for c in timeline.chapters if c.end_ms > done_ms), "")
    return Progress(phase=phase, stage=title, done_ms=done_ms, total_ms=timeline.total_ms)


def _publish(
    render_key: str, mp3: Path, documents: Documents, report: dict[str, Any], shelf: Shelf
) -> tuple[ProducedFile, ...]:
    """Move everything to its final name; the report last, as a sign that all is there."""
    folder = shelf.render_folder(render_key)
    files = []
    with mp3.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    files.append(_produced("mp3", ".mp3", "audio/mpeg", digest, mp3.stat().st_size))
    report["mp3"] = {"sha256": digest, "bytes": files[0].size_bytes}
    shelf.publish_file(mp3, folder / files[0].file_name)
    contents = (
        ("vtt", ".vtt", "text/vtt; charset=utf-8", documents.vtt),
        ("srt", ".srt", "application/x-subrip; charset=utf-8", documents.srt),
        ("json", ".json", "application/json+chapters", documents.chapters),
        ("report", ".report.json", "application/json", _json_bytes(report)),
    )
    for kind, suffix, content_type, data in contents:
        digest = hashlib.sha256(data).hexdigest()
        files.append(_produced(kind, suffix, content_type, digest, len(data)))
        shelf.publish(folder / files[-1].file_name, data)
    return tuple(files)


def _produced(
    kind: str, suffix: str, content_type: str, sha256: str, size_bytes: int
) -> ProducedFile:
    return ProducedFile(
        kind=kind,
        file_name=f"{sha256[:32]}{suffix}",
        content_type=content_type,
        sha256=sha256,
        size_bytes=size_bytes,
    )


def _json_bytes(report: dict[str, Any]) -> bytes:
    return json.dumps(report, indent=2, ensure_ascii=False).encode()
