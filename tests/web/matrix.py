"""Who gets in where, written by hand and not read from the table of access; and what is sent.

A line says, for an endpoint and a method, who is answered. Whoever is not named is told that there
is nothing, or is led to the sign-in page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from zipfile import ZipFile

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.matrix_house import EVERYBODY, MatrixHouse
from tests.web.matrix_requests import asked_of

METHODS = ("GET", "POST", "PUT", "DELETE")

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "everybody": EVERYBODY,
    "clients": ("ines", "jo"),
    "therapists": ("ada", "bo", "cy"),
    "heads": ("ada", "cy"),
    "writers": ("ada", "cy", "operator"),
    "watching": ("ada", "bo", "cy", "idle"),
}

_WHO = """
everybody: static
everybody: library.index library.about library.colours
everybody: guides.show_map guides.ask_further guides.show_course
everybody: practice.show practice.telling practice.score script_page.show live.show log.index
everybody: log.delete
everybody: subscribe.show_library subscribe.show_track subscribe.show_course
everybody: subscribe.begin_test subscribe.show_test
everybody: language.choose feed.rss feed.track feed.course feed.moved
everybody: covers.cover covers.house_cover health.alive health.ready
everybody: covers.small_cover covers.track_cover covers.course_cover
everybody: phone.manifest phone.offline phone.service_worker phone_api.offline_practice
everybody: openapi.spec api.list_practices api.order_render api.add_session_entry
everybody: api.list_session_entries sittings_api.begin_sitting sitting.show_ground
everybody: worksheets.index worksheets.show worksheets.mine submissions_api.check
everybody: submissions_api.order_guided
everybody: given_api.count given.calendar joining.show joining.accept with_therapist.index
everybody: private_feed.show private_feed.show_file
everybody: listen.show loudspeaker_api.join loudspeaker_api.leave
everybody: welcome.show welcome.accept welcome.forgotten welcome.send_link
everybody: security.login security.wan_signin security.wan_signin_response

ines: api.show_render api.forget_render audio.show stream.show_document stream.show_piece
ines: timeline_api.show_timeline sittings_api.show_sitting sittings_api.make_move
ines: sittings_api.forget_sitting sitting.show_init sitting.show_playlist sitting.show_segment
ines: entry_notes.write entry_notes.keep entry_notes.delete ladders_api.delete
ines: submissions_api.remove log.undo api.delete_session_entry
ines: podcast.renew podcast.revoke podcast.settle podcast.fetched
ines: handing_over.ask handing_over.answer
ines: spoken.choose spoken.turn spoken.order spoken.show spoken.forget
jo: listen.sound loudspeaker_api.look loudspeaker_api.ready

clients: with_therapist.seen with_therapist.decide with_therapist.add_device
clients: with_therapist.remove_device with_therapist.ask_to_leave with_therapist.leave
clients: ladders_api.keep ladders_api.list_all given.index given.reminders
clients: submissions_api.add submissions_api.list_own podcast.index podcast.make
away: with_therapist.come_back

therapists: clients.index clients.invite clients.add account.show account.rename account.end_one
therapists: account.end_others colleagues.show case_end.erased
therapists: room_player.choose room_player.show room_player.show_live room_player_api.add
therapists: security.verify security.change_password security.mf_recovery_codes
therapists: security.wan_register security.wan_register_response security.wan_delete
therapists: security.wan_verify security.wan_verify_response security.mf_recovery
therapists: security.two_factor_setup security.two_factor_setup_validate
heads: colleagues.invite

ada: clients.show_link clients.make_link clients.withdraw_link
ada: colleagues.link_again colleagues.end
ada: room_player_api.tell
watching: room_player_api.end
ada idle: room_player_api.show
ada: giving.choose giving.compose giving.give giving.list_given giving.take_back giving.give_again
ada: case_end.show_export case_end.export case_end.show_erase case_end.erase
ada: case.index case.rename case_log.index case_log.ladder case_over_time.index
ada: case_submission.show case_submission.review case_submission.together case_submission.ask
ada: case_notes.index case_notes.add case_notes.edit case_notes.change case_notes.delete
ada: case_notes.undo case_podcast.index case_podcast.revoke case_podcast.settle
ada: handing_over.show handing_over.offer handing_over.withdraw

writers: author.index author.edit author_api.begin author_api.check author_api.compare_texts
writers: author_api.hear author_api.list_versions author_api.read author_api.read_version
writers: author_api.save

: security.two_factor_rescue security.tf_select
: security.logout security.two_factor_token_validation
: feed_audio.show
"""
"""Of each endpoint who gets in. What is asked for is Ines' own, wherever it is somebody's.

Nothing of Ines' is in a public feed. Signing out leads everybody to the sign-in page, and so
does a code without a password before it.
"""


def who_gets_in() -> dict[str, frozenset[str]]:
    """Of each endpoint who gets in."""
    found = {}
    for line in filter(None, _WHO.splitlines()):
        who, _, endpoints = line.partition(":")
        names = _GROUPS.get(who, tuple(who.split()))
        found.update(dict.fromkeys(endpoints.split(), frozenset(names)))
    return found


def is_let_in(answer: TestResponse) -> bool:
    """True when an answer tells that somebody is in, False when they are told of nothing.

    Anything else, such as a mistake of the house's, is a LookupError.
    """
    if answer.status_code in (301, 302, 303, 307, 308):
        return not answer.location.partition("?")[0].endswith("/sign-in")
    if 200 <= answer.status_code < 300 or answer.status_code in (400, 409, 415, 422, 503):
        return True
    if answer.status_code in (401, 403, 404):
        return False
    raise LookupError(f"{answer.status_code} is neither in nor out")


def rules(house: MatrixHouse) -> Iterator[tuple[Rule, str]]:
    """Every rule with each method that it knows."""
    for rule in house.app.url_map.iter_rules():
        for method in METHODS:
            if method in (rule.methods or ()):
                yield rule, method


NOTHING = "f" * 32
NOTHING_LONG = "f" * 64

OBJECTS = (
    "submission_id",
    "note_id",
    "ladder_id",
    "assignment_id",
    "entry_id",
    "feed_id",
    "key",
    "sitting_id",
)


def crossed_arguments(house: MatrixHouse, rule: Rule) -> Iterator[tuple[str, str]]:
    """Arguments of a rule that name what is somebody else's."""
    jo, people = house.things["jo"], house.people
    for name in rule.arguments:
        if name in OBJECTS:
            yield name, jo[name]
    if rule.endpoint == "case_notes.undo":
        yield "note_id", jo["deleted_note"]
    elif rule.endpoint == "log.undo":
        yield "entry_id", jo["deleted_entry"]
    elif "note_id" in rule.arguments:
        yield "note_id", house.things["ines"]["note_of_bo"]
    if "client_id" in rule.arguments:
        yield from (("client_id", each) for each in (people.kim, house.more["moved"]))
    if "loudspeaker_id" in rule.arguments:
        yield "loudspeaker_id", house.more["loudspeaker of cy"]
    if "therapist_id" in rule.arguments:
        yield "therapist_id", people.cy


def leaks(
    house: MatrixHouse, endpoints: frozenset[str] | None = None
) -> Iterator[tuple[str, str, str, str]]:
    """Wherever what is somebody else's is not answered exactly like an id of nothing."""
    expected = who_gets_in()
    for rule, method in rules(house):
        if endpoints is not None and rule.endpoint not in endpoints:
            continue
        who = next((each for each in ("ines", "ada") if each in expected[rule.endpoint]), "jo")
        for name, others in crossed_arguments(house, rule):
            told = []
            for each in (others, NOTHING_LONG if name == "key" else NOTHING):
                asked = asked_of(house, rule, method, **{name: each})
                answer = house.ask(who, method, asked.path, asked.said)
                told.append((answer.status_code, answer.location, answer.data))
                if house.is_changed:
                    yield rule.endpoint, method, name, "something was changed"
            if told[0] != told[1]:
                yield rule.endpoint, method, name, f"{told[0][0]} is not {told[1][0]}"
            elif is_let_in_by(told[0][0], rule.endpoint):
                yield rule.endpoint, method, name, f"{told[0][0]}"


SILENT = frozenset(
    {"case_notes.delete", "log.delete", "room_player_api.end", "sittings_api.forget_sitting"}
)
"""What deletes says the same of what is not there; that nothing was changed counts."""


def is_let_in_by(status: int, endpoint: str) -> bool:
    """True for an answer that is none of those for what is not there."""
    return status != 404 and endpoint not in SILENT


def opened(body: bytes) -> bytes:
    """An answer as it can be looked through: of an archive all that is in it."""
    if not body.startswith(b"PK"):
        return body
    with ZipFile(BytesIO(body)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def foreign_in(house: MatrixHouse, who: str, path: str, body: bytes) -> Iterator[str]:
    """Names of what is not theirs and stands in an answer, unless they have asked by it."""
    people, ines, jo = house.people, house.things["ines"], house.things["jo"]
    hidden = {f"{name} of jo": value for name, value in jo.items()}
    if who == "ada":
        hidden.pop("client_id of jo")
        hidden |= {"note_of_bo": ines["note_of_bo"], "moved": house.more["moved"]}
        hidden |= {"kim": people.kim, "cy": people.cy, "bo": house.more["sign-in of bo"]}
    elif who == "jo":
        hidden = {f"{name} of ines": value for name, value in ines.items() if name != "key"}
    elif who != "ines":
        hidden |= {f"{name} of ines": value for name, value in ines.items()}
    for name, value in hidden.items():
        if len(value) >= len(NOTHING) and value not in path and value.encode() in body:
            yield name


def deviations(
    house: MatrixHouse, endpoints: frozenset[str] | None = None
) -> Iterator[tuple[str, str, str, str]]:
    """Who, what, how and what came of it, wherever it is not as the table says."""
    expected = who_gets_in()
    for rule, method in rules(house):
        if endpoints is not None and rule.endpoint not in endpoints:
            continue
        asked = asked_of(house, rule, method)
        for who in EVERYBODY:
            answer = house.ask(who, method, asked.path, asked.said)
            try:
                is_in = is_let_in(answer)
            except LookupError as error:
                yield who, rule.endpoint, method, str(error)
                continue
            for name in foreign_in(house, who, asked.path, opened(answer.data)):
                yield who, rule.endpoint, method, f"shows {name}"
            if is_in != (who in expected.get(rule.endpoint, ())):
                said = "in" if is_in else "out"
                yield who, rule.endpoint, method, f"{said}: {answer.status_code}"
