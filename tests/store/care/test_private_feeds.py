"""Private feeds: found by their token alone, gone at once, and watched over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from server.errors import CaseNotFound, SealBroken, TooManyFeeds
from server.store import Database
from server.store.care import AuditRow, ClientRow, KeyRing, Seal, TherapistRow, leave
from server.store.care.private_feed_tables import PrivateFeedNetworkRow, PrivateFeedRow
from server.store.care.private_feeds import (
    DISUSE,
    MOST_FEEDS,
    MOST_NETWORKS,
    Side,
    expire_private_feeds,
    find_private_feed,
    get_private_feed,
    is_gone,
    is_unusual,
    list_feed_clients,
    list_private_feeds,
    list_unusual_clients,
    make_private_feed,
    note_fetch,
    read_feed_name,
    renew_private_feed,
    revoke_private_feed,
    settle_alert,
)
from tests.full_case import settle_client

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Two clients, of two therapists."""

    database: Database
    keys: KeyRing
    ines: ClientRow
    jo: ClientRow

    def make(self, client: ClientRow, name: str = "My phone") -> str:
        """Make a feed; gives its token."""
        with self.database.writing() as db:
            seal = self.keys.get(client.id)
            _, token = make_private_feed(db, client, seal, name=name, is_neutral=True, now_at=NOON)
        return token

    def row(self, token: str) -> PrivateFeedRow:
        with self.database.reading() as db:
            row = find_private_feed(db, token)
        assert row is not None
        return row

    def names(self, client: ClientRow) -> list[str]:
        seal: Seal = self.keys.get(client.id)
        with self.database.reading() as db:
            return [read_feed_name(row, seal) for row in list_private_feeds(db, client)]

    def fetch(self, row: PrivateFeedRow, network: int, at: datetime = NOON) -> bool:
        with self.database.writing() as db:
            return note_fetch(db, row, f"{network:064x}", at)


@pytest.fixture
def ground(audited: Database, keys: KeyRing) -> Iterator[Ground]:
    ids = [settle_client(audited, keys, device=letter * 64) for letter in "ab"]
    with audited.reading() as db:
        ines, jo = (db.get_one(ClientRow, client_id) for client_id in ids)
    return Ground(database=audited, keys=keys, ines=ines, jo=jo)


@pytest.mark.sqlite
def test_a_feed_is_found_by_its_token_alone(ground: Ground):
    """The token has 256 bits, stands in no column, and each feed has its own."""
    tokens = [ground.make(ground.ines) for _ in range(2)]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)
    first, second = (ground.row(token) for token in tokens)
    assert first.id != second.id
    assert first.guid != second.guid
    assert ground.database.path.read_bytes().find(tokens[0].encode()) == -1
    with ground.database.reading() as db:
        assert find_private_feed(db, tokens[0][:-1]) is None
        assert find_private_feed(db, first.token_hash) is None
        assert get_private_feed(db, first.id) is not None
        assert get_private_feed(db, "0" * 32) is None


def test_names_are_sealed_and_each_has_their_own(ground: Ground):
    """In the order in which they were made; another client's key and place open nothing."""
    first = ground.row(ground.make(ground.ines, "Mein Händy"))
    ground.make(ground.ines, "Tablet")
    ground.make(ground.jo, "Jo's")
    assert sorted(ground.names(ground.ines)) == ["Mein Händy", "Tablet"]
    assert ground.names(ground.jo) == ["Jo's"]
    assert b"ndy" not in first.sealed_name
    with pytest.raises(SealBroken):
        read_feed_name(first, ground.keys.get(ground.jo.id))
    first.id = "0" * 32
    with pytest.raises(SealBroken):
        read_feed_name(first, ground.keys.get(ground.ines.id))


def test_there_are_so_many_and_no_more(ground: Ground):
    """One that was revoked makes room; another client's take none."""
    tokens = [ground.make(ground.ines) for _ in range(MOST_FEEDS)]
    with pytest.raises(TooManyFeeds):
        ground.make(ground.ines)
    ground.make(ground.jo)
    with ground.database.writing() as db:
        revoke_private_feed(db, ground.ines, ground.row(tokens[0]).id, "client", NOON)
    ground.make(ground.ines)
    assert len(ground.names(ground.ines)) == MOST_FEEDS


@pytest.mark.parametrize("by", ["client", "therapist"])
def test_revoked_is_gone_at_once_and_for_good(ground: Ground, by: str):
    """It is still found, so that its app can be told; the first who revoked it stays noted."""
    token = ground.make(ground.ines)
    row = ground.row(token)
    assert not is_gone(row, ground.ines, NOON)
    with ground.database.writing() as db:
        revoke_private_feed(db, ground.ines, row.id, by, NOON)
        revoke_private_feed(db, ground.ines, row.id, "client", NOON + timedelta(days=1))
    after = ground.row(token)
    assert is_gone(after, ground.ines, NOON)
    assert (after.revoked_at, after.revoked_by) == (NOON, by)
    assert ground.names(ground.ines) == []
    with ground.database.writing() as db, pytest.raises(CaseNotFound):
        renew_private_feed(db, ground.ines, row.id)


def test_a_new_token_ends_the_old_one(ground: Ground):
    """The feed stays what it was to an app: id, guid and name; an alert is settled with it."""
    old = ground.make(ground.ines)
    before = ground.row(old)
    for network in range(MOST_NETWORKS + 1):
        ground.fetch(before, network)
    with ground.database.writing() as db:
        new = renew_private_feed(db, ground.ines, before.id)
    after = ground.row(new)
    assert (after.id, after.guid, after.sealed_name) == (before.id, before.guid, before.sealed_name)
    assert after.alerted_at is None
    assert not ground.fetch(after, 99)
    with ground.database.reading() as db:
        assert find_private_feed(db, old) is None


def test_anothers_feed_is_nobodys(ground: Ground):
    """It cannot be renewed, revoked or settled, and does not count as theirs."""
    token = ground.make(ground.ines)
    row = ground.row(token)
    for feed_id in (row.id, "0" * 32):
        with ground.database.writing() as db:
            with pytest.raises(CaseNotFound):
                renew_private_feed(db, ground.jo, feed_id)
            with pytest.raises(CaseNotFound):
                revoke_private_feed(db, ground.jo, feed_id, "client", NOON)
            with pytest.raises(CaseNotFound):
                settle_alert(db, ground.jo, feed_id, "client", NOON)
    assert ground.row(token).revoked_at is None
    assert is_gone(row, ground.jo, NOON)
    assert is_gone(row, None, NOON)


def test_who_has_left_has_no_feed(ground: Ground):
    """From that moment on; who comes back finds it as it was."""
    row = ground.row(ground.make(ground.ines))
    with ground.database.writing() as db:
        assert leave(db, ground.ines.id, NOON)
        left = db.get_one(ClientRow, ground.ines.id)
        assert is_gone(row, left, NOON)
        assert list_private_feeds(db, left) == ()
        assert list_feed_clients(db) == ()
        with pytest.raises(CaseNotFound):
            make_private_feed(
                db, left, ground.keys.get(left.id), name="x", is_neutral=False, now_at=NOON
            )
        left.left_at = None
        assert not is_gone(row, left, NOON)
        assert list_feed_clients(db) == (left.id,)


def test_what_nobody_uses_is_over(ground: Ground):
    """After 90 days without a fetch it is gone before the sweeper notes it; use keeps it."""
    unused, used = (ground.row(ground.make(ground.ines, name)) for name in ("lost", "in use"))
    ground.fetch(used, 1, NOON + timedelta(days=1))
    almost, over = NOON + DISUSE - timedelta(seconds=1), NOON + DISUSE
    with ground.database.writing() as db:
        used = db.get_one(PrivateFeedRow, used.id)
        assert [is_gone(unused, ground.ines, at) for at in (almost, over)] == [False, True]
        assert not is_gone(used, ground.ines, over)
        expire_private_feeds(db, almost)
    assert len(ground.names(ground.ines)) == 2
    with ground.database.writing() as db:
        expire_private_feeds(db, over)
    assert ground.names(ground.ines) == ["in use"]
    with ground.database.reading() as db:
        assert db.get_one(PrivateFeedRow, unused.id).revoked_by == "disuse"
        assert db.get_one(PrivateFeedRow, used.id).revoked_by is None
        (deed,) = db.query(AuditRow).filter_by(action="revoke-feed")
        assert (deed.actor, deed.client_id) == ("nobody", ground.ines.id)
        assert deed.subject == unused.id


def test_what_ended_is_forgotten_after_90_days(ground: Ground):
    """Until then its address says that it has ended; one that stands is left alone."""
    ended, stands = ground.row(ground.make(ground.ines)), ground.row(ground.make(ground.jo))
    with ground.database.writing() as db:
        assert revoke_private_feed(db, ground.ines, ended.id, "client", NOON)
        assert not revoke_private_feed(db, ground.ines, ended.id, "therapist", NOON)
    ground.fetch(stands, 1, NOON + timedelta(days=89))
    for days, left in ((89, {ended.id, stands.id}), (90, {stands.id})):
        with ground.database.writing() as db:
            expire_private_feeds(db, NOON + timedelta(days=days))
            assert {row.id for row in db.query(PrivateFeedRow)} == left


def test_a_fetch_is_noted_within_five_minutes(ground: Ground):
    """Nobody needs to know it more exactly."""
    row, at = ground.row(ground.make(ground.ines)), NOON

    def used_at(at: datetime) -> datetime | None:
        ground.fetch(row, 1, at)
        with ground.database.reading() as db:
            return db.get_one(PrivateFeedRow, row.id).used_at

    assert used_at(at) == at
    assert used_at(at + timedelta(minutes=4)) == at
    assert used_at(at + timedelta(minutes=5)) == at + timedelta(minutes=5)


def test_many_networks_are_unusual_once(ground: Ground):
    """With one more than usual on one day it is told, and not again for those that were seen."""
    row = ground.row(ground.make(ground.ines))
    told = [ground.fetch(row, network) for network in range(MOST_NETWORKS + 2)]
    assert told == [False] * MOST_NETWORKS + [True, False]
    assert not ground.fetch(row, 0)
    with ground.database.writing() as db:
        assert db.get_one(PrivateFeedRow, row.id).alerted_at == NOON
        settle_alert(db, ground.ines, row.id, "client", NOON)
    assert not ground.fetch(row, 0), "it was seen already"
    assert ground.fetch(row, 50), "a new network"


def test_an_alert_is_settled_by_each_of_the_two(ground: Ground):
    """What one has seen the other has still to see; a new one is for both again."""
    row = ground.row(ground.make(ground.ines))

    def told() -> tuple[bool, bool, bool]:
        with ground.database.reading() as db:
            now = db.get_one(PrivateFeedRow, row.id)
            ada = db.get_one(TherapistRow, ground.ines.therapist_id)
            listed = list_unusual_clients(db, ada) == {ground.ines.id}
            return is_unusual(now, "client"), is_unusual(now, "therapist"), listed

    def settle(by: Side) -> None:
        with ground.database.writing() as db:
            settle_alert(db, ground.ines, row.id, by, NOON)

    assert told() == (False, False, False)
    for network in range(MOST_NETWORKS + 1):
        ground.fetch(row, network)
    assert told() == (True, True, True)
    settle("client")
    assert told() == (False, True, True)
    assert ground.fetch(row, 50)
    assert told() == (True, True, True)
    settle("therapist")
    assert told() == (True, False, False)
    settle("client")
    assert told() == (False, False, False)


def test_a_fetch_at_an_old_address_says_nothing_of_the_new_one(ground: Ground):
    """One that was under way while the address was renewed."""
    old = ground.row(ground.make(ground.ines))
    with ground.database.writing() as db:
        new = renew_private_feed(db, ground.ines, old.id)
    assert not ground.fetch(old, 1)
    assert ground.row(new).used_at is None
    with ground.database.reading() as db:
        assert db.query(PrivateFeedNetworkRow).count() == 0
    ground.fetch(ground.row(new), 1)
    assert ground.row(new).used_at is not None


def test_each_day_is_counted_by_itself(ground: Ground):
    """Its hashes have a salt of their own, so the same network counts anew."""
    row = ground.row(ground.make(ground.ines))
    tomorrow = NOON + timedelta(days=1)
    for day in (NOON, tomorrow):
        assert not any(ground.fetch(row, network, day) for network in range(MOST_NETWORKS))
    assert ground.fetch(row, 50, tomorrow)


def test_networks_are_forgotten(ground: Ground):
    """Today's and yesterday's are kept, and none before."""
    row = ground.row(ground.make(ground.ines))
    for days in range(4):
        ground.fetch(row, 1, NOON + timedelta(days=days))
    with ground.database.writing() as db:
        expire_private_feeds(db, NOON + timedelta(days=3))
        days = [each.day.day for each in db.query(PrivateFeedNetworkRow)]
    assert sorted(days) == [1, 2]  # the 1st and 2nd of December


def test_a_feed_that_is_gone_notes_nothing(ground: Ground):
    """Who still asks leaves no trace, and raises no alarm."""
    token = ground.make(ground.ines)
    row = ground.row(token)
    with ground.database.writing() as db:
        revoke_private_feed(db, ground.ines, row.id, "client", NOON)
    assert not any(ground.fetch(row, network) for network in range(MOST_NETWORKS + 2))
    assert ground.row(token).used_at is None


def test_each_client_is_named_once(ground: Ground):
    """However many feeds they have."""
    for client in (ground.ines, ground.ines, ground.jo):
        ground.make(client)
    with ground.database.reading() as db:
        assert list_feed_clients(db) == tuple(sorted((ground.ines.id, ground.jo.id)))
