"""② TIME. In: a Script and a listener's options, then the lengths of its clips.
Out: a Plan (the order of things), then a Timeline (every moment in milliseconds).

Time is decided twice, both times purely, since nobody knows how long a sentence is before it
is spoken. Chapters, captions, the mix and the page all come from the one Timeline.
"""

from server.timeline.captions import captions
from server.timeline.keys import content_key, plan_key
from server.timeline.lay_out import FILL_LEAST_MS, lay_out
from server.timeline.model import (
    BedLevel,
    BedSegment,
    BedSound,
    Caption,
    CaptionWord,
    Chapter,
    OwnSound,
    Plan,
    Segment,
    SilenceSegment,
    Sound,
    SoundSegment,
    SpeechSegment,
    Timeline,
    Utterance,
)
from server.timeline.plan import (
    AS_WRITTEN,
    BELL_MS,
    NO_BED,
    PACES,
    Additions,
    Options,
    plan,
)

__all__ = [
    "AS_WRITTEN",
    "BELL_MS",
    "FILL_LEAST_MS",
    "NO_BED",
    "PACES",
    "Additions",
    "BedLevel",
    "BedSegment",
    "BedSound",
    "Caption",
    "CaptionWord",
    "Chapter",
    "Options",
    "OwnSound",
    "Plan",
    "Segment",
    "SilenceSegment",
    "Sound",
    "SoundSegment",
    "SpeechSegment",
    "Timeline",
    "Utterance",
    "captions",
    "content_key",
    "lay_out",
    "plan",
    "plan_key",
]
