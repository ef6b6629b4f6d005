"""The table of access: of every route who may come in. What is not in it is answered to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Access(StrEnum):
    """Who may come in."""

    ANYBODY = "anybody"
    """What belongs to a device is found by its cookie."""
    CLIENT = "client"
    """A device that a client has joined with."""
    THERAPIST = "therapist"
    """Somebody who is signed in."""
    WATCHING = "watching"
    """A page of somebody who signed in, that asks by itself: no sign-in is kept by it.

    It is still answered when the sign-in was idle for too long, and when it ended otherwise not.
    """
    CASE = "case"
    """The therapist of the client whom the address names as client_id."""
    HEAD = "head"
    """Who may invite and end therapists of a practice room."""
    NOBODY = "nobody"
    """What a library brings, and this house does not use."""
    AUTHOR = "author"
    """Whoever writes on the scripts: who sits at the machine, and from anywhere a room's head."""
    AUTHOR_LOOKING = "author-looking"
    """A page of theirs, that looks by itself whether a file was changed: it keeps no sign-in."""


_VIEWS: Mapping[Access, Mapping[str, str]] = {
    Access.ANYBODY: {
        "": "static",
        "library": "index about colours",
        "guides": "show_map ask_further show_course",
        "practice": "show telling score",
        "script_page": "show",
        "live": "show",
        "log": "index delete undo",
        "language": "choose",
        "subscribe": "show_library show_track show_course begin_test show_test",
        "feed": "rss track course moved",
        "feed_audio": "show",
        "covers": "cover house_cover small_cover track_cover course_cover",
        "private_feed": "show show_file",
        "health": "alive ready",
        "phone": "manifest offline service_worker",
        "phone_api": "offline_practice",
        "openapi": "spec",
        "api": (
            "list_practices order_render show_render forget_render "
            "add_session_entry list_session_entries delete_session_entry"
        ),
        "audio": "show",
        "stream": "show_document show_piece",
        "sittings_api": "begin_sitting show_sitting make_move forget_sitting",
        "sitting": "show_init show_playlist show_segment show_ground",
        "timeline_api": "show_timeline",
        "listen": "show sound",
        "loudspeaker_api": "join look ready leave",
        "joining": "show accept",
        "with_therapist": "index come_back",
        "given": "calendar",
        "given_api": "count",
        "worksheets": "index show mine",
        "submissions_api": "check order_guided",
        "security": (
            "login logout two_factor_setup two_factor_token_validation mf_recovery "
            "wan_signin wan_signin_response"
        ),
        "welcome": "show accept forgotten send_link",
    },
    Access.CLIENT: {
        "with_therapist": "seen decide add_device remove_device ask_to_leave leave",
        "podcast": "index make renew revoke settle fetched",
        "entry_notes": "write keep delete",
        "ladders_api": "keep list_all delete",
        "given": "index reminders",
        "submissions_api": "add list_own remove",
        "spoken": "choose turn order show forget",
        "handing_over": "ask answer",
    },
    Access.THERAPIST: {
        "clients": "index invite add",
        "security": (
            "verify change_password mf_recovery_codes two_factor_setup_validate "
            "wan_register wan_register_response wan_delete wan_verify "
            "wan_verify_response"
        ),
        "account": "show rename end_one end_others",
        "colleagues": "show",
        "room_player": "choose show show_live",
        "room_player_api": "add tell",
        "case_end": "erased",
    },
    Access.WATCHING: {
        "room_player_api": "show end",
    },
    Access.CASE: {
        "clients": "show_link make_link withdraw_link",
        "giving": "choose compose give list_given take_back give_again",
        "case_end": "show_export export show_erase erase",
        "case": "index rename",
        "case_log": "index ladder",
        "case_podcast": "index revoke settle",
        "case_submission": "show review together ask",
        "case_over_time": "index",
        "case_notes": "index add edit change delete undo",
        "handing_over": "show offer withdraw",
    },
    Access.HEAD: {
        "colleagues": "invite link_again end",
    },
    Access.NOBODY: {
        "security": "two_factor_rescue tf_select",
    },
    Access.AUTHOR: {
        "author": "index edit",
        "author_api": "begin check compare_texts hear list_versions read_version save",
    },
    Access.AUTHOR_LOOKING: {
        "author_api": "read",
    },
}
"""By who may come in: of each blueprint the views."""

ACCESS: Mapping[str, Access] = {
    f"{blueprint}.{view}".lstrip("."): access
    for access, blueprints in _VIEWS.items()
    for blueprint, views in blueprints.items()
    for view in views.split()
}
"""The access of each endpoint."""
