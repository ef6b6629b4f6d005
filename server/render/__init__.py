"""⑨ WORKSHOP. In: orders for a practice. Out: finished renders, made from a queue by workers.

The worker and `produce` load everything that sound is made with, so they are imported from
`server.render.worker` and `server.render.produce` by those who need them.
"""

from server.render.additions import find_additions
from server.render.case_view import CaseView, EntryView, LadderView, SubmissionView, visible_case
from server.render.catalogue import Catalogue, LoadedScript, open_catalogue
from server.render.checking import Checked, check_source
from server.render.checks import Check, check_queue, run_checks
from server.render.covers import (
    COURSE_TRACK,
    HOUSE_TRACK,
    cover_key,
    get_cover,
    get_neutral_cover,
    neutral_cover_key,
    track_title,
)
from server.render.crisis import CRISIS_NAME, find_crisis
from server.render.drafts import Draft, Kind, kind_of, read_draft
from server.render.guides import (
    COURSES_NAME,
    MAP_NAME,
    Guides,
    check_guide,
    course_lengths,
    read_guides,
)
from server.render.lexicon import LEXICON_NAME, find_lexicon, read_lexicon
from server.render.model import (
    MEDIA_TYPES,
    Giving,
    OnProgress,
    Order,
    Phase,
    Product,
    Progress,
)
from server.render.opening import open_workshop
from server.render.orders import Workshop
from server.render.picture import draw_report
from server.render.public_feeds import (
    LIBRARY,
    FeedEntry,
    News,
    PublicFeed,
    course_feed,
    feed_path,
    is_feed,
    list_feed_names,
    outline_feed,
    read_news,
    track_feed,
)
from server.render.queue import RenderQueue
from server.render.script_files import ScriptFile, ScriptFiles
from server.render.secret import account_secret, cookie_secret, removed_key, server_secret
from server.render.sitting_model import Begun, Moved, Preparing, Seen
from server.render.sittings import Sittings
from server.render.spoken_worksheets import find_guided
from server.render.voices import (
    VoiceTrouble,
    find_voice_trouble,
    house_voices,
    usable_voices,
)
from server.render.worksheets import WORKSHEETS_NAME, get_worksheet, list_worksheets

__all__ = [
    "COURSES_NAME",
    "COURSE_TRACK",
    "CRISIS_NAME",
    "HOUSE_TRACK",
    "LEXICON_NAME",
    "LIBRARY",
    "MAP_NAME",
    "MEDIA_TYPES",
    "WORKSHEETS_NAME",
    "Begun",
    "CaseView",
    "Catalogue",
    "Check",
    "Checked",
    "Draft",
    "EntryView",
    "FeedEntry",
    "Giving",
    "Guides",
    "Kind",
    "LadderView",
    "LoadedScript",
    "Moved",
    "News",
    "OnProgress",
    "Order",
    "Phase",
    "Preparing",
    "Product",
    "Progress",
    "PublicFeed",
    "RenderQueue",
    "ScriptFile",
    "ScriptFiles",
    "Seen",
    "Sittings",
    "SubmissionView",
    "VoiceTrouble",
    "Workshop",
    "account_secret",
    "check_guide",
    "check_queue",
    "check_source",
    "cookie_secret",
    "course_feed",
    "course_lengths",
    "cover_key",
    "draw_report",
    "feed_path",
    "find_additions",
    "find_crisis",
    "find_guided",
    "find_lexicon",
    "find_voice_trouble",
    "get_cover",
    "get_neutral_cover",
    "get_worksheet",
    "house_voices",
    "is_feed",
    "kind_of",
    "list_feed_names",
    "list_worksheets",
    "neutral_cover_key",
    "open_catalogue",
    "open_workshop",
    "outline_feed",
    "read_draft",
    "read_guides",
    "read_lexicon",
    "read_news",
    "removed_key",
    "run_checks",
    "server_secret",
    "track_feed",
    "track_title",
    "usable_voices",
    "visible_case",
]
