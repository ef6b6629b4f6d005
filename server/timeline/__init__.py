"""② TIME. In: a Script and a listener's options, then the lengths of its clips.
Out: a Plan (the order of things), then a Timeline (every moment in milliseconds).

Time is decided twice, both times purely, since nobody knows how long a sentence is before it
is spoken. Chapters, captions, the mix and the page all come from the one Timeline.
"""

from server.timeline.captions import WordsOf, captions
from server.timeline.curve import pace_at
from server.timeline.excerpt import Excerpt, plan_excerpt
from server.timeline.keys import content_key, plan_key
from server.timeline.lay_out import FILL_LEAST_MS, assemble, fill_lengths, grow, lay_out
from server.timeline.lexicon import Lexicon
from server.timeline.linear import HeardStage, holds, linear_cues
from server.timeline.model import (
    BedLevel,
    BedSegment,
    BedSound,
    CaptionWord,
    Chapter,
    OwnSound,
    Plan,
    Segment,
    SilenceSegment,
    SilenceStep,
    Sound,
    SoundSegment,
    SpeechSegment,
    SpeechStep,
    Timeline,
    Utterance,
)
from server.timeline.moments import Moment, count_segments, list_moments
from server.timeline.options import (
    AS_WRITTEN,
    LONGEST_GREETING,
    NO_BED,
    NOTHING_ADDED,
    PACE_NAMES,
    PACES,
    TELLINGS,
    Additions,
    Greeting,
    Options,
    choose_words,
    pace_named,
    refuse_impossible,
)
from server.timeline.plan import BELL_MS, plan, sentence_text

__all__ = [
    "AS_WRITTEN",
    "BELL_MS",
    "FILL_LEAST_MS",
    "LONGEST_GREETING",
    "NOTHING_ADDED",
    "NO_BED",
    "PACES",
    "PACE_NAMES",
    "TELLINGS",
    "Additions",
    "BedLevel",
    "BedSegment",
    "BedSound",
    "CaptionWord",
    "Chapter",
    "Excerpt",
    "Greeting",
    "HeardStage",
    "Lexicon",
    "Moment",
    "Options",
    "OwnSound",
    "Plan",
    "Segment",
    "SilenceSegment",
    "SilenceStep",
    "Sound",
    "SoundSegment",
    "SpeechSegment",
    "SpeechStep",
    "Timeline",
    "Utterance",
    "WordsOf",
    "assemble",
    "captions",
    "choose_words",
    "content_key",
    "count_segments",
    "fill_lengths",
    "grow",
    "holds",
    "lay_out",
    "linear_cues",
    "list_moments",
    "pace_at",
    "pace_named",
    "plan",
    "plan_excerpt",
    "plan_key",
    "refuse_impossible",
    "sentence_text",
]
