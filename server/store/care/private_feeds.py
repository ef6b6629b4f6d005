"""Queries for private feeds: made, found by their token, renewed, revoked, and watched over."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from server.errors import CaseNotFound, TooManyFeeds
from server.store.care.audit import Deed, add_deed
from server.store.care.people import hash_token, make_id
from server.store.care.people_tables import ClientRow, TherapistRow
from server.store.care.private_feed_tables import PrivateFeedNetworkRow, PrivateFeedRow
from server.store.care.sealing import Seal
from server.store.recently import is_recent

Side = Literal["client", "therapist"]
"""Which of the two is told, or says something."""

TOKEN_BYTES = 32

MOST_FEEDS = 6
"""So many feeds of one client may stand: each device or app has its own."""

DISUSE = timedelta(days=90)
"""A feed that nothing fetched for so long is over: its app was removed, or its phone is lost."""

GONE_FOR = timedelta(days=90)
"""So long the address of one that ended says that it did; then nothing of it is kept."""

USED_EVERY = timedelta(minutes=5)
"""How exactly it is known when a feed was last fetched: not every request is a write."""

MOST_NETWORKS = 6
"""From so many networks one feed may be fetched on one day: home, work, two of a mobile
provider's, and two that an app's own servers ask from. With one more, somebody may have passed
the address on. Days are counted one by one, since each day's hashes have a salt of their own."""

NETWORKS_FOR = timedelta(days=2)
"""So long it is kept from which networks a feed was fetched."""

MAKE_FEED, RENEW_FEED, REVOKE_FEED = "make-feed", "renew-feed", "revoke-feed"
"""What the audit says: whoever calls make, renew or revoke notes the deed, with the feed's id as
its subject, in the same transaction."""


def feed_owner(client_id: str) -> str:
    """The pseudo device that recordings for a client's feeds belong to.

    No cookie can ever hold it: that of a device is 43 characters of base64, see web/device.py.
    """
    return f"feeds:{client_id}"


def make_private_feed(
    db: Session, client: ClientRow, seal: Seal, *, name: str, is_neutral: bool, now_at: datetime
) -> tuple[PrivateFeedRow, str]:
    """Make one more feed of a client; gives its row, and the token, which is nowhere kept.

    Raises TooManyFeeds, and CaseNotFound for a client who has left.
    """
    if client.left_at is not None:
        raise CaseNotFound
    if len(list_private_feeds(db, client)) >= MOST_FEEDS:
        raise TooManyFeeds
    feed_id, token = make_id(), secrets.token_urlsafe(TOKEN_BYTES)
    row = PrivateFeedRow(
        id=feed_id,
        client_id=client.id,
        token_hash=hash_token(token),
        guid=str(uuid.uuid4()),
        sealed_name=seal.close(name, _place(feed_id)),
        is_neutral=is_neutral,
        made_at=now_at,
    )
    db.add(row)
    db.flush()
    return row, token


def find_private_feed(db: Session, token: str) -> PrivateFeedRow | None:
    """The feed with this token, also one that was revoked: ask is_gone().

    It is looked up by the token's hash. How long that takes tells something about the hash of
    what was asked for at most, and from that nobody can work towards a token.
    """
    wanted = select(PrivateFeedRow).where(PrivateFeedRow.token_hash == hash_token(token))
    return db.scalars(wanted).first()


def get_private_feed(db: Session, feed_id: str) -> PrivateFeedRow | None:
    """The feed with this id, also one that was revoked, or None."""
    return db.get(PrivateFeedRow, feed_id)


def list_private_feeds(db: Session, client: ClientRow) -> tuple[PrivateFeedRow, ...]:
    """A client's feeds that stand, in the order in which they were made; none of who has left."""
    if client.left_at is not None:
        return ()
    return tuple(
        db.scalars(
            select(PrivateFeedRow)
            .where(PrivateFeedRow.client_id == client.id, PrivateFeedRow.revoked_at.is_(None))
            .order_by(PrivateFeedRow.made_at, PrivateFeedRow.id)
        )
    )


def read_feed_name(row: PrivateFeedRow, seal: Seal) -> str:
    """What its owner calls it. Raises SealBroken."""
    return seal.open(row.sealed_name, _place(row.id))


def renew_private_feed(db: Session, client: ClientRow, feed_id: str) -> str:
    """Give a feed a new token; the old address, and all of its files', open nothing from now on.

    The feed stays the same to an app that is told of it: guid and items do not change. An alert
    is settled with it. Raises CaseNotFound for what is not this client's or does not stand.
    """
    row, token = _get(db, client, feed_id), secrets.token_urlsafe(TOKEN_BYTES)
    row.token_hash, row.alerted_at = hash_token(token), None
    row.client_settled_at = row.therapist_settled_at = None
    db.execute(delete(PrivateFeedNetworkRow).where(PrivateFeedNetworkRow.feed_id == row.id))
    db.flush()
    return token


def revoke_private_feed(
    db: Session, client: ClientRow, feed_id: str, by: str, now_at: datetime
) -> bool:
    """Let a feed be gone from now on; `by` is client or therapist.

    Raises CaseNotFound for what is not this client's. False for one that was revoked before: it
    stays as it is, and there is no deed to note.
    """
    row = db.get(PrivateFeedRow, feed_id)
    if row is None or row.client_id != client.id:
        raise CaseNotFound
    if row.revoked_at is not None:
        return False
    row.revoked_at, row.revoked_by = now_at, by
    db.flush()
    return True


def settle_alert(db: Session, client: ClientRow, feed_id: str, by: Side, now_at: datetime) -> None:
    """Note that one of the two has seen an alert; the other one still has it before them.

    It comes again for both, for networks of another day, or new ones. Raises CaseNotFound for
    what is not this client's or does not stand.
    """
    row = _get(db, client, feed_id)
    if by == "client":
        row.client_settled_at = row.client_settled_at or now_at
    else:
        row.therapist_settled_at = row.therapist_settled_at or now_at
    db.flush()


def is_unusual(row: PrivateFeedRow, to: Side) -> bool:
    """True where one of the two is to be told that more networks than usual fetch a feed."""
    settled_at = row.client_settled_at if to == "client" else row.therapist_settled_at
    return row.alerted_at is not None and settled_at is None


def list_unusual_clients(db: Session, therapist: TherapistRow) -> frozenset[str]:
    """The ids of those of a therapist's clients of whose feeds they are to be told."""
    wanted = (
        select(PrivateFeedRow.client_id)
        .join(ClientRow, ClientRow.id == PrivateFeedRow.client_id)
        .where(
            ClientRow.therapist_id == therapist.id,
            ClientRow.left_at.is_(None),
            PrivateFeedRow.revoked_at.is_(None),
            PrivateFeedRow.alerted_at.is_not(None),
            PrivateFeedRow.therapist_settled_at.is_(None),
        )
    )
    return frozenset(db.scalars(wanted))


def is_gone(row: PrivateFeedRow, client: ClientRow | None, now_at: datetime) -> bool:
    """True for a feed that gives nothing any more: revoked, unused for DISUSE, its client left."""
    if row.revoked_at is not None or client is None or client.id != row.client_id:
        return True
    return client.left_at is not None or (row.used_at or row.made_at) <= now_at - DISUSE


def note_fetch(db: Session, row: PrivateFeedRow, network_hash: str, now_at: datetime) -> bool:
    """Note that a feed or a file of it was fetched from a network, by the hash of the day.

    True where this very fetch made it unusual: it came from one network more than MOST_NETWORKS
    on this day, and client or therapist has no alert before them. A feed that is gone
    meanwhile, or has a new address, is left alone.
    """
    feed = db.get(PrivateFeedRow, row.id)
    if feed is None or feed.revoked_at is not None or feed.token_hash != row.token_hash:
        return False
    if feed.used_at is None or not is_recent(feed.used_at, now_at, USED_EVERY):
        feed.used_at = now_at
    today = now_at.date()
    if db.get(PrivateFeedNetworkRow, (feed.id, today, network_hash)) is not None:
        return False
    db.add(PrivateFeedNetworkRow(feed_id=feed.id, day=today, network_hash=network_hash))
    db.flush()
    seen = select(func.count()).select_from(PrivateFeedNetworkRow)
    networks = seen.where(
        PrivateFeedNetworkRow.feed_id == feed.id, PrivateFeedNetworkRow.day == today
    )
    is_told = is_unusual(feed, "client") and is_unusual(feed, "therapist")
    if (db.scalar(networks) or 0) <= MOST_NETWORKS or is_told:
        return False
    feed.alerted_at = now_at
    feed.client_settled_at = feed.therapist_settled_at = None
    db.flush()
    return True


def expire_private_feeds(db: Session, now_at: datetime) -> None:
    """End the feeds that nothing has fetched for DISUSE, which the audit says; forget those that
    ended GONE_FOR ago, and networks of earlier days.
    """
    unused = func.coalesce(PrivateFeedRow.used_at, PrivateFeedRow.made_at) <= now_at - DISUSE
    for row in db.scalars(
        select(PrivateFeedRow).where(PrivateFeedRow.revoked_at.is_(None), unused)
    ):
        row.revoked_at, row.revoked_by = now_at, "disuse"
        client = db.get_one(ClientRow, row.client_id)
        deed = Deed(
            actor="nobody",
            action=REVOKE_FEED,
            room_id=client.room_id,
            client_id=client.id,
            subject=row.id,
        )
        add_deed(db, deed, now_at)
    db.execute(
        delete(PrivateFeedRow)
        .where(PrivateFeedRow.revoked_at <= now_at - GONE_FOR)
        .execution_options(synchronize_session=False)
    )
    before = (now_at - NETWORKS_FOR).date()
    db.execute(
        delete(PrivateFeedNetworkRow)
        .where(PrivateFeedNetworkRow.day <= before)
        .execution_options(synchronize_session=False)
    )


def list_feed_clients(db: Session) -> tuple[str, ...]:
    """The ids of all clients who have a feed that stands."""
    wanted = (
        select(PrivateFeedRow.client_id)
        .join(ClientRow, ClientRow.id == PrivateFeedRow.client_id)
        .where(PrivateFeedRow.revoked_at.is_(None), ClientRow.left_at.is_(None))
    )
    return tuple(db.scalars(wanted.distinct().order_by(PrivateFeedRow.client_id)))


def _get(db: Session, client: ClientRow, feed_id: str) -> PrivateFeedRow:
    row = db.get(PrivateFeedRow, feed_id)
    if row is None or row.client_id != client.id or row.revoked_at is not None:
        raise CaseNotFound
    return row


def _place(feed_id: str) -> str:
    return f"private_feeds:{feed_id}"
