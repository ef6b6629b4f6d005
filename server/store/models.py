"""The tables: everything that outlives a process, with a comment on every column."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.store.columns import Base, JsonObject

KEY_LENGTH = 64
"""Characters of a content key, a digest or a hash: SHA-256 in hexadecimal."""


class RenderState(StrEnum):
    """Where a render stands. Queued and running ones are still on their way."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ON_THEIR_WAY = (RenderState.QUEUED, RenderState.RUNNING)


FELT = ("kindness_before", "willingness_before", "kindness_after", "willingness_after")
"""What a listener may say of the moment: 0 to 10, each by their own measure."""


class PracticeRow(Base):
    """A practice that was ordered at least once; its guid stays for ever."""

    __tablename__ = "practices"

    slug: Mapped[str] = mapped_column(
        String(80), primary_key=True, comment="The practice's name in addresses"
    )
    guid: Mapped[str] = mapped_column(
        String(36), unique=True, comment="UUID of its episode in the feed; never changes"
    )
    title: Mapped[str] = mapped_column(String(200), comment="Its title when last ordered")
    language: Mapped[str] = mapped_column(String(35), comment="BCP 47 tag of its text")
    track: Mapped[str] = mapped_column(String(40), comment="Its track of the library")
    added_at: Mapped[datetime] = mapped_column(comment="When it was first ordered")
    published_at: Mapped[datetime | None] = mapped_column(
        comment="When its first episode was finished; empty until then"
    )


class RenderRow(Base):
    """One production of script × voice × options. This row is the truth; the queue is a hint."""

    __tablename__ = "renders"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state_known"
        ),
        CheckConstraint("NOT is_private OR NOT is_default", name="private_is_never_default"),
        Index(None, "state", "queued_at"),
        Index(None, "slug", "is_default", "finished_at"),
    )

    key: Mapped[str] = mapped_column(
        String(KEY_LENGTH), primary_key=True, comment="Content key; an HMAC for private renders"
    )
    slug: Mapped[str] = mapped_column(String(80), comment="The practice")
    title: Mapped[str] = mapped_column(String(200), comment="The practice's title when ordered")
    minutes: Mapped[int] = mapped_column(comment="The length that was chosen")
    voice: Mapped[str] = mapped_column(String(80), comment="Name of the voice that speaks")
    is_default: Mapped[bool] = mapped_column(
        comment="True at the default length with no words of a listener: for the feed"
    )
    is_plain: Mapped[bool] = mapped_column(
        server_default="0",
        comment="True where nothing but the length was chosen: for the feeds of courses",
    )
    is_private: Mapped[bool] = mapped_column(comment="True when it holds a listener's own words")
    device_hash: Mapped[str | None] = mapped_column(
        String(KEY_LENGTH), comment="Whose it is, when private: SHA-256 of the device's token"
    )
    order: Mapped[JsonObject] = mapped_column(
        comment="What to make: source, path, minutes, words; own words go when it ends"
    )
    state: Mapped[str] = mapped_column(
        String(9), comment="queued, running, done, failed or cancelled"
    )
    owner: Mapped[str | None] = mapped_column(
        String(200), comment="Who is making it: host:pid:nonce, a new nonce for every claim"
    )
    heartbeat_at: Mapped[datetime | None] = mapped_column(comment="When its owner last showed life")
    attempts: Mapped[int] = mapped_column(
        default=0, comment="How many times a worker has stopped in the middle of it"
    )
    phase: Mapped[str] = mapped_column(
        String(20), default="", comment="speaking, mixing or checking; empty before the start"
    )
    stage: Mapped[str] = mapped_column(
        String(200), default="", comment="The stage of the practice that is being made"
    )
    done_ms: Mapped[int] = mapped_column(default=0, comment="How much of total_ms is made")
    total_ms: Mapped[int] = mapped_column(
        default=0, comment="How much there is to make; 0: unknown"
    )
    reason: Mapped[str] = mapped_column(
        String(500), default="", comment="Why it failed, as a sentence for people"
    )
    report: Mapped[JsonObject | None] = mapped_column(comment="The report of the finished sound")
    duration_ms: Mapped[int | None] = mapped_column(comment="Length of the finished sound")
    clip_keys: Mapped[list[str]] = mapped_column(
        default=list, comment="Its private clips, to be deleted with it"
    )
    created_at: Mapped[datetime] = mapped_column(comment="When it was ordered")
    queued_at: Mapped[datetime] = mapped_column(comment="When it was last put in the queue")
    finished_at: Mapped[datetime | None] = mapped_column(
        comment="When it was done, failed or was cancelled"
    )
    announced_at: Mapped[datetime | None] = mapped_column(
        comment="When an older recording was wanted for the feeds again; empty otherwise"
    )
    wanted_at: Mapped[datetime | None] = mapped_column(
        comment="When a listener first asked for it; empty while it is only made ahead"
    )

    renditions: Mapped[list[RenditionRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )


class RenditionRow(Base):
    """One file of a finished render."""

    __tablename__ = "renditions"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('mp3', 'opus', 'vtt', 'srt', 'json', 'report')", name="kind_known"
        ),
    )

    render_key: Mapped[str] = mapped_column(
        ForeignKey("renders.key", ondelete="CASCADE"), primary_key=True, comment="Its render"
    )
    kind: Mapped[str] = mapped_column(
        String(6), primary_key=True, comment="mp3, opus, vtt, srt, json (chapters) or report"
    )
    file_name: Mapped[str] = mapped_column(
        String(200), comment="Path of the file under the render's folder"
    )
    content_type: Mapped[str] = mapped_column(String(80), comment="Its media type")
    sha256: Mapped[str] = mapped_column(String(KEY_LENGTH), comment="Hash of its bytes; its ETag")
    size_bytes: Mapped[int] = mapped_column(comment="Its size")


class SessionEntryRow(Base):
    """One occasion of practising, as the phone told it."""

    __tablename__ = "session_entries"
    __table_args__ = (
        CheckConstraint("outcome IN ('completed', 'stopped')", name="outcome_known"),
        *(
            CheckConstraint(f"{name} BETWEEN 0 AND 10", name=f"{name}_within")
            for name in (
                "kindness_before",
                "willingness_before",
                "kindness_after",
                "willingness_after",
            )
        ),
        Index(None, "device_hash", "started_at"),
    )

    id: Mapped[str] = mapped_column(
        String(32), primary_key=True, comment="32 hexadecimal digits made on the phone"
    )
    device_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), comment="Whose it is: SHA-256 of the device's token"
    )
    slug: Mapped[str] = mapped_column(String(80), comment="The practice")
    title: Mapped[str] = mapped_column(String(200), comment="The practice's title at the time")
    minutes: Mapped[int] = mapped_column(comment="The length that was chosen")
    render_key: Mapped[str | None] = mapped_column(
        String(KEY_LENGTH), comment="The render that was heard, if known; it may be gone by now"
    )
    started_at: Mapped[datetime] = mapped_column(comment="When it began, by the phone's clock")
    practised_ms: Mapped[int] = mapped_column(comment="How long it was listened to")
    outcome: Mapped[str] = mapped_column(String(9), comment="completed or stopped")
    is_live: Mapped[bool] = mapped_column(
        server_default="0", comment="True for a live sitting: it has no render"
    )
    kindness_before: Mapped[int | None] = mapped_column(
        comment="0 to 10, by the listener's own measure; empty where it was left out"
    )
    willingness_before: Mapped[int | None] = mapped_column(
        comment="Likewise: how willing they were"
    )
    kindness_after: Mapped[int | None] = mapped_column(comment="The same when it was over")
    willingness_after: Mapped[int | None] = mapped_column(comment="The same when it was over")
    digest: Mapped[str] = mapped_column(
        String(KEY_LENGTH), comment="SHA-256 of the content: equal digests are the same entry"
    )
    received_at: Mapped[datetime] = mapped_column(comment="When it reached the server")


class EntryConflictRow(Base):
    """A different entry that came with an id already used: kept beside the first."""

    __tablename__ = "entry_conflicts"
    __table_args__ = (UniqueConstraint("entry_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True, comment="Counts up")
    entry_id: Mapped[str] = mapped_column(
        ForeignKey("session_entries.id", ondelete="CASCADE"), comment="The entry that came first"
    )
    digest: Mapped[str] = mapped_column(String(KEY_LENGTH), comment="SHA-256 of this content")
    body: Mapped[JsonObject] = mapped_column(comment="This content, whole")
    device_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), comment="Whose it is: SHA-256 of the device's token"
    )
    received_at: Mapped[datetime] = mapped_column(comment="When it reached the server")


class DeletedRow(Base):
    """The id of something that was deleted. Nothing else of it stays, nor whose it was.

    A phone that did not hear of it may send the same once more, however late.
    """

    __tablename__ = "deleted_ids"

    id: Mapped[str] = mapped_column(
        String(32), primary_key=True, comment="32 hexadecimal digits, once made on the phone"
    )


class FeedRow(Base):
    """A feed that was handed out; its guid stays even when the server moves."""

    __tablename__ = "feeds"

    name: Mapped[str] = mapped_column(String(80), primary_key=True, comment="Its name in the house")
    guid: Mapped[str] = mapped_column(String(36), comment="podcast:guid; never changes")
    first_url: Mapped[str] = mapped_column(String(2000), comment="Where it was first served")
    made_at: Mapped[datetime | None] = mapped_column(
        comment="When it was first asked for; empty for one of an older Stepback"
    )
    digest: Mapped[str | None] = mapped_column(
        String(KEY_LENGTH), comment="SHA-256 of its bytes when last built; empty until then"
    )
    changed_at: Mapped[datetime | None] = mapped_column(
        comment="When these bytes were first built: its Last-Modified"
    )


class ScriptVersionRow(Base):
    """What a script's file once held. The files are the truth; these are for looking back."""

    __tablename__ = "script_versions"
    __table_args__ = (
        CheckConstraint("origin IN ('saved', 'found')", name="origin_known"),
        Index(None, "path", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Counts up: later is larger")
    path: Mapped[str] = mapped_column(
        String(1000), comment="The file, from the scripts folder on, with slashes"
    )
    sha256: Mapped[str] = mapped_column(
        String(KEY_LENGTH), comment="SHA-256 of the file's bytes: what the editor had read"
    )
    text: Mapped[str] = mapped_column(comment="The whole text, its lines ended by LF")
    saved_at: Mapped[datetime] = mapped_column(comment="When it was saved here or found on disk")
    origin: Mapped[str] = mapped_column(
        String(5), comment="saved: on the author's page; found: on disk, by whatever hand"
    )


class WorkerBeatRow(Base):
    """A worker process and when it last showed life."""

    __tablename__ = "worker_beats"

    owner: Mapped[str] = mapped_column(
        String(200), primary_key=True, comment="The process: host:pid:nonce"
    )
    beat_at: Mapped[datetime] = mapped_column(index=True, comment="When it last showed life")
    voice_ok: Mapped[bool] = mapped_column(comment="True once its voice can speak")
    started_at: Mapped[datetime] = mapped_column(comment="When it started")
