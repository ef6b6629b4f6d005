"""The workshop's counter: what a listener may order, look at beforehand, and have forgotten."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from server.config import Settings
from server.errors import Busy, StorageFull, StoreUnavailable
from server.render.catalogue import Catalogue, LoadedScript
from server.render.model import Giving
from server.render.order_book import describe_render, guess_timeline, write_order
from server.render.queue import RenderQueue
from server.render.voices import house_voices
from server.script import Script
from server.store import (
    EXCERPT_SLUG,
    NOT_WRITTEN,
    SILENT_VOICE,
    Database,
    NewRender,
    RenderRow,
    RenderState,
    Shelf,
    add_practice,
    add_render,
    count_waiting,
    delete_render,
    find_render,
    forget_render,
    hash_device,
    is_made_ahead,
)
from server.store.feeds import announce_again, is_passed_over
from server.timeline import (
    Excerpt,
    Greeting,
    Options,
    Timeline,
    content_key,
    plan,
    plan_excerpt,
    plan_key,
)

logger = logging.getLogger(__name__)

MOST_WAITING = 200
"""So many renders may wait; who asks for one more is asked to come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Takes orders. Safe to share between threads, and to make before a fork."""

    settings: Settings
    database: Database
    shelf: Shelf
    catalogue: Catalogue
    queue: RenderQueue

    def order(
        self, slug: str, options: Options, device: str | None, giving: Giving | None = None
    ) -> RenderRow:
        """Give the render of a practice: finished, on its way, or begun by this call.

        `device` is the token of the listener's device; it is needed where words are for this
        listener alone. Raises PracticeNotFound, InvalidOptions, TooShort (by a guess of how long
        the sentences are), SoundMissing, VoiceUnavailable, Busy or StorageFull.
        """
        return self._order(self.catalogue.get(slug), options, device, giving)

    def order_unlisted(self, slug: str, options: Options, device: str) -> RenderRow:
        """Give the render of a script that is in no list; otherwise as order() does."""
        return self._order(self.catalogue.get_unlisted(slug), options, device, None)

    def key_of(
        self, slug: str, options: Options, device: str | None, giving: Giving | None = None
    ) -> str:
        """The key of what order() would give; nothing is ordered. Raises as order() does."""
        return self._describe(self.catalogue.get(slug), options, device, giving).key

    def order_guided(
        self,
        loaded: LoadedScript,
        greeting: Greeting | None = None,
        device: str | None = None,
        giving: Giving | None = None,
    ) -> RenderRow:
        """Give the guided audio of a worksheet; otherwise as order() does."""
        new = self._describe_guided(loaded, greeting, device, giving)
        return self._standing(new.key) or self._begin(new, None)

    def _order(
        self, loaded: LoadedScript, options: Options, device: str | None, giving: Giving | None
    ) -> RenderRow:
        new = self._describe(loaded, options, device, giving)
        standing = self._standing(new.key)
        if standing is None:
            # What a voice spoke before is given also when it cannot speak now.
            house_voices(self.settings).get(new.voice)
            return self._begin(new, loaded.script)
        self._announce(new)
        return standing

    def order_ahead(self, slug: str, minutes: int = 0) -> str | None:
        """Order a practice at a length, 0 for its usual one, while nobody waits for it.

        Gives the key of what is to be made now; None where it is there, in hand, or given up
        before, and for drafts by the silent voice. Raises what order() raises.
        """
        loaded = self.catalogue.get(slug)
        options = Options(minutes=minutes or loaded.script.default_minutes)
        new = self._describe(loaded, options, None)
        return self._begin_ahead(new, loaded.script)

    def order_guided_ahead(self, loaded: LoadedScript) -> str | None:
        """As order_ahead(), for the guided audio of a worksheet."""
        return self._begin_ahead(self._describe_guided(loaded), None)

    def order_excerpt(self, loaded: LoadedScript, options: Options, excerpt: Excerpt) -> RenderRow:
        """Order a few lines or a stage of a script to be heard at once, by whoever writes it.

        The script may be a draft that is on no disk. What is made is in no library and no feed,
        and is deleted soon. Raises NothingToHear and what order() raises.
        """
        script, additions = loaded.script, self.catalogue.additions(loaded.script.slug)
        _, planned = plan_excerpt(script, options, additions, excerpt)
        voice = house_voices(self.settings).get(self.settings.voice or script.voice)
        order = write_order(loaded, options, additions, planned, voice)
        new = NewRender(
            # Never the key of a practice, which must not be deleted as an excerpt is.
            key=content_key("excerpt", plan_key(planned, voice.key)),
            slug=EXCERPT_SLUG,
            title=script.title,
            minutes=options.minutes,
            voice=voice.name,
            is_default=False,
            is_private=False,
            device_hash=None,
            order={**order, "excerpt": asdict(excerpt)},
        )
        return self._standing(new.key) or self._begin(new, None)

    def preview(self, script: Script, options: Options) -> Timeline:
        """Lay a practice out by a guess of how long its sentences are.

        Raises InvalidOptions, TooShort or SoundMissing.
        """
        return guess_timeline(plan(script, options, self.catalogue.additions(script.slug)))

    def forget(self, key: str, device: str | None) -> None:
        """Delete a private render of this device: words, files, clips and row.

        One that is being made is stopped first; the sweeper deletes what is left of it. Raises
        RenderNotFound for everything that is not this device's.
        """
        with self.database.writing() as db:
            row = forget_render(db, key, hash_device(device or ""), datetime.now(UTC))
        try:
            self.shelf.remove_render(key)
            self.shelf.remove_clips(row.clip_keys)
        except StoreUnavailable:
            logger.warning("not removed from the store yet key=%s", key)  # the sweeper does it
        else:
            if row.owner is None:
                with self.database.writing() as db:
                    delete_render(db, key)
        self.database.empty_log()

    def _describe(
        self,
        loaded: LoadedScript,
        options: Options,
        device: str | None,
        giving: Giving | None = None,
    ) -> NewRender:
        additions = self.catalogue.additions(loaded.script.slug)
        return describe_render(self.settings, additions, loaded, options, device, giving)

    def _describe_guided(
        self,
        loaded: LoadedScript,
        greeting: Greeting | None = None,
        device: str | None = None,
        giving: Giving | None = None,
    ) -> NewRender:
        usual = Options(minutes=loaded.script.default_minutes, greeting=greeting)
        additions = self.catalogue.additions(loaded.script.slug)
        return describe_render(
            self.settings, additions, loaded, usual, device, giving, is_guided=True
        )

    def _begin_ahead(self, new: NewRender, script: Script | None) -> str | None:
        with self.database.reading() as db:
            row = find_render(db, new.key)
        is_open = row is None or row.state == RenderState.QUEUED or self.is_lost(row)
        if not is_open:
            self._announce(new)
        if not is_open or new.voice == SILENT_VOICE:
            return None
        house_voices(self.settings).get(new.voice)
        return self._begin(new, script, is_ahead=True).key

    def _announce(self, new: NewRender) -> None:
        """Have the feeds announce what stands where they do not: a choice that was taken back
        leads to a recording that is older than another one.
        """
        with self.database.reading() as db:
            if not is_passed_over(db, new):
                return
        try:
            with self.database.writing() as db:
                announce_again(db, new, datetime.now(UTC))
        except NOT_WRITTEN as error:
            logger.warning("not announced again key=%s reason=%s", new.key, type(error).__name__)

    def _standing(self, key: str) -> RenderRow | None:
        """The render of this key where nothing has to be done for it."""
        with self.database.reading() as db:
            row = find_render(db, key)
        if row is None or row.state in (RenderState.FAILED, RenderState.CANCELLED):
            return None
        return None if self.is_lost(row) or is_made_ahead(row) else row

    def is_lost(self, row: RenderRow) -> bool:
        """True when a finished render's files are gone: the shelf may be emptied."""
        names = [each.file_name for each in row.renditions]
        folder = self.shelf.render_folder(row.key)
        return row.state == RenderState.DONE and not self.shelf.has_files(folder, names)

    def _begin(self, new: NewRender, script: Script | None, *, is_ahead: bool = False) -> RenderRow:
        """Put a render in the queue, and remember the practice that it is of, if any."""
        now_at = datetime.now(UTC)
        with self.database.writing() as db:
            standing = find_render(db, new.key)
            if standing is None or not is_made_ahead(standing):
                if self.shelf.free_bytes() < self.settings.least_free_bytes:
                    raise StorageFull(self.shelf.root)
                if count_waiting(db) >= MOST_WAITING:
                    raise Busy
            if script is not None:
                add_practice(
                    db,
                    slug=script.slug,
                    title=script.title,
                    language=script.language,
                    track=script.track,
                    now_at=now_at,
                )
            is_lost = standing is not None and self.is_lost(standing)
            row, is_new = add_render(db, new, now_at, again=is_lost, is_ahead=is_ahead)
        if is_new and not is_ahead:
            self.queue.put(row.key)
        return row
