"""What is in private feeds: what stands given, in order, with a guid for ever and its sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from server.errors import Busy, SettingsError
from server.render import Workshop, server_secret
from server.render import feed_orders as feed_orders_module
from server.render.feed_items import FeedItem, file_signature, item_guid, list_feed_items
from server.render.feed_orders import FeedOrders, order_feed_items
from server.render.order_book import read_order
from server.render.sweeper import Sweeper
from server.render.worker import Worker
from server.store import (
    RenderRow,
    claim_render,
    fail_render,
    hash_device,
    list_protected_keys,
)
from server.store.care import (
    AssignmentDetails,
    ClientRow,
    KeyRing,
    NewAssignment,
    add_assignment,
    check_audit,
    leave,
    open_audited,
    restore_assignment,
    withdraw_assignment,
)
from server.store.care.feed_renders import list_feed_keys, list_open_keys, note_feed_render
from server.store.care.private_feed_tables import PrivateFeedRenderRow, PrivateFeedRow
from server.store.care.private_feeds import (
    feed_owner,
    make_private_feed,
    renew_private_feed,
    revoke_private_feed,
)
from server.timeline import Options
from tests.full_case import settle_client
from tests.render.conftest import SCRIPT, FakeProducer, until

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
COURSE = """slug: first-week
title: A first week
summary: Small steps.
why:
  - One after the other.
sittings:
  - practice: small-step
    minutes: 1
    why: To begin with.
  - practice: other-step
    minutes: 2
    why: To go on.
  - practice: small-step
    minutes: 1
    why: Once more.
"""
SPOKEN = AssignmentDetails(message="For the evening.", is_spoken=True, choices={"minutes": 3})
OWN = AssignmentDetails(words={"obstacle": "the noise"})
AS_USUAL, USUAL = AssignmentDetails(), Options(minutes=2)

RowOf = Callable[[str], RenderRow]
MakeWorker = Callable[[FakeProducer], Worker]


@dataclass(kw_only=True)
class Ground:
    """A client with a feed, to whom things are given one after the other."""

    workshop: Workshop
    keys: KeyRing
    client: ClientRow
    feed_id: str
    worker: Worker
    clock: Iterator[int] = field(default_factory=count)

    def give(
        self,
        details: AssignmentDetails = AS_USUAL,
        *,
        kind: str = "practice",
        subject: str = "small-step",
    ) -> str:
        new = NewAssignment(kind=kind, subject=subject, rhythm="whenever", details=details)
        at = NOON + timedelta(minutes=next(self.clock))
        with self.workshop.database.writing() as db:
            return add_assignment(db, self.client, self.keys.get(self.client.id), new, at).id

    def take_back(self, assignment_id: str) -> None:
        with self.workshop.database.writing() as db:
            withdraw_assignment(db, self.client, assignment_id, NOON)

    def order(self) -> bool:
        return order_feed_items(self.workshop, self.keys, self.client.id)

    def make(self) -> None:
        """Order, and make all that was ordered."""
        assert self.order()
        for key in sorted(self.ordered()):
            self.worker.perform(key)

    def ordered(self) -> set[str]:
        with self.workshop.database.reading() as db:
            return {row.key for row in db.query(RenderRow) if row.state == "queued"}

    @property
    def items(self) -> tuple[FeedItem, ...]:
        return list_feed_items(self.workshop, self.keys, self.client.id)

    def key_of(self, number: int = 0) -> str:
        render = self.items[number].render
        assert render is not None
        return render.key

    def folder_of(self, key: str) -> bool:
        return self.workshop.shelf.render_folder(key).exists()

    def write(self, name: str, text: str) -> None:
        path = self.workshop.settings.scripts_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def found(self, key: str) -> bool:
        with self.workshop.database.reading() as db:
            return key in list_open_keys(db, self.client.id)


@pytest.fixture
def ground(workshop: Workshop, make_worker: MakeWorker, producer: FakeProducer) -> Ground:
    keys = KeyRing(workshop.settings.keys_path)
    client_id = settle_client(workshop.database, keys)
    with workshop.database.writing() as db:
        client = db.get_one(ClientRow, client_id)
        row, _ = make_private_feed(
            db, client, keys.get(client_id), name="Phone", is_neutral=False,
            now_at=datetime.now(UTC),
        )  # fmt: skip
    return Ground(
        workshop=workshop,
        keys=keys,
        client=client,
        feed_id=row.id,
        worker=make_worker(producer),
    )


@pytest.fixture
def sweeper(workshop: Workshop) -> Sweeper:
    return Sweeper(
        database=workshop.database, shelf=workshop.shelf, queue=workshop.queue, own_words_days=7
    )


def test_what_was_given_is_there_in_order(ground: Ground):
    """The first given is number one; worksheets and what is for the page alone are in no feed."""
    ground.give(SPOKEN)
    ground.give(kind="worksheet", subject="friend-and-self")
    ground.give(AssignmentDetails(is_in_app_only=True))
    ground.give(AssignmentDetails(message="Read it."), subject="small-step")
    told = [(each.number, each.title, each.minutes, each.message) for each in ground.items]
    assert told == [
        (1, "A small step", 3, "For the evening."),
        (2, "A small step", 2, "Read it."),
    ]
    assert [each.given_at for each in ground.items] == [NOON, NOON + timedelta(minutes=3)]
    assert [each.render for each in ground.items] == [None, None]


def test_reading_orders_nothing(ground: Ground):
    """However often it is read."""
    ground.give(SPOKEN)
    for _ in range(2):
        assert len(ground.items) == 1
    assert ground.ordered() == set()


def test_numbers_never_shift(ground: Ground):
    """What was taken back keeps its number, and has it again when it is given again."""
    first, second = ground.give(), ground.give(OWN)
    guids = [each.guid for each in ground.items]
    ground.take_back(first)
    assert [(each.number, each.guid) for each in ground.items] == [(2, guids[1])]
    with ground.workshop.database.writing() as db:
        restore_assignment(db, ground.client, first)
    ground.take_back(second)
    assert [(each.number, each.guid) for each in ground.items] == [(1, guids[0])]


def test_a_course_is_its_sittings(ground: Ground):
    """In their order and lengths, with the message on the first; the same practice twice is two
    items, whose guids stay when another sitting is put before them.
    """
    ground.write("courses/first-week.yaml", COURSE)
    other = SCRIPT.replace("small-step", "other-step").replace("A small step", "Another step")
    ground.write("other-step.md", other)
    ground.give(AssignmentDetails(message="One a day."), kind="course", subject="first-week")
    ground.give(OWN)
    told = [(each.number, each.slug, each.minutes, each.message) for each in ground.items]
    assert told == [
        (1, "small-step", 1, "One a day."),
        (2, "other-step", 2, ""),
        (3, "small-step", 1, ""),
        (4, "small-step", 2, ""),
    ]
    before = {each.guid for each in ground.items}
    assert len(before) == 4
    begin = "sittings:\n"
    new = "  - practice: other-step\n    minutes: 2\n    why: New.\n"
    ground.write("courses/first-week.yaml", COURSE.replace(begin, begin + new))
    after = [each.guid for each in ground.items]
    assert before < set(after)


def test_a_courses_message_is_said_once(ground: Ground, producer: FakeProducer, row_of: RowOf):
    """Before its first sitting, in a recording for this client alone, and before no other."""
    ground.write("courses/first-week.yaml", COURSE.replace("minutes: 1", "minutes: 2"))
    other = SCRIPT.replace("small-step", "other-step").replace("A small step", "Another step")
    ground.write("other-step.md", other)
    details = AssignmentDetails(message="For the evening.", is_spoken=True)
    ground.give(details, kind="course", subject="first-week")
    assert ground.order()
    assert not any("evening" in str(row_of(key).order) for key in ground.ordered())
    ground.make()
    assert [row_of(ground.key_of(number)).is_private for number in range(3)] == [True, False, False]
    titles = [[stage.title for stage in order.plan.stages] for order in producer.orders]
    usual = ["Arriving", "Going on"]
    # What says the same is one recording, under whatever name: the other two sittings share one.
    assert sorted(titles, key=len) == [usual, ["From Ada", *usual]]


def test_the_guid_is_for_ever(ground: Ground):
    """A new title, length, render and token leave it; it is what it was in the first release."""
    assert item_guid("0" * 32) == "ad3964ff-0db0-5d28-87be-460e00dc2926"
    assert item_guid("0" * 32, "soft-ground:1") == "a7ecf2c2-c2ed-5aa9-bf8d-1ac9aec266c6"
    ground.give(SPOKEN)
    ground.make()
    guid, key = ground.items[0].guid, ground.key_of()
    ground.write("small-step.md", SCRIPT.replace("A small step", "A new name"))
    with ground.workshop.database.writing() as db:
        renew_private_feed(db, ground.client, ground.feed_id)
    ground.make()
    assert (ground.items[0].guid, ground.items[0].title) == (guid, "A new name")
    ground.write("small-step.md", SCRIPT.replace("That was all.", "That is all for now."))
    ground.make()
    assert ground.items[0].guid == guid
    assert ground.key_of() != key


def test_it_is_made_as_it_was_given(ground: Ground, producer: FakeProducer, row_of: RowOf):
    """Words and greeting as for the page: private, sealed, and of no device that a cookie names."""
    ground.give(replace(SPOKEN, words={"obstacle": "the noise"}))
    ground.order()
    (key,) = ground.ordered()
    row = row_of(key)
    assert (row.is_private, row.minutes) == (True, 3)
    assert row.device_hash == hash_device(feed_owner(ground.client.id))
    assert "noise" not in str(row.order)
    secret = server_secret(ground.workshop.settings.secret_path)
    plan = read_order(row, secret, ground.keys).plan
    assert plan.stages[0].title == "From Ada"
    assert any("the noise" in each.text for each in plan.utterances)
    ground.worker.perform(key)
    assert producer.orders[0].plan == plan
    assert ground.key_of() == key


def test_what_has_no_words_is_everybodys(ground: Ground, row_of: RowOf):
    """The same recording as for whoever presses play, and as in the public feed."""
    ground.give(AssignmentDetails(message="Read, not said."))
    ground.order()
    (key,) = ground.ordered()
    assert (row_of(key).is_private, row_of(key).is_default) == (False, True)
    with ground.workshop.database.reading() as db:
        assert list_protected_keys(db, datetime.now(UTC))[key] == "in a private feed"


def test_a_practice_in_german_is_greeted_in_german(ground: Ground, row_of: RowOf):
    """The first chapter is named in the language of the practice."""
    ground.write("small-step.md", SCRIPT.replace("language: en", "language: de"))
    ground.give(SPOKEN)
    ground.order()
    (key,) = ground.ordered()
    secret = server_secret(ground.workshop.settings.secret_path)
    assert read_order(row_of(key), secret, ground.keys).plan.stages[0].title == "Von Ada"


def test_what_the_script_has_no_more_is_let_go(ground: Ground, row_of: RowOf):
    """The nearest length counts, a word that is not asked for is not said, a voice that is gone
    is not asked for.
    """
    choices: dict[str, str | int] = {"minutes": 20, "voice": "gone"}
    ground.give(AssignmentDetails(choices=choices, words={"unknown": "x"}))
    ground.order()
    (key,) = ground.ordered()
    assert (row_of(key).minutes, row_of(key).is_private) == (3, False)


def test_ordered_once(ground: Ground):
    """What is on its way, or made, is not ordered again; two of the same share one recording."""
    ground.give(OWN)
    ground.give(OWN)
    ground.order()
    assert len(ground.ordered()) == 1
    ground.make()
    ground.order()
    assert ground.ordered() == set()
    assert ground.key_of(0) == ground.key_of(1)
    assert ground.items[0].guid != ground.items[1].guid


def test_without_a_feed_nothing_is_ordered(ground: Ground):
    """Nor for who has left, or whose key is gone."""
    ground.give(OWN)
    with ground.workshop.database.writing() as db:
        revoke_private_feed(db, ground.client, ground.feed_id, "client", NOON)
    assert ground.order()
    assert ground.ordered() == set()
    with ground.workshop.database.writing() as db:
        row = db.get_one(PrivateFeedRow, ground.feed_id)
        row.revoked_at = row.revoked_by = None
    ground.keys.forget(ground.client.id)
    assert ground.order()
    assert ground.items == ()
    assert ground.ordered() == set()


def test_one_that_cannot_be_made_keeps_no_other_back(ground: Ground):
    """A practice that is gone, and a sound that is, are passed over."""
    ground.give(subject="no-such-practice")
    ground.give(AssignmentDetails(choices={"bed": "no-such-sound"}))
    ground.give(OWN)
    assert ground.order()
    assert len(ground.ordered()) == 1
    assert [each.number for each in ground.items] == [2, 3]


def test_a_practice_that_left_the_library_stays_to_be_heard(ground: Ground):
    """As long as it stands given, with the title that it had."""
    ground.give(OWN)
    ground.make()
    (ground.workshop.settings.scripts_path / "small-step.md").unlink()
    (item,) = ground.items
    assert (item.title, item.minutes, item.render is None) == ("A small step", 2, False)


def test_what_failed_is_tried_again_after_an_hour(
    ground: Ground, row_of: RowOf, monkeypatch: pytest.MonkeyPatch
):
    """And no sooner."""
    ground.give(OWN)
    ground.order()
    (key,) = ground.ordered()
    with ground.workshop.database.writing() as db:
        assert claim_render(db, key, "me", datetime.now(UTC))
        assert fail_render(db, key, "me", reason="so", now_at=datetime.now(UTC))
    ground.order()
    assert row_of(key).state == "failed"
    monkeypatch.setattr(feed_orders_module, "TRIED_AGAIN_AFTER", timedelta(0))
    ground.order()
    assert row_of(key).state == "queued"


def test_what_was_lost_is_made_again(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    """When the shelf was emptied, an hour after it was made."""
    ground.give(OWN)
    ground.make()
    key = ground.key_of()
    ground.workshop.shelf.remove_render(key)
    ground.order()
    assert ground.ordered() == set()
    monkeypatch.setattr(feed_orders_module, "TRIED_AGAIN_AFTER", timedelta(0))
    ground.order()
    assert ground.ordered() == {key}


def test_who_presses_play_goes_first(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    """Where much waits nothing is added, and the rest is ordered later."""
    for minutes in (1, 2, 3):
        ground.give(AssignmentDetails(choices={"minutes": minutes}))
    monkeypatch.setattr(feed_orders_module, "MOST_WAITING_FOR_FEEDS", 2)
    assert not ground.order()
    assert len(ground.ordered()) == 2
    for key in ground.ordered():
        ground.worker.perform(key)
    assert ground.order()
    assert [each.render is None for each in ground.items] == [False, False, True]


def test_what_is_made_ahead_is_wanted_now(ground: Ground, row_of: RowOf):
    """A recording that waits for a quiet hour does not let a feed wait for it."""
    ground.give()
    ground.order()
    (key,) = ground.ordered()
    with ground.workshop.database.writing() as db:
        db.get_one(RenderRow, key).wanted_at = None
    ground.order()
    assert row_of(key).wanted_at is not None


def test_an_old_recording_stays_until_the_new_one_is_there(ground: Ground, sweeper: Sweeper):
    """The feed has the old one until then; its file answers for 30 days more, and is then gone."""
    ground.give(OWN)
    ground.make()
    old = ground.key_of()
    ground.write("small-step.md", SCRIPT.replace("That was all.", "That is all for now."))
    ground.order()
    assert ground.key_of() == old
    ground.make()
    new = ground.key_of()
    assert new != old
    now_at = datetime.now(UTC)
    sweeper.tidy_private_feeds(now_at)
    sweeper.sweep(now_at + timedelta(days=29))
    assert ground.found(old)
    assert ground.folder_of(old)
    sweeper.tidy_private_feeds(now_at + timedelta(days=30))
    assert not ground.found(old)
    assert not ground.folder_of(old)
    assert ground.found(new)
    assert ground.folder_of(new)


def test_what_is_in_a_feed_is_kept(ground: Ground, sweeper: Sweeper):
    """Beyond the days of own words; the same words for a device go after them."""
    ground.give(OWN)
    ground.make()
    key = ground.key_of()
    other = ground.workshop.order("small-step", replace(USUAL, words=OWN.words), "device").key
    ground.worker.perform(other)
    sweeper.sweep(datetime.now(UTC) + timedelta(days=8))
    assert ground.folder_of(key)
    assert ground.key_of() == key
    assert not ground.folder_of(other)


@pytest.mark.parametrize("end", ["revoked", "taken back", "left", "unused"])
def test_what_is_in_no_feed_any_more_goes(ground: Ground, sweeper: Sweeper, end: str):
    """With the next tidying: sound, row, and what named it."""
    given = ground.give(OWN)
    ground.make()
    key, now_at = ground.key_of(), datetime.now(UTC)
    sweeper.tidy_private_feeds(now_at)
    assert ground.folder_of(key)
    with ground.workshop.database.writing() as db:
        if end == "revoked":
            revoke_private_feed(db, ground.client, ground.feed_id, "therapist", now_at)
        elif end == "taken back":
            withdraw_assignment(db, ground.client, given, now_at)
        elif end == "left":
            leave(db, ground.client.id, now_at)
    at = now_at + timedelta(days=91) if end == "unused" else now_at
    sweeper.tidy_private_feeds(at)
    assert not ground.folder_of(key)
    with ground.workshop.database.reading() as db:
        assert db.get(RenderRow, key) is None
        assert list_feed_keys(db) == frozenset()


def test_the_audit_is_whole_after_a_feed_ended_by_disuse(ground: Ground):
    """The worker notes it as everybody notes a deed: nothing says that somebody tampered."""
    ground.worker._sweeper.tidy_private_feeds(datetime.now(UTC) + timedelta(days=91))
    settings = ground.workshop.settings
    database = open_audited(settings.database_address, settings.keys_path)
    with database.reading() as db:
        verdict = check_audit(db)
    database.close()
    assert (verdict.rows, verdict.number, verdict.why) == (1, None, None)


def test_taken_back_is_not_found_at_once(ground: Ground):
    """Its file is nobody's from that moment on, and never another client's."""
    given = ground.give(OWN)
    ground.make()
    key = ground.key_of()
    assert ground.found(key)
    with ground.workshop.database.reading() as db:
        assert list_open_keys(db, "0" * 32) == frozenset()
        assert list_open_keys(db, ground.client.id) == {key}
    ground.take_back(given)
    assert not ground.found(key)


def test_what_another_item_has_too_stays(ground: Ground, sweeper: Sweeper):
    """One of two of the same is taken back: the sound stays for the other."""
    first, _ = ground.give(OWN), ground.give(OWN)
    ground.make()
    ground.take_back(first)
    sweeper.tidy_private_feeds(datetime.now(UTC))
    assert ground.folder_of(ground.key_of())
    assert ground.found(ground.key_of())


def test_what_is_being_made_is_left_to_its_worker(ground: Ground, sweeper: Sweeper, row_of: RowOf):
    """It goes the next time, when nobody has it in hand."""
    given = ground.give(OWN)
    ground.order()
    (key,) = ground.ordered()
    with ground.workshop.database.writing() as db:
        assert claim_render(db, key, "me", datetime.now(UTC))
    ground.take_back(given)
    sweeper.tidy_private_feeds(datetime.now(UTC))
    assert row_of(key).state == "running"
    with ground.workshop.database.writing() as db:
        assert fail_render(db, key, "me", reason="so", now_at=datetime.now(UTC))
    sweeper.tidy_private_feeds(datetime.now(UTC))
    with ground.workshop.database.reading() as db:
        assert db.get(RenderRow, key) is None


def test_who_leaves_while_it_is_ordered_leaves_nothing(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    """The recording that was ordered a moment too late is taken away again."""
    ground.give(OWN)
    order = Workshop.order

    def order_and_leave(self: Workshop, *given: object) -> RenderRow:
        row: RenderRow = order(self, *given)  # type: ignore[arg-type]
        with self.database.writing() as db:
            leave(db, ground.client.id, datetime.now(UTC))
        return row

    monkeypatch.setattr(Workshop, "order", order_and_leave)
    ground.order()
    with ground.workshop.database.reading() as db:
        assert db.query(RenderRow).count() == 0
        assert db.query(PrivateFeedRenderRow).count() == 0


def test_nothing_is_noted_for_what_does_not_stand(ground: Ground):
    """Not for what was taken back, and not for what was given to somebody else."""
    given, other = ground.give(OWN), settle_client(ground.workshop.database, ground.keys, "e" * 64)
    with ground.workshop.database.writing() as db:
        assert not note_feed_render(db, other, (given, ""), "1" * 64, NOON)
        assert not note_feed_render(db, "0" * 32, (given, ""), "1" * 64, NOON)
        assert note_feed_render(db, ground.client.id, (given, ""), "1" * 64, NOON)


def test_the_worker_completes_feeds_while_it_is_quiet(ground: Ground):
    """One client at a time, again after an hour; while anybody waits, nothing is added."""
    orders = FeedOrders(workshop=ground.workshop)
    now_at = datetime.now(UTC)
    ground.give(OWN)
    busy = ground.workshop.order("small-step", USUAL, None).key
    orders.order_next(now_at)
    assert ground.ordered() == {busy}
    ground.worker.perform(busy)
    orders.order_next(now_at)
    (key,) = ground.ordered()
    ground.worker.perform(key)
    ground.give(AssignmentDetails(choices={"minutes": 3}))
    orders.order_next(now_at + timedelta(minutes=59))
    assert ground.ordered() == set()
    orders.order_next(now_at + timedelta(minutes=60))
    assert len(ground.ordered()) == 1


@pytest.mark.parametrize("error", [SettingsError("no"), TypeError("no"), OSError("no")])
def test_one_broken_client_keeps_nobody_back(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    """Whatever breaks at one, those behind have their turn; who is busy has another one."""
    turns: list[str] = []

    def order(_: Workshop, __: KeyRing, client_id: str) -> bool:
        turns.append(client_id)
        if client_id == "broken":
            raise error
        if turns.count(client_id) == 1:
            raise Busy
        return True

    clients = ("behind", "broken")  # the last one's turn comes first
    monkeypatch.setattr(feed_orders_module, "list_feed_clients", lambda _: clients)
    monkeypatch.setattr(feed_orders_module, "order_feed_items", order)
    orders, now_at = FeedOrders(workshop=ground.workshop), datetime.now(UTC)
    for _ in range(5):
        orders.order_next(now_at)
    assert turns == ["broken", "behind", "behind"]


@pytest.mark.parametrize("error", [SettingsError("no"), TypeError("no"), OSError("no")])
def test_one_broken_item_keeps_no_other_back(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    """Nor what its error says is in the log: it may be somebody's words."""
    greeting_of = feed_orders_module.greeting_of

    def broken(details: AssignmentDetails, title: str) -> object:
        if details.words:
            raise error
        return greeting_of(details, title)

    monkeypatch.setattr(feed_orders_module, "greeting_of", broken)
    ground.give(OWN)
    ground.give(SPOKEN)
    assert ground.order()
    assert len(ground.ordered()) == 1


def test_a_worker_does_so_by_itself(ground: Ground):
    """Nobody orders anything: what was given before a worker starts is made."""
    ground.give(OWN)
    ground.worker.start()
    until(lambda: ground.items[0].render is not None, 30)


def test_a_file_is_signed_for_one_feed_and_one_token(ground: Ground):
    """Another feed, name, token or house has another signature; 43 characters of base64url."""
    with ground.workshop.database.reading() as db:
        row = db.get_one(PrivateFeedRow, ground.feed_id)
    secret, name = b"s" * 32, f"{'a' * 64}.mp3"
    signature = file_signature(secret, row, name)
    assert len(signature) == 43
    assert signature.replace("-", "").replace("_", "").isalnum()
    assert file_signature(secret, row, name) == signature
    others = {file_signature(b"t" * 32, row, name), file_signature(secret, row, f"b{name}")}
    with ground.workshop.database.writing() as db:
        renew_private_feed(db, ground.client, ground.feed_id)
        others.add(file_signature(secret, db.get_one(PrivateFeedRow, ground.feed_id), name))
        client = db.get_one(ClientRow, ground.client.id)
        other, _ = make_private_feed(
            db, client, ground.keys.get(client.id), name="x", is_neutral=True, now_at=NOON
        )
        others.add(file_signature(secret, other, name))
    assert len(others | {signature}) == 5
