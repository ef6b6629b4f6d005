"""Where the matrix looks for a condition, and which conditions other tests look after."""

from __future__ import annotations

from collections.abc import Mapping

WHERE: Mapping[str, str] = {
    "store.care.accounts.find_colleague": "colleagues. handing_over.",
    "store.care.accounts.list_sign_ins": "account.show",
    "store.care.accounts.end_sign_in": "",
    "store.care.accounts.list_colleagues": "colleagues.show handing_over.show",
    "store.care.assignments.list_assignments": "giving.list_given given.index case.index",
    "store.care.assignments._find": "giving.take_back giving.give_again",
    "store.care.case_log._is_own": "log. api.list_session_entries entry_notes. api.delete_session",
    "store.care.case_log.ids_of_entries: ClientDeviceRow.client_id == client_id": "log.index",
    "store.care.case_log.list_submissions": "case. case_log. case_over_time. submissions_api.list",
    "store.care.case_log.list_kept_ladders": "case_log. ladders_api.list_all",
    "store.care.submissions.find_submission": "spoken. case_submission.",
    "store.care.consents.consent_of: ConsentRow.client_id == client_id": "case_submission.show",
    "store.care.contents.Contents": "case_end.",
    "store.care.contents._notes": "case_end.",
    "store.care.joining.list_devices": "with_therapist.index",
    "store.care.joining.remove_device": "",
    "store.care.joining.find_left_client: ClientDeviceRow.device_hash == device_hash": (
        "with_therapist.come_back"
    ),
    "store.care.joining.find_left_client: ClientRow.left_at > now_at - RETURN_WITHIN": (
        "with_therapist.come_back"
    ),
    "store.care.joining.get_invitation: found[1].joined_at is None": "joining.",
    "store.care.loudspeakers": "room_player_api.",
    "store.care.notes.list_notes": "case_notes.index",
    "store.care.notes._get_row": "case_notes.",
    "store.care.notes.put_note_back": "",
    "store.care.own_words.keep_ladder": "",
    "store.care.own_words.delete_ladder": "ladders_api.delete",
    "store.care.people.find_therapist": "clients.index clients.invite",
    "store.care.people.find_client": "given.index",
    "store.care.people.get_case": "case.",
    "store.care.people.list_cases": "clients.index",
    "store.care.private_feeds.list_private_feeds": "podcast.index case_podcast.index",
    "store.care.private_feeds.revoke_private_feed": "podcast.revoke case_podcast.revoke",
    "store.care.private_feeds._get": "podcast. case_podcast.",
    "store.care.reviews._in_order": "case_submission. case_over_time. case.",
    "store.care.submissions.take_back": "submissions_api.remove",
    "store.entries.list_entries": "log.index api.list_session_entries",
    "store.renders.forget_render": "api.forget_render spoken.forget",
    "store.sittings.get_sitting": "sittings_api. sitting.",
    "web.access._admit_therapist": "colleagues.",
    "web.audio.answer_published": "audio.show",
    "web.author._is_head": "author.",
    "web.device.is_from_device": "api.show_render audio.show stream.",
    "web.private_files.is_signed": "",
    "web.reminders.check_token": "",
    "web.render_told.get_audible_render": "api.show_render timeline_api.",
    "web.spoken._get_render": "spoken.",
    "web.stream.Streams.admit": "stream.",
}
"""Of a function, a class or a module, the endpoints (or their beginnings) that ask by it.

A condition of a function that is not named is looked for everywhere, which takes its time.
Whatever is named in a body is asked for each: where nothing stands here, that shows it.
"""

_SEALED = "another's does not open with this client's key, and whose it is, was asked before"
_HOUSEKEEPING = "nobody names in a request whose it is to be"

OTHERWISE: Mapping[str, str] = {
    "store.backup.age": """no request reads a backup; tests/store/backup/test_age.py::
        test_not_one_changed_bit_is_believed""",
    "store.care.put_back": """no request puts a house back; tests/store/care/test_put_back.py::
        test_no_door_is_left_open""",
    "store.care.accounts.take_code": f"""{_HOUSEKEEPING}; tests/web/test_accounts.py::
        test_a_later_sign_in_asks_for_a_code""",
    "store.care.accounts.list_passkeys": f"""{_HOUSEKEEPING}; tests/web/test_accounts_welcome.py::
        test_a_colleague_is_invited_comes_in_and_leaves""",
    "store.care.accounts.list_sign_ins: SignInRow.ended_at.is_(None)": """only one's own are listed;
        tests/web/test_accounts_welcome.py::test_sign_ins_are_listed_and_ended""",
    "store.care.accounts.is_idle": """it words a notice;
        tests/web/test_accounts.py::test_it_says_kindly_that_nothing_was_asked_for""",
    "store.care.accounts.is_long": """it words a notice;
        tests/web/test_access.py::test_a_sign_in_lasts_half_a_day""",
    "store.care.accounts.end_sign_in: row.ended_at is not None": """one that has ended ends;
        tests/web/test_accounts_welcome.py::test_sign_ins_are_listed_and_ended""",
    "store.care.accounts.end_sign_ins": """whose they are is not in the request;
        tests/web/test_accounts.py::test_a_new_password_ends_the_other_sign_ins""",
    "store.care.accounts.list_colleagues: TherapistRow.left_at.is_(None)": """a name in one's own
        room; tests/web/test_accounts_welcome.py::
        test_a_colleague_is_invited_comes_in_and_leaves""",
    "store.care.accounts.find_colleague: TherapistRow.left_at.is_(None)": """_can_see_to() and
        find_link() ask as well; tests/web/test_handing_over.py::
        test_only_a_colleague_can_be_offered""",
    "store.care.accounts.let_go": f"""{_HOUSEKEEPING}; tests/web/test_accounts_welcome.py::
        test_a_colleague_is_invited_comes_in_and_leaves""",
    "store.care.assignments.list_assignments: AssignmentRow.withdrawn_at.is_(None)": """one's own;
        tests/web/test_given.py::test_what_is_gone_is_not_listed""",
    "store.care.assignments.find_assignment": """one's own;
        tests/web/test_given.py::test_what_is_gone_is_not_listed""",
    "store.care.audit": "the operator asks; tests/store/care/test_audit.py::"
    "test_who_read_a_client_between_two_moments",
    "store.care.case_log.ids_of_entries": """a device that changed hands is not in the house;
        tests/web/test_case_view.py::test_the_log_of_all_devices_from_when_each_was_joined""",
    "store.care.own_words.read_entry_notes": f"""{_SEALED} in ids_of_entries(); tests/web/
        test_own_words.py::test_nobody_writes_beside_anothers_entry""",
    "store.care.consents.consent_of": """nobody in the house joined or left with a consent;
        tests/web/test_case_view.py::test_nothing_is_shown_of_one_who_has_left_or_not_joined""",
    "store.care.contents._notes: NoteRow.client_id == of.client.id": f"""{_SEALED}; tests/render/
        test_exporting.py::test_no_hash_and_nobody_elses_id_is_in_it""",
    "store.care.contents._keys_given": """in the matrix's house no recording is made for a feed;
        tests/render/test_exporting.py::test_sound_that_is_not_of_what_they_give_is_not_told""",
    "store.care.contents._entry_notes": f"""{_SEALED} in ids_of_entries(); tests/render/
        test_exporting.py::test_no_hash_and_nobody_elses_id_is_in_it""",
    "store.care.erasing": "whose erasure it is, get_case() has found; tests/render/"
    "test_erasing.py::test_every_table_that_names_a_client_goes_with_them",
    "store.care.feed_renders": "whose feed it is, is_gone() and the signature say; tests/web/"
    "test_private_feed.py::test_two_clients_never_see_each_others_items",
    "store.care.handing_over.offer_handover": """get_case() has found the client;
        tests/web/test_handing_over.py::test_nobody_is_asked_who_is_not_there""",
    "store.care.handing_over.withdraw_handover": """get_case() has found the client;
        tests/web/test_handing_over.py::test_with_a_no_everything_stays""",
    "store.care.handing_over.find_handover": """the client decides, and find_client() has found
        them; tests/web/test_handing_over.py::test_an_answer_is_to_what_was_asked""",
    "store.care.handing_over.find_open_handover": """the client's own answer;
        tests/web/test_handing_over.py::test_with_a_no_everything_stays""",
    "store.care.handing_over.decline_handover": """the client's own answer;
        tests/web/test_handing_over.py::test_with_a_no_everything_stays""",
    "store.care.handing_over._can_see_to": """find_therapist() asks whoever would see it;
        tests/web/test_handing_over.py::test_only_a_colleague_can_be_offered""",
    "store.care.invitations.add_link": f"""{_HOUSEKEEPING}; tests/cli/test_people.py::
        test_a_new_link_ends_the_one_before""",
    "store.care.invitations.find_link": """find_therapist() asks again after it; tests/web/
        test_accounts_welcome.py::test_a_colleague_is_invited_comes_in_and_leaves""",
    "store.care.joining.withdraw_invitation": """get_case() or find_client() has found the client;
        tests/web/test_joining.py::test_a_link_can_be_withdrawn_and_made_anew""",
    "store.care.joining.list_open_invitations": """moments by id, shown of list_cases() alone;
        tests/web/test_joining.py::test_a_therapist_sees_their_own_clients_by_name""",
    "store.care.joining.get_invitation": """no such link is in the house;
        tests/web/test_joining.py::test_closed_links_are_answered_alike""",
    "store.care.joining.has_joined_with": """it words a greeting;
        tests/web/test_joining.py::test_a_second_press_is_no_mistake""",
    "store.care.joining.who_sees_to": f"""{_HOUSEKEEPING};
        tests/web/test_joining.py::test_a_client_joins""",
    "store.care.joining.list_devices: ClientDeviceRow.removed_at.is_(None)": """one's own;
        tests/web/test_joining.py::test_a_second_device_and_a_lost_one""",
    "store.care.joining.remove_device: ClientDeviceRow.removed_at.is_(None)": """one's own;
        tests/web/test_joining.py::test_a_second_device_and_a_lost_one""",
    "store.care.joining.come_back": """find_left_client() has found them by their device;
        tests/web/test_joining.py::test_after_a_day_leaving_is_for_good""",
    "store.care.joining.leave": """find_client() has found them by their device;
        tests/web/test_joining.py::test_leaving_and_thinking_better_of_it""",
    "store.care.joining.find_left_client": """one's own device;
        tests/web/test_joining.py::test_after_a_day_leaving_is_for_good""",
    "store.care.loudspeakers.add_loudspeaker": f"""{_HOUSEKEEPING};
        tests/web/test_room_player.py::test_a_code_lasts_ten_minutes""",
    "store.care.own_words": """get_own_entry() has found the entry;
        tests/web/
        test_own_words.py::test_nobody_writes_beside_anothers_entry""",
    "store.care.people.note_seen": """find_therapist() has let them in;
        tests/web/test_access.py::test_a_sign_in_ends""",
    "store.care.private_feeds": "those of before are not in the house; tests/store/care/"
    "test_private_feeds.py::test_revoked_is_gone_at_once_and_for_good",
    "store.care.private_feeds.list_private_feeds: client.left_at is not None": """find_client()
        has asked; tests/store/care/test_private_feeds.py::test_who_has_left_has_no_feed""",
    "store.care.private_feeds.list_private_feeds: PrivateFeedRow.revoked_at.is_(None)": """a feed
        of one's own; tests/store/care/test_private_feeds.py::
        test_revoked_is_gone_at_once_and_for_good""",
    "store.care.private_feeds.revoke_private_feed: row.revoked_at is not None": """a feed of one's
        own; tests/store/care/test_private_feeds.py::test_revoked_is_gone_at_once_and_for_good""",
    "store.care.private_feeds._get: row.revoked_at is not None": """a feed of one's own;
        tests/store/care/test_private_feeds.py::test_revoked_is_gone_at_once_and_for_good""",
    "store.care.reviews.list_reviewed": """ids of nothing that is shown: each page goes by what is
        the client's own; tests/web/test_case.py::test_nobody_else_reads_a_case""",
    "store.care.submissions.find_same_submission": """the digest is made with the client's own key;
        tests/web/test_submissions.py::test_somebody_elses_id_is_no_way_in""",
    "store.sittings": f"""{_HOUSEKEEPING};
        tests/store/test_sittings.py::test_sittings_expire""",
    "render.feed_items": """is_gone() stands in front;
        tests/store/care/test_private_feeds.py::test_who_has_left_has_no_feed""",
    "web.accounts_datastore": """find_therapist() asks at every request; tests/web/
        test_accounts_welcome.py::test_a_colleague_is_invited_comes_in_and_leaves""",
    "web.accounts_sign_in": """the uniquifier is of the same cookie as the sign-in;
        tests/web/test_accounts.py::test_a_sign_in_is_a_new_session""",
    "web.case": """it words the page;
        tests/web/test_case_view.py::test_nothing_is_shown_of_one_who_has_left_or_not_joined""",
    "web.case_words": """it words the page;
        tests/web/test_case_view.py::test_nothing_is_shown_of_one_who_has_left_or_not_joined""",
    "web.giving": """it sorts a list;
        tests/web/test_giving.py::test_taken_back_and_given_again""",
    "web.handing_over": """offer_handover() asks as well;
        tests/web/test_handing_over.py::test_nobody_is_asked_who_is_not_there""",
    "web.podcast.renew: row.client_id != client.id": """renew_private_feed() asks as well;
        tests/web/test_private_feed_door.py::test_nobody_else_sees_to_a_clients_feeds""",
    "web.podcast._own": """_get() and revoke_private_feed() ask as well; tests/web/
        test_private_feed_door.py::test_nobody_else_sees_to_a_clients_feeds""",
    "web.private_feed": """the signature is of this feed's file;
        tests/web/test_private_feed.py::test_f18_a_signature_of_one_file_opens_no_other""",
    "web.reminders.check_token: client.left_at is not None": """nobody in the house left with one;
        tests/web/test_given.py::test_it_dies_with_the_key_and_when_they_leave""",
    "web.clients": """get_invitation() asks as well;
        tests/web/test_joining.py::test_one_who_has_joined_gets_no_link_of_their_therapists""",
    "web.welcome": """find_link() asks as well;
        tests/web/test_accounts_welcome.py::test_a_forgotten_password_by_mail""",
    "web.with_therapist": """it words the page;
        tests/web/test_joining.py::test_leaving_and_thinking_better_of_it""",
}
"""What the matrix does not see of a function, a class, a module or one condition: what stands in
front of it, and the test that looks after it. What WHERE names more closely is seen there."""


def closest(name: str, table: Mapping[str, str]) -> str | None:
    """The line of a table that says most exactly what this condition is."""
    lines = (line for line in table if name == line or name.startswith((f"{line}.", f"{line}:")))
    return max(lines, key=len, default=None)


def is_left_to_others(name: str) -> bool:
    """True for a condition that OTHERWISE names, and WHERE not more closely."""
    others, here = closest(name, OTHERWISE), closest(name, WHERE)
    return others is not None and len(others) >= len(here or "")
