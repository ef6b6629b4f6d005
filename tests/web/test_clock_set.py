"""What was written down by a clock that was far ahead, and is read when it is right again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.errors import InvitationGone
from server.store import hash_device
from server.store.care import (
    ClientRow,
    SignInRow,
    TherapistRow,
    add_sign_in,
    find_therapist,
    hash_token,
    make_id,
)
from server.store.care.accounts import list_sign_ins, take_code
from server.store.care.failures import add_failure
from server.store.care.invitations import add_link, find_link
from server.store.care.joining import (
    add_client,
    add_invitation,
    get_invitation,
    is_device_seen_long_ago,
    list_open_invitations,
    note_device_seen,
)
from server.store.care.loudspeaker_tables import LoudspeakerRow
from server.store.care.loudspeakers import (
    add_loudspeaker,
    find_joined,
    get_loudspeaker,
    is_control_due,
    is_out_of_control,
    join_loudspeaker,
    note_controlled,
)
from server.store.care.people import is_seen_long_ago, note_seen
from server.store.care.private_feed_tables import PrivateFeedRow
from server.store.care.private_feeds import make_private_feed, note_fetch
from server.store.feed_watches import (
    add_feed_watch,
    find_feed_watch,
    has_old_feed_watches,
    is_feed_watched,
)
from tests.web.people_house import People

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AHEAD = NOW + timedelta(days=400)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_sign_in_lasts_no_longer(people: People) -> None:
    """One that was made or used ahead is over; a minute between two machines is nothing."""
    with people.database.writing() as db:
        moments = (AHEAD, NOW, NOW + MINUTE)
        made, used, near = (add_sign_in(db, people.ada, "x", at) for at in moments)
        note_seen(db, used, AHEAD)
        for token, is_in in ((made, False), (used, False), (near, True)):
            assert (find_therapist(db, token, NOW) is not None) == is_in
        assert [each.token_hash for each in list_sign_ins(db, people.ada, NOW)] == [
            hash_token(near)
        ]
        assert find_therapist(db, made, AHEAD) is not None
        assert is_seen_long_ago(db, used, NOW)
        assert db.get_one(SignInRow, hash_token(used)).ended_at is None


def test_failures_shut_nobody_out(people: People) -> None:
    """Those that were counted ahead are forgotten, and counting begins anew."""
    since = timedelta(minutes=15)
    with people.database.writing() as db:
        for at, free in ((AHEAD, True), (AHEAD, True), (AHEAD, False), (NOW, True), (NOW, True)):
            assert add_failure(db, "k", at, most=2, since_at=at - since) == free
        assert not add_failure(db, "k", NOW, most=2, since_at=NOW - since)


def test_a_link_is_good_for_no_longer(people: People) -> None:
    """One of far ahead opens nothing. One that a clock set back takes for days ahead does."""
    with people.database.writing() as db:
        ada = db.get_one(TherapistRow, people.ada)
        for at, opens in ((AHEAD, False), (NOW + 3 * DAY, True)):
            token = add_link(db, "password", at, therapist=ada)
            assert (find_link(db, token, NOW) is not None) == opens
            client = add_client(db, ada, make_id(), b"", at)
            token = add_invitation(db, client, "client", at)
            assert (client.id in list_open_invitations(db, ada, NOW)) == opens
            if opens:
                assert get_invitation(db, token, NOW).client == client
            else:
                with pytest.raises(InvitationGone):
                    get_invitation(db, token, NOW)


def test_a_loudspeaker_lasts_no_longer(people: People) -> None:
    """Neither its code, nor what has joined; and it does not play on for a page that is gone."""
    with people.database.writing() as db:
        ada = db.get_one(TherapistRow, people.ada)
        _, code = add_loudspeaker(db, ada.id, AHEAD)
        assert join_loudspeaker(db, code, NOW) is None
        token = join_loudspeaker(db, code, AHEAD)
        assert token is not None
        assert find_joined(db, token, AHEAD) is not None
        assert find_joined(db, token, NOW) is None
        made_id, _ = add_loudspeaker(db, ada.id, NOW)
        assert [row.id for row in db.query(LoudspeakerRow)] == [made_id]
        row = get_loudspeaker(db, ada, made_id, NOW)
        note_controlled(row, AHEAD)
        assert is_out_of_control(row, NOW)
        assert is_control_due(row, NOW)


def test_a_code_of_ahead_keeps_nobody_out(people: People) -> None:
    """The next right code counts, once; none of before it does."""
    now, ahead = int(NOW.timestamp()) // 30, int(AHEAD.timestamp()) // 30
    with people.database.writing() as db:
        assert take_code(db, people.ada, ahead)
        assert take_code(db, people.ada, now)
        for used in (now, now - 1, now - 2):
            assert not take_code(db, people.ada, used)
        assert take_code(db, people.ada, now + 1)


def test_when_something_was_last_used_is_known_again(people: People) -> None:
    """A device and a feed that were seen ahead are seen anew now."""
    device = hash_device(people.devices[people.ines])
    with people.database.writing() as db:
        note_device_seen(db, device, AHEAD)
        assert is_device_seen_long_ago(db, device, NOW)
        ines = db.get_one(ClientRow, people.ines)
        seal = people.keys.get(people.ines)
        row, _ = make_private_feed(db, ines, seal, name="x", is_neutral=True, now_at=NOW)
        for at in (AHEAD, NOW):
            note_fetch(db, row, "n", at)
            assert db.get_one(PrivateFeedRow, row.id).used_at == at


def test_who_looks_out_for_an_app_is_forgotten(people: People) -> None:
    """A watch of ten minutes that began ahead is over."""
    with people.database.writing() as db:
        watch = add_feed_watch(db, "library", "n", AHEAD)
        assert find_feed_watch(db, watch.id, AHEAD) is not None
        assert find_feed_watch(db, watch.id, NOW) is None
        assert not is_feed_watched(db, "library", NOW)
        assert has_old_feed_watches(db, NOW)
        assert not has_old_feed_watches(db, AHEAD)
