"""A client of whom there is something of every kind, with a marker that stands nowhere else."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from server.render import server_secret
from server.render.secret import private_line_key, sitting_folder_key
from server.store import (
    Database,
    EntryConflictRow,
    RenderRow,
    RenditionRow,
    SessionEntryRow,
    Shelf,
    SittingEventRow,
    SittingRow,
    SittingWordsRow,
    hash_device,
)
from server.store.care import (
    AssignmentRow,
    ClientDeviceRow,
    ClientRow,
    ConsentRow,
    EntryNoteRow,
    InvitationRow,
    KeptLadderRow,
    KeyRing,
    NoteRow,
    PracticeRoomRow,
    ReviewRow,
    SubmissionConflictRow,
    SubmissionRow,
    TherapistRow,
    hash_token,
    make_id,
)
from server.store.care.private_feed_tables import (
    PrivateFeedNetworkRow,
    PrivateFeedRenderRow,
    PrivateFeedRow,
)
from server.store.care.private_feeds import feed_owner

MARKER = "quïttenmus"
FORMS = tuple(
    {
        MARKER.encode(),
        MARKER.encode("utf-16-le"),
        MARKER.encode("latin-1"),
        quote(MARKER).encode(),
        json.dumps(MARKER).strip('"').encode(),
        b"ttenmus",
    }
)
"""The marker as it may be written: plain, in an address, in JSON, or in part."""

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

KINDS = ("practised", "minutes", "felt", "worksheets", "ladders", "notes")


def has_marker(data: bytes) -> bool:
    return any(form in data for form in FORMS)


def files_with_it(*roots: Path) -> list[str]:
    """Names of the files whose name or content holds a marker."""
    paths = [path for root in roots for path in root.rglob("*")]
    return sorted(
        path.name
        for path in paths
        if has_marker(str(path).encode()) or (path.is_file() and has_marker(path.read_bytes()))
    )


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Fills one client's case."""

    database: Database
    shelf: Shelf
    keys: KeyRing
    secret_path: Path
    client_id: str

    def fill(
        self, *, submissions: int = 3, entries: int = 4, consents: tuple[str, ...] = KINDS
    ) -> None:
        """Put something of every kind there."""
        self.write(submissions, consents)
        self.practise(entries)
        with self.database.writing() as db:
            for row in (*self._sat(), *self._followed()):
                db.add(row)
                db.flush()
        self._fill_shelf()

    def write(self, submissions: int = 3, consents: tuple[str, ...] = KINDS) -> None:
        """What is kept sealed, but for what belongs to entries."""
        with self.database.writing() as db:
            client = db.get(ClientRow, self.client_id)
            assert client is not None
            db.add_all(self._given(client, consents))
            db.add_all(self._written(submissions))
            db.flush()
            db.add_all(self._read(client, submissions))
            db.flush()
            # The database's numbers decide where these are sealed for.
            for row in db.query(SubmissionConflictRow).filter_by(client_id=self.client_id):
                place = f"submission_conflicts:{row.id}"
                row.sealed_body = self._seal({"situation": f"{MARKER} conflict"}, place)

    def practise(self, entries: int = 4) -> None:
        """What was practised, which lies open, and what was written beside it."""
        with self.database.writing() as db:
            db.add_all(self._practised(entries))
            db.flush()
            db.add_all(self._beside_entries(entries))

    @property
    def device_hash(self) -> str:
        with self.database.reading() as db:
            row = db.query(ClientDeviceRow).filter_by(client_id=self.client_id).first()
        assert row is not None
        return row.device_hash

    def id(self, kind: str, number: int = 0) -> str:
        """The id of the number-th thing of a kind, the same whenever it is asked for."""
        return hash_token(f"{self.client_id}:{kind}:{number}")[:32]

    def key(self, kind: str) -> str:
        """A content key of this client's own."""
        return hash_token(f"{self.client_id}:{kind}")

    @property
    def sitting_folder(self) -> Path:
        """Where the lines of the client's sitting lie."""
        secret = server_secret(self.secret_path)
        folder_key = sitting_folder_key(secret, self.device_hash, self.id("sitting"))
        return self.shelf.sitting_folder(folder_key)

    def _seal(self, said: object, place: str) -> bytes:
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        return self.keys.get(self.client_id).close(text, place)

    def _given(self, client: ClientRow, consents: tuple[str, ...]) -> Iterator[object]:
        common = {"client_id": self.client_id}
        yield AssignmentRow(
            **common,
            id=self.id("assignment"),
            therapist_id=client.therapist_id,
            kind="worksheet",
            subject="friend-and-self",
            sealed_details=self._seal(
                {"message": f"{MARKER} message"}, f"assignments:{self.id('assignment')}"
            ),
            rhythm="once-a-week",
            given_at=NOON,
            withdrawn_at=None,
        )
        for what in consents:
            yield ConsentRow(**common, what=what, is_given=True, decided_at=NOON)
        yield InvitationRow(
            **common,
            token_hash=self.key("invitation"),
            kind="device",
            room_id=client.room_id,
            therapist_id=client.therapist_id,
            made_at=NOON,
            expires_at=NOON + timedelta(days=7),
            used_at=None,
        )

    def _written(self, count: int) -> Iterator[object]:
        seal = self.keys.get(self.client_id)
        for number in range(count):
            row_id = self.id("submission", number)
            answers = {
                "situation": f"{MARKER} situation {number}",
                "friend": f"=HYPERLINK({MARKER} friend {number})",
                "self": f"{MARKER} self {number} " + "and more of it " * 20,
                "friend_rating": 8,
                "self_rating": number % 10,
            }
            yield SubmissionRow(
                id=row_id,
                client_id=self.client_id,
                assignment_id=self.id("assignment"),
                template="friend-and-self",
                sealed_answers=self._seal(answers, f"submissions:{row_id}"),
                is_marked=number == 1,
                digest=seal.mark(json.dumps(answers)),
                answered_at=NOON + timedelta(hours=number),
                received_at=NOON + timedelta(hours=number),
            )

    def _read(self, client: ClientRow, count: int) -> Iterator[object]:
        common = {"client_id": self.client_id}
        if count:
            yield SubmissionConflictRow(
                **common,
                submission_id=self.id("submission"),
                digest=self.key("conflict"),
                sealed_body=b"",
                received_at=NOON,
            )
            yield ReviewRow(
                **common,
                id=self.id("review"),
                submission_id=self.id("submission"),
                therapist_id=client.therapist_id,
                sealed_text=self._seal({"rule": f"{MARKER} rule"}, f"reviews:{self.id('review')}"),
                made_at=NOON,
            )
        yield NoteRow(
            **common,
            id=self.id("note"),
            therapist_id=client.therapist_id,
            sealed_text=self._seal(f"{MARKER} private note", f"notes:{self.id('note')}"),
            made_at=NOON,
            changed_at=NOON,
        )
        yield KeptLadderRow(
            **common,
            id=self.id("sitting"),
            sealed_ladder=self._seal(
                {"rungs": [f"{MARKER} rung"]}, f"kept_ladders:{self.id('sitting')}"
            ),
            sat_at=NOON,
            kept_at=NOON,
        )

    def _practised(self, count: int) -> Iterator[object]:
        for number in range(count):
            yield SessionEntryRow(
                id=self.id("entry", number),
                device_hash=self.device_hash,
                slug="stepping-back",
                title=f"{MARKER} title {number}",
                minutes=10,
                render_key=None,
                started_at=datetime.now(UTC) + timedelta(minutes=number),
                practised_ms=60_000 * (number + 1),
                outcome="completed",
                is_live=False,
                kindness_before=3,
                willingness_before=None,
                kindness_after=5,
                willingness_after=None,
                digest=self.key(f"entry{number}"),
                received_at=NOON,
            )

    def _beside_entries(self, count: int) -> Iterator[object]:
        if not count:
            return
        entry_id = self.id("entry")
        yield EntryNoteRow(
            entry_id=entry_id,
            client_id=self.client_id,
            sealed_text=self._seal(f"{MARKER} beside", f"entry_notes:{entry_id}"),
            changed_at=NOON,
        )
        yield EntryConflictRow(
            entry_id=entry_id,
            digest=self.key("entry conflict"),
            body={"slug": f"{MARKER} other"},
            device_hash=self.device_hash,
            received_at=NOON,
        )

    def _sat(self) -> Iterator[object]:
        for kind, state, words in (("done", "done", ""), ("queued", "queued", MARKER)):
            yield RenderRow(
                key=self.key(kind),
                slug="stepping-back",
                title="Stepping back",
                minutes=10,
                voice="joe",
                is_default=False,
                is_private=True,
                device_hash=self.device_hash,
                order={"words": {"obstacle": words}},
                state=state,
                report={},
                clip_keys=[self.key("clip")] if kind == "done" else [],
                created_at=NOON,
                queued_at=NOON,
                finished_at=NOON if kind == "done" else None,
                wanted_at=NOON,
            )
        yield RenditionRow(
            render_key=self.key("done"),
            kind="mp3",
            file_name=f"{'a' * 32}.mp3",
            content_type="audio/mpeg",
            sha256="a" * 64,
            size_bytes=1,
        )
        yield SittingRow(
            id=self.id("sitting"),
            device_hash=self.device_hash,
            slug="stepping-back",
            title="Stepping back",
            voice="joe",
            choices={},
            order={},
            lengths={},
            began_at=NOON,
            ended_at=None,
            expires_at=NOON + timedelta(hours=12),
        )
        yield SittingEventRow(
            sitting_id=self.id("sitting"),
            number=0,
            event_id=make_id(),
            kind="met",
            at_ms=1,
            words=1,
        )
        yield SittingWordsRow(
            sitting_id=self.id("sitting"),
            number=1,
            texts={"obstacle": f"{MARKER} in a sitting"},
            state="voiced",
            given_at=NOON,
        )

    def _followed(self) -> Iterator[object]:
        """A private feed, and a recording that was made for it."""
        feed_id, key = self.id("private feed"), self.key("followed")
        yield PrivateFeedRow(
            id=feed_id,
            client_id=self.client_id,
            token_hash=self.key("feed token"),
            guid=str(uuid.UUID(feed_id)),
            sealed_name=self._seal(f"{MARKER} phone", f"private_feeds:{feed_id}"),
            is_neutral=True,
            made_at=NOON,
        )
        yield PrivateFeedNetworkRow(
            feed_id=feed_id, day=NOON.date(), network_hash=self.key("network")
        )
        yield RenderRow(
            key=key,
            slug="stepping-back",
            title="Stepping back",
            minutes=10,
            voice="joe",
            is_default=False,
            is_private=True,
            device_hash=hash_device(feed_owner(self.client_id)),
            order={"words": {}},
            state="done",
            report={},
            clip_keys=[self.key("followed clip")],
            created_at=NOON,
            queued_at=NOON,
            finished_at=NOON,
            wanted_at=NOON,
        )
        yield RenditionRow(
            render_key=key,
            kind="mp3",
            file_name=f"{'b' * 32}.mp3",
            content_type="audio/mpeg",
            sha256="b" * 64,
            size_bytes=1,
        )
        yield PrivateFeedRenderRow(
            assignment_id=self.id("assignment"),
            place="",
            render_key=key,
            client_id=self.client_id,
            ordered_at=NOON,
        )

    def _fill_shelf(self) -> None:
        publish: Callable[[Path, bytes], None] = self.shelf.publish
        sound = f"sound that says {MARKER}".encode()
        publish(self.shelf.render_folder(self.key("done")) / f"{'a' * 32}.mp3", sound)
        publish(self.shelf.stream_folder(self.key("done")) / "1.m4s", sound)
        publish(self.shelf.clip_path(self.key("clip")), sound)
        publish(self.shelf.clip_words_path(self.key("clip")), sound)
        publish(self.shelf.render_folder(self.key("followed")) / f"{'b' * 32}.mp3", sound)
        publish(self.shelf.clip_path(self.key("followed clip")), sound)
        folder = self.sitting_folder
        key = private_line_key(server_secret(self.secret_path), folder.name, 1, 0)
        publish(self.shelf.private_line_path(folder.name, key), sound)


def settle_client(database: Database, keys: KeyRing, device: str = "d" * 64) -> str:
    """A room, a therapist and a client of theirs who has joined with a device; gives the id."""
    room_id, therapist_id, client_id = make_id(), make_id(), make_id()
    with database.writing() as db:
        db.add(PracticeRoomRow(id=room_id, name="Linden Street", made_at=NOON))
        db.flush()
        db.add(
            TherapistRow(
                id=therapist_id,
                room_id=room_id,
                email=f"{therapist_id}@sit.example",
                name="Ada",
                active=True,
                fs_uniquifier=make_id(),
                is_head=True,
                added_at=NOON,
            )
        )
        db.flush()
        db.add(
            ClientRow(
                id=client_id,
                room_id=room_id,
                therapist_id=therapist_id,
                sealed_name=keys.make(client_id).close(f"{MARKER} name", f"clients:{client_id}"),
                made_at=NOON,
                joined_at=NOON,
            )
        )
        db.flush()
        db.add(
            ClientDeviceRow(
                device_hash=device,
                client_id=client_id,
                browser="Firefox, Linux",
                joined_at=NOON,
                seen_at=NOON,
            )
        )
    return client_id
