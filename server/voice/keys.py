"""The names of clips: known without a speaker, so that what was spoken can be looked up."""

from __future__ import annotations

from server.timeline import Utterance, content_key
from server.voice.model import Voice
from server.voice.speakable import speakable


def clip_key(voice: Voice, utterance: Utterance) -> str:
    """Name the clip of an utterance: a versioned hash of the text as spoken, voice, model, pace."""
    return content_key(
        "clip",
        voice.key,
        f"{utterance.pace:.3f}",
        speakable(utterance.spoken or utterance.text),
    )
