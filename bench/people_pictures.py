"""Which page of therapists and clients is in which picture, and which needs none."""

from __future__ import annotations

from collections.abc import Mapping

SIZES = ("phone", "desk")

PICTURED: Mapping[str, str] = {
    "security.login": "sign-in",
    "security.two_factor_setup": "second-factor",
    "security.two_factor_token_validation": "code",
    "security.mf_recovery": "recovery",
    "security.mf_recovery_codes": "recovery-codes",
    "security.wan_register": "passkeys",
    "security.change_password": "password",
    "welcome.show": "welcome",
    "welcome.forgotten": "forgotten",
    "account.show": "account",
    "colleagues.show": "colleagues",
    "clients.index": "clients",
    "clients.invite": "invite-whom",
    "clients.show_link": "invite",
    "room_player.choose": "room-choose",
    "room_player.show": "room",
    "room_player.show_live": "room-live",
    "giving.choose": "give-what",
    "giving.compose": "give",
    "giving.list_given": "given-so-far",
    "case.index": "case",
    "case_log.index": "log",
    "case_log.ladder": "ladder",
    "case_notes.index": "notes",
    "case_notes.edit": "note",
    "case_podcast.index": "case-podcast",
    "case_submission.show": "review",
    "case_submission.together": "together",
    "case_submission.ask": "question",
    "case_over_time.index": "over-time",
    "case_end.show_export": "export",
    "case_end.show_erase": "erase",
    "case_end.erased": "erased",
    "handing_over.show": "hand-over",
    "handing_over.ask": "asked",
    "joining.show": "join",
    "with_therapist.index": "decide",
    "with_therapist.seen": "seen",
    "with_therapist.ask_to_leave": "leave",
    "podcast.index": "podcast",
    "entry_notes.write": "beside",
    "given.index": "given",
    "given.reminders": "reminders",
    "worksheets.index": "worksheets",
    "worksheets.show": "worksheet",
    "worksheets.mine": "mine",
    "spoken.choose": "spoken-choose",
    "spoken.show": "spoken",
    "listen.show": "loudspeaker",
    "subscribe.show_library": "subscribe",
}
"""Of each page the name of its picture."""

BESIDES = ("add-device", "alike", "both-answers", "listen", "room-code")
"""What a page is like once something was pressed in it."""

WITHOUT: Mapping[str, str] = {
    "given.calendar": "a calendar's file",
    "given_api.count": "an answer to a script",
    "ladders_api.list_all": "an answer to a script",
    "listen.sound": "sound",
    "podcast.fetched": "an answer to a script",
    "security.tf_select": "not used, and answered to nobody",
    "security.two_factor_rescue": "not used, and answered to nobody",
    "security.verify": "as signing in, when something is changed long after it",
    "security.wan_delete": "it leads to the page of passkeys",
    "security.wan_signin": "the browser's own window is in front of it",
    "security.wan_verify": "the browser's own window is in front of it",
    "submissions_api.list_own": "an answer to a script",
    "subscribe.show_course": "as that of the library, for one course",
    "subscribe.show_test": "it waits for a podcast app, and says so",
    "subscribe.show_track": "as that of the library, for one shelf",
}
"""Why a page is in no picture."""
