"""The notes of an episode, in the little HTML that podcast apps agree on: p, ul, li and a."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from server.feed.model import Episode
from server.feed.text import one_line, within_bytes
from server.feed.timed import TimedTitle
from server.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentences:
    """What all notes say, in one language."""

    live: str
    """Before the address where the practice can be had live."""
    stop_any_time: str
    synthetic: str
    synthetic_name: str
    """With {name} for the voice's own."""


_SENTENCES = {
    "en": _Sentences(
        live=(
            "Here the practice is one path, with generous steps back. You can also sit with it "
            "live, where the guide asks, waits, and goes on from your answer:"
        ),
        stop_any_time=("You can stop or open your eyes at any time. That is part of the practice."),
        synthetic="The voice is synthetic.",
        synthetic_name="The voice is synthetic: {name}.",
    ),
    "de": _Sentences(
        live=(
            "Hier geht die Übung einen einzigen Weg, mit großzügigen Schritten zurück. Du kannst "
            "sie auch so üben, dass du gefragt wirst: Dann wird gewartet und von deiner Antwort "
            "aus weitergegangen:"
        ),
        stop_any_time=(
            "Du kannst jederzeit aufhören oder die Augen öffnen. Das gehört zur Übung dazu."
        ),
        synthetic="Die Stimme ist synthetisch.",
        synthetic_name="Die Stimme ist synthetisch: {name}.",
    ),
}
"""By language. An episode in another one is announced in English."""


def show_notes(episode: Episode, language: str) -> str:
    """Write the summary, the stages with their times, where the practice can be had live, that one
    may stop, what the voice is, and the credits. What is ours of it is in the episode's language.
    """
    ours = _SENTENCES.get(language.partition("-")[0], _SENTENCES["en"])
    parts = [
        *_paragraphs(episode.summary),
        *_stage_list(episode.stages),
        *_live_way(ours, episode.live_url),
        *_paragraphs(ours.stop_any_time),
        *_paragraphs(_about_voice(ours, episode.voice)),
        *_paragraphs(episode.credits),
    ]
    return "\n".join(parts)


def clock(moment_ms: Ms) -> str:
    """Write a moment as apps recognise and link it: 7:05, or 1:02:03 after an hour."""
    minutes, seconds = divmod(moment_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _about_voice(ours: _Sentences, voice: str) -> str:
    name = one_line(voice).rstrip(".")
    return ours.synthetic_name.format(name=name) if name else ours.synthetic


def _live_way(ours: _Sentences, url: str) -> list[str]:
    address = escape(url)
    return [f'<p>{ours.live} <a href="{address}">{address}</a></p>'] if url else []


def _paragraphs(text: str) -> list[str]:
    lines = (one_line(line, longest=len(line)) for line in within_bytes(text).split("\n"))
    return [f"<p>{escape(line)}</p>" for line in lines if line]


def _stage_list(stages: tuple[TimedTitle, ...]) -> list[str]:
    titles = [(clock(stage.start_ms), one_line(stage.title)) for stage in stages]
    items = [f"<li>{at} {escape(title)}</li>" for at, title in titles if title]
    return ["<ul>", *items, "</ul>"] if items else []
