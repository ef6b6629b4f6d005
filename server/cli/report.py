"""report: what was measured of a recording, and which rules it meets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from server.cli.frame import main, waiting
from server.errors import StepbackError


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--svg",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw it into this file: waveform, pauses, stages, loudness.",
)
@click.option("--json", "is_json", is_flag=True, help="Print it as it is kept, for programs.")
def report(file: Path, svg: Path | None, is_json: bool) -> None:
    """Tell how FILE measures: which rules it meets, its loudness, its stages.

    FILE is an MP3 that `stepback render` wrote, with its report beside it, or that report. An MP3
    without one is measured now, as far as that goes. Exit code 1 when a rule is not met.
    """
    from server.render import draw_report
    from server.render.reading import count_missed, read_report

    with waiting("Measuring"):
        found, note = read_report(file)
    if is_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for line in _told(found, file.name):
            click.echo(line)
    if note:
        click.echo(note, err=True)
    if svg:
        _write(svg, draw_report(found, stands_alone=True))
    missed = count_missed(found["findings"])
    if missed:
        raise StepbackError(
            "One rule is not met." if missed == 1 else f"{missed} rules are not met."
        )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StepbackError(f"{path} cannot be written: {error.strerror}.") from error


def _told(report: dict[str, Any], name: str) -> Iterator[str]:
    """Say a report in lines."""
    from server.render.picture import clock

    measured = report["measured"]
    yield f"{report.get('practice', name)}, {clock(measured['length_ms'])}"
    if "voice" in report:
        yield f"Voice {report['voice']['name']}: {report['voice']['licence']}"
    if measured["speech_lufs"] is not None:
        yield f"Loudness {measured['speech_lufs']:.1f} LUFS"
    yield ""
    for finding in report["findings"]:
        mark = "met    " if finding["is_met"] else "NOT MET"
        found = finding["found"] or "nothing to measure"
        yield f"{mark}  {finding['rule']}: {found} (wanted: {finding['wanted']})"
    yield from _stages(report["stages"])


def _stages(stages: list[dict[str, Any]]) -> Iterator[str]:
    """A table of the stages: when each begins, how long it is, and what of it is speech."""
    from server.render.picture import clock

    if not stages:
        return
    width = max(len(stage["title"]) for stage in stages)
    yield ""
    yield f"{'stage':{width}}  begins  length  speech  silence"
    for stage in stages:
        silence_ms = stage["length_ms"] - stage["speech_ms"]
        times = (stage["start_ms"], stage["length_ms"], stage["speech_ms"], silence_ms)
        begins, length, speech, silence = map(clock, times)
        yield f"{stage['title']:{width}}  {begins:>6}  {length:>6}  {speech:>6}  {silence:>7}"
