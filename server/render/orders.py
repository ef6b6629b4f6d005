"""The workshop's counter: what a listener may order, look at beforehand, and have forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from server.config import Settings
from server.errors import Busy, StorageFull
from server.render.catalogue import Catalogue, LoadedScript
from server.render.order_book import write_order
from server.render.queue import RenderQueue
from server.render.secret import private_render_key, server_secret
from server.render.voices import house_voices
from server.script import Script
from server.store import (
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
)
from server.timeline import Additions, Options, Plan, Timeline, lay_out, plan, plan_key
from server.voice import Voice, estimate_ms

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

    def order(self, slug: str, options: Options, device: str | None) -> RenderRow:
        """Give the render of a practice: finished, on its way, or begun by this call.

        `device` is the token of the listener's device; it is needed where the words are the
        listener's own. Raises PracticeNotFound, InvalidOptions, TooShort (by a guess of how long
        the sentences are), SoundMissing, VoiceUnavailable, Busy or StorageFull.
        """
        loaded, additions = self.catalogue.get(slug), self.catalogue.additions()
        planned = plan(loaded.script, options, additions)
        _guess(planned)
        voices = house_voices(self.settings)
        voice = voices.describe(self.settings.voice or loaded.script.voice)
        new = self._new_render(loaded, planned, voice, options, additions, device)
        standing = self._standing(new.key)
        if standing is None:
            voices.get(voice.name)  # what it spoke before is given also when it cannot speak now
        return standing or self._begin(new, loaded.script)

    def preview(self, script: Script, options: Options) -> Timeline:
        """Lay a practice out by a guess of how long its sentences are.

        Raises InvalidOptions, TooShort or SoundMissing.
        """
        return _guess(plan(script, options, self.catalogue.additions()))

    def forget(self, key: str, device: str | None) -> None:
        """Delete a private render of this device: words, files, clips and row.

        One that is being made is stopped first; the sweeper deletes what is left of it. Raises
        RenderNotFound for everything that is not this device's.
        """
        with self.database.writing() as db:
            row = forget_render(db, key, hash_device(device or ""), datetime.now(UTC))
        self.shelf.remove_render(key)
        self.shelf.remove_clips(row.clip_keys)
        if row.owner is None:
            with self.database.writing() as db:
                delete_render(db, key)
        self.database.empty_log()

    def _new_render(
        self,
        loaded: LoadedScript,
        planned: Plan,
        voice: Voice,
        options: Options,
        additions: Additions,
        device: str | None,
    ) -> NewRender:
        script, key = loaded.script, plan_key(planned, voice.key)
        if planned.is_private:
            if device is None:
                raise ValueError("A render with a listener's own words needs the device's token.")
            key = private_render_key(server_secret(self.settings.secret_path), device, key)
        usual = plan(script, Options(minutes=script.default_minutes), additions)
        return NewRender(
            key=key,
            slug=script.slug,
            title=script.title,
            minutes=options.minutes,
            voice=voice.name,
            is_default=planned == usual,
            is_private=planned.is_private,
            device_hash=hash_device(device) if planned.is_private and device else None,
            order=write_order(loaded, options, additions, planned, voice),
        )

    def _standing(self, key: str) -> RenderRow | None:
        """The render of this key where nothing has to be done for it."""
        with self.database.reading() as db:
            row = find_render(db, key)
        if row is None or row.state in (RenderState.FAILED, RenderState.CANCELLED):
            return None
        return None if self._is_lost(row) else row

    def _is_lost(self, row: RenderRow) -> bool:
        """True when a finished render's files are gone: the shelf may be emptied."""
        folder = self.shelf.render_folder(row.key)
        names = [rendition.file_name for rendition in row.renditions]
        return row.state == RenderState.DONE and not all((folder / n).is_file() for n in names)

    def _begin(self, new: NewRender, script: Script) -> RenderRow:
        if self.shelf.free_bytes() < self.settings.least_free_bytes:
            raise StorageFull(self.shelf.root)
        now_at = datetime.now(UTC)
        with self.database.writing() as db:
            if count_waiting(db) >= MOST_WAITING:
                raise Busy
            add_practice(
                db,
                slug=script.slug,
                title=script.title,
                language=script.language,
                track=script.track,
                now_at=now_at,
            )
            standing = find_render(db, new.key)
            is_lost = standing is not None and self._is_lost(standing)
            row, is_new = add_render(db, new, now_at, again=is_lost)
        if is_new:
            self.queue.put(row.key)
        return row


def _guess(planned: Plan) -> Timeline:
    return lay_out(planned, {each: estimate_ms(each) for each in planned.utterances})
