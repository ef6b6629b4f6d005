"""A report that lies beside its recording, or is made of the recording afresh."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from server.audio import judge_alone, measure_file
from server.errors import StepbackError
from server.render.report import REPORT_VERSION, course_row, measured_row

NO_REPORT = "There is no report beside it, so it was measured now."
ANOTHER_RECORDING = (
    "The report beside it is of another recording, or this one was changed since, so it was "
    "measured now."
)
NO_TIMELINE = (
    "Without its timeline nobody knows what in it is speech: the loudness is that of the whole, "
    "and seams, pauses and sentences were not looked at."
)

_FIELDS = {"findings", "measured", "stages", "course"}


def read_report(path: Path) -> tuple[dict[str, Any], str]:
    """Get the report of a file, and what there is to be said about it; mostly nothing.

    `path` is an MP3, with its report beside it as `stepback render` writes it, or the report
    itself. An MP3 without its report is measured. Raises a StepbackError for a file that cannot
    be read or is no report, AudioError for one that is no sound.
    """
    if path.suffix == ".json":
        return _parse(path), ""
    if not path.is_file():
        raise StepbackError(f"There is no file {path}.")
    beside = path.with_suffix(".report.json")
    if not beside.is_file():
        return _measure(path), f"{NO_REPORT} {NO_TIMELINE}"
    report = _parse(beside)
    if report.get("mp3", {}).get("sha256") == _digest(path):
        return report, ""
    return _measure(path), f"{ANOTHER_RECORDING} {NO_TIMELINE}"


def count_missed(findings: Iterable[dict[str, Any]]) -> int:
    """How many rules were not met."""
    return sum(not finding["is_met"] for finding in findings)


def _measure(path: Path) -> dict[str, Any]:
    measured = measure_file(path)
    return {
        "report_version": REPORT_VERSION,
        "measured": measured_row(measured),
        "findings": [asdict(finding) for finding in judge_alone(measured)],
        "stages": [],
        "course": course_row(measured),
    }


def _parse(path: Path) -> dict[str, Any]:
    try:
        report = json.loads(path.read_bytes())
    except OSError as error:
        raise StepbackError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise StepbackError(f"{path} is not a report of a recording.") from error
    if not isinstance(report, dict) or "report_version" not in report:
        raise StepbackError(f"{path} is not a report of a recording.")
    if report["report_version"] != REPORT_VERSION or not report.keys() >= _FIELDS:
        raise StepbackError(f"{path} is the report of another version. Render the practice anew.")
    return report


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StepbackError(f"{path} cannot be read: {error.strerror}.") from error
