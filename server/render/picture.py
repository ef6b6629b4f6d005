"""The picture of a report: waveform, pauses, stages and loudness over time, as SVG.

Made of the report's data alone. Colours are classes: a page brings its own style, and a file that
stands alone carries one for light and dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

WIDTH = 480
"""Narrow, so that its letters can be read where it is as wide as a phone."""

_LINE_HEIGHT, _NUMBER_WIDTH, _LONGEST_NAME = 24, 20, 23
_COLUMNS, _MARGIN = 2, 12

LEGEND = "Waveform, pauses, and loudness over time."

_WAVE_HEIGHT, _PAUSE_HEIGHT, _LOUDNESS_HEIGHT, _AXIS_HEIGHT, _GAP = 90, 8, 110, 24, 10

_QUIETEST_LUFS, _LOUDEST_LUFS = -60.0, -5.0

Stage = Mapping[str, Any]

_STEPS_S = (10, 30, 60, 120, 300, 600, 900, 1800)
_MOST_TIMES = 6

STYLE = """
svg{background:#fffdf8;color:#2a2830;font:16px system-ui,sans-serif}
.report-wave{fill:#8c8378}.report-pause{fill:#2f5a48}.report-stage{stroke:#8c8378}
.report-loudness{fill:none;stroke:#9a4229;stroke-width:1.5}
.report-target{stroke:#2f5a48;stroke-dasharray:5 4}.report-edge{stroke:#8c8378;opacity:.5}
.report-text{fill:#2a2830}.report-soft{fill:#58535c}
.report-label{fill:#58535c;stroke:#fffdf8;stroke-width:4;paint-order:stroke}
@media(prefers-color-scheme:dark){
svg{background:#1d1f27;color:#ede6da}
.report-wave{fill:#7b7f8c}.report-pause{fill:#94c7b1}.report-stage{stroke:#7b7f8c}
.report-loudness{stroke:#eba585}.report-target{stroke:#94c7b1}.report-edge{stroke:#7b7f8c}
.report-text{fill:#ede6da}.report-soft{fill:#b3acaa}
.report-label{fill:#b3acaa;stroke:#1d1f27}}
"""


def draw_report(report: Mapping[str, Any], *, stands_alone: bool = False) -> str:
    """Draw a report of version 2; with `stands_alone` as a file of its own, with its colours.

    Raises KeyError where the report holds no `course`.
    """
    course, total_ms = report["course"], max(1, report["measured"]["length_ms"])
    stages = report["stages"]
    wave_top = _LINE_HEIGHT if stages else 0
    pause_top = wave_top + _WAVE_HEIGHT + _GAP
    loudness_top = pause_top + _PAUSE_HEIGHT + _GAP
    bottom = loudness_top + _LOUDNESS_HEIGHT
    names_top = bottom + _AXIS_HEIGHT + _GAP
    legend_top = names_top + _LINE_HEIGHT * -(-len(stages) // _COLUMNS) + _GAP
    margin = _MARGIN if stands_alone else 0
    height = legend_top + _LINE_HEIGHT
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" class="report-picture"'
        ' aria-labelledby="report-title report-desc" viewBox="'
        f'{-margin} {-margin} {WIDTH + 2 * margin} {height + 2 * margin}">',
        '<title id="report-title">The recording, measured</title>',
        f'<desc id="report-desc">{escape(describe(report))}</desc>',
        *([f"<style>{STYLE}</style>"] if stands_alone else []),
        *_ticks(stages, bottom, total_ms),
        _wave(course, wave_top, total_ms),
        *_pauses(course, pause_top, total_ms),
        *_loudness(course, loudness_top, total_ms),
        *_times(total_ms, bottom),
        *_names(stages, names_top),
        _text("report-soft", 0, legend_top + _LINE_HEIGHT - 6, LEGEND),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def describe(report: Mapping[str, Any]) -> str:
    """Say what the picture shows, for those who do not see it."""
    course, measured = report["course"], report["measured"]
    sentences = [f"It is {clock(measured['length_ms'])} long."]
    if measured["speech_lufs"] is not None:
        sentences.append(
            f"Its speech is at {_lufs(measured['speech_lufs'])}, "
            f"the target is {_lufs(course['target_lufs'], digits=0)}."
        )
    pauses = [length_ms for _, length_ms in course["pauses"]]
    if pauses:
        sentences.append(f"Its longest pause lasts {round(max(pauses) / 1000)} seconds.")
    if report["stages"]:
        named = ", ".join(f"{row['title']} at {clock(row['start_ms'])}" for row in report["stages"])
        sentences.append(f"Its stages are {named}.")
    return " ".join(sentences)


def clock(moment_ms: float) -> str:
    """Say a moment or a length as minutes and seconds, such as 4:05."""
    minutes, seconds = divmod(int(moment_ms) // 1000, 60)
    return f"{minutes}:{seconds:02}"


def _across(moment_ms: float, total_ms: int) -> float:
    return round(WIDTH * moment_ms / total_ms, 1)


def _ticks(stages: Sequence[Stage], bottom: float, total_ms: int) -> Iterator[str]:
    """A line where each stage begins, and its number beside it."""
    free_from = 0.0
    for number, stage in enumerate(stages, start=1):
        across = _across(stage["start_ms"], total_ms)
        yield _line("report-stage", across, 2, across, bottom)
        place = min(max(across + 4, free_from), WIDTH - _NUMBER_WIDTH)
        free_from = place + _NUMBER_WIDTH
        yield _text("report-soft", place, _LINE_HEIGHT - 6, str(number))


def _names(stages: Sequence[Stage], top: float) -> Iterator[str]:
    """What the numbers stand for, in columns that are read downwards."""
    rows = -(-len(stages) // _COLUMNS)
    for index, stage in enumerate(stages):
        column, row = divmod(index, rows)
        title = stage["title"]
        if len(title) > _LONGEST_NAME:
            title = f"{title[: _LONGEST_NAME - 1].rstrip()}…"
        across, base = column * WIDTH / _COLUMNS, top + (row + 1) * _LINE_HEIGHT - 6
        yield _text("report-soft", across, base, str(index + 1))
        yield _text("report-text", across + 1.5 * _NUMBER_WIDTH, base, title)


def _wave(course: Mapping[str, Any], top: float, total_ms: int) -> str:
    """One shape, mirrored: the peaks to the right, then back underneath."""
    middle, half = top + _WAVE_HEIGHT / 2, _WAVE_HEIGHT / 2
    step_ms = course["peak_step_ms"]
    upper = [
        (_across(min((index + 0.5) * step_ms, total_ms), total_ms), max(0.4, half * peak))
        for index, peak in enumerate(course["peaks"])
    ]
    points = [f"{x:g},{middle - y:.1f}" for x, y in upper]
    points += [f"{x:g},{middle + y:.1f}" for x, y in reversed(upper)]
    return f'<polygon class="report-wave" points="{" ".join(points)}"/>'


def _pauses(course: Mapping[str, Any], top: float, total_ms: int) -> Iterator[str]:
    for start_ms, length_ms in course["pauses"]:
        yield (
            f'<rect class="report-pause" x="{_across(start_ms, total_ms):g}" y="{top:g}" '
            f'width="{max(1.0, _across(length_ms, total_ms)):g}" height="{_PAUSE_HEIGHT}"/>'
        )


def _loudness(course: Mapping[str, Any], top: float, total_ms: int) -> Iterator[str]:
    def down(lufs: float) -> float:
        share = (_LOUDEST_LUFS - lufs) / (_LOUDEST_LUFS - _QUIETEST_LUFS)
        return round(top + _LOUDNESS_HEIGHT * min(1.0, max(0.0, share)), 1)

    step_ms, target = course["loudness_step_ms"], course["target_lufs"]
    points = [
        f"{_across(min((index + 0.5) * step_ms, total_ms), total_ms):g},{down(lufs):g}"
        for index, lufs in enumerate(course["loudness_lufs"])
    ]
    yield _line("report-edge", 0, top + _LOUDNESS_HEIGHT, WIDTH, top + _LOUDNESS_HEIGHT)
    yield f'<polyline class="report-loudness" points="{" ".join(points)}"/>'
    yield _line("report-target", 0, down(target), WIDTH, down(target))
    label = f"target {_lufs(target, digits=0)}"
    yield _text("report-label", WIDTH, down(target) - 6, label, anchor="end")


def _times(total_ms: int, bottom: float) -> Iterator[str]:
    """The time, at moments that are easily read."""
    step_s = next((s for s in _STEPS_S if total_ms / 1000 / s <= _MOST_TIMES), _STEPS_S[-1])
    for moment_ms in range(0, total_ms + 1, step_s * 1000):
        across = _across(moment_ms, total_ms)
        anchor = "start" if not moment_ms else "end" if across > WIDTH - 20 else "middle"
        yield _text("report-soft", across, bottom + 18, clock(moment_ms), anchor=anchor)


def _lufs(lufs: float, *, digits: int = 1) -> str:
    return f"{lufs:.{digits}f} LUFS".replace("-", "−")


def _line(name: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{name}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'


def _text(name: str, x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return (
        f'<text class="{name}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">'
        f"{escape(text, quote=False)}</text>"
    )
