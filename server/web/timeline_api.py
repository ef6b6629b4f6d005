"""The time of a finished render, for pages that steer by it: what is speech, sound and silence."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.errors import RenderNotFound
from server.store import RenderState
from server.web.render_told import get_audible_render
from server.web.rooms import get_rooms

timeline_api = APIBlueprint("timeline_api", __name__, url_prefix="/api/renders")


class SegmentOut(BaseModel):
    """A stretch of a practice."""

    kind: Literal["speech", "sound", "silence"]
    start_ms: int
    end_ms: int


class StageOut(BaseModel):
    """A stage of a practice."""

    title: str
    start_ms: int


class TimelineOut(BaseModel):
    """A whole practice in time; what is said stands in its captions."""

    key: str
    total_ms: int
    segments: Annotated[
        list[SegmentOut],
        Field(description="They touch. Empty for what was recorded before there was this."),
    ]
    stages: list[StageOut]


@timeline_api.get("/<key:key>/timeline")
@timeline_api.output(TimelineOut)
@timeline_api.doc(
    summary="When something is said, and when it is quiet",
    operation_id="showTimeline",
    responses={404: "There is no such finished render of this device."},
)
def show_timeline(key: str) -> TimelineOut:
    """Tell the time of a finished render."""
    with get_rooms().database.reading() as db:
        row = get_audible_render(db, key)
    if row.state != RenderState.DONE or row.report is None or row.duration_ms is None:
        raise RenderNotFound
    report = cast(dict[str, Any], row.report)
    return TimelineOut(
        key=key,
        total_ms=row.duration_ms,
        segments=[
            SegmentOut(kind=kind, start_ms=start_ms, end_ms=start_ms + length_ms)
            for kind, start_ms, length_ms in report.get("segments", ())
        ],
        stages=[
            StageOut(title=stage["title"], start_ms=stage["start_ms"])
            for stage in report.get("stages", ())
        ],
    )
