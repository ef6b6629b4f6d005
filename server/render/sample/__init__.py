"""A practice room whose people are made up, for `./run --demo` and for the pictures in docs/."""

from server.render.sample.doings import Practised, allow, keep_ladder, practise, submit
from server.render.sample.people import Cast, House, settle_cast
from server.render.sample.story import SITUATIONS, TO_MYSELF, fill, tell_weeks

__all__ = [
    "SITUATIONS",
    "TO_MYSELF",
    "Cast",
    "House",
    "Practised",
    "allow",
    "fill",
    "keep_ladder",
    "practise",
    "settle_cast",
    "submit",
    "tell_weeks",
]
