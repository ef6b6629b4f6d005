"""The notes of an episode, in the little HTML that podcast apps agree on: p, ul, li and a."""

from __future__ import annotations

from html import escape

from server.feed.model import Episode
from server.feed.text import one_line, within_bytes
from server.feed.timed import TimedTitle
from server.units import Ms

_LIVE = (
    "Here the practice is one path, with generous steps back. "
    "You can also sit with it live, where the guide asks, waits, and goes on from your answer:"
)
_STOP_ANY_TIME = "You can stop or open your eyes at any time. That is part of the practice."


def show_notes(episode: Episode) -> str:
    """Write the summary, the stages with their times, where the practice can be had live, that one
    may stop, what the voice is, and the credits.
    """
    parts = [
        *_paragraphs(episode.summary),
        *_stage_list(episode.stages),
        *_live_way(episode.live_url),
        *_paragraphs(_STOP_ANY_TIME),
        *_paragraphs(_about_voice(episode.voice)),
        *_paragraphs(episode.credits),
    ]
    return "\n".join(parts)


def clock(moment_ms: Ms) -> str:
    """Write a moment as apps recognise and link it: 7:05, or 1:02:03 after an hour."""
    minutes, seconds = divmod(moment_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _about_voice(voice: str) -> str:
    name = one_line(voice).rstrip(".")
    return f"The voice is synthetic: {name}." if name else "The voice is synthetic."


def _live_way(url: str) -> list[str]:
    address = escape(url)
    return [f'<p>{_LIVE} <a href="{address}">{address}</a></p>'] if url else []


def _paragraphs(text: str) -> list[str]:
    lines = (one_line(line, longest=len(line)) for line in within_bytes(text).split("\n"))
    return [f"<p>{escape(line)}</p>" for line in lines if line]


def _stage_list(stages: tuple[TimedTitle, ...]) -> list[str]:
    titles = [(clock(stage.start_ms), one_line(stage.title)) for stage in stages]
    items = [f"<li>{at} {escape(title)}</li>" for at, title in titles if title]
    return ["<ul>", *items, "</ul>"] if items else []
