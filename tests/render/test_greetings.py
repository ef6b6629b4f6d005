"""What a therapist says before a practice: kept sealed, made for one device, gone with the key."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.errors import KeyGone, SealBroken, VoiceUnavailable
from server.render import Giving, Workshop
from server.render.order_book import read_order
from server.render.produce import produce
from server.render.secret import server_secret
from server.render.voices import real_voices
from server.render.worker import Worker
from server.store import RenderRow, cancel_render
from server.store.care import KeyRing, make_id
from server.timeline import Greeting, Options, plan
from server.voice import speakable

RowOf = Callable[[str], RenderRow]
MARKER = "quïttenmus"
GREETED = Options(
    minutes=2,
    words={"obstacle": f"the {MARKER}"},
    greeting=Greeting(title="From Ada", text=f"For you, as we said: {MARKER} in the evening."),
)


@pytest.fixture
def keys(workshop: Workshop) -> KeyRing:
    return KeyRing(workshop.settings.keys_path)


@pytest.fixture
def ines(keys: KeyRing) -> str:
    client_id = make_id()
    keys.make(client_id)
    return client_id


def secret_of(workshop: Workshop) -> bytes:
    return server_secret(workshop.settings.secret_path)


def files_with_it(*roots: Path) -> list[str]:
    forms = (MARKER.encode(), json.dumps(MARKER).strip('"').encode(), b"ttenmus")
    paths = [path for root in roots for path in root.rglob("*") if path.is_file()]
    return [path.name for path in paths if any(form in path.read_bytes() for form in forms)]


def test_it_is_made_as_it_was_ordered(
    workshop: Workshop, keys: KeyRing, ines: str, row_of: RowOf
) -> None:
    """The row holds the greeting and the words sealed; with the key they are what was ordered."""
    row = workshop.order("small-step", GREETED, "device", Giving(client_id=ines))
    assert (row.is_private, row.is_default) == (True, False)
    assert files_with_it(workshop.settings.data_path) == []
    order = read_order(row_of(row.key), secret_of(workshop), keys)
    script = workshop.catalogue.get("small-step").script
    assert order.plan == plan(script, GREETED)
    assert order.plan.stages[0].title == "From Ada"
    assert order.private_salt is not None


def test_each_device_has_its_own(workshop: Workshop, ines: str) -> None:
    """The same words for another device are another render, and none is a stranger's to find."""
    keys = {
        workshop.order("small-step", options, device, Giving(client_id=ines)).key
        for device in ("one", "other")
        for options in (GREETED, Options(minutes=2, words=GREETED.words))
    }
    assert len(keys) == 4


def test_without_the_key_nothing_is_read(
    workshop: Workshop, keys: KeyRing, ines: str, row_of: RowOf
) -> None:
    """Neither by somebody else's key, nor in another row, nor after the client was erased."""
    row = row_of(workshop.order("small-step", GREETED, "device", Giving(client_id=ines)).key)
    secret, other = secret_of(workshop), make_id()
    keys.make(other)
    with pytest.raises(KeyGone):
        read_order(row, secret)
    row.order = {**row.order, "sealed": {**row.order["sealed"], "client": other}}
    with pytest.raises(SealBroken):
        read_order(row, secret, keys)
    keys.forget(ines)
    row = row_of(row.key)
    with pytest.raises(KeyGone):
        read_order(row, secret, keys)
    with pytest.raises(KeyGone):
        workshop.order("small-step", GREETED, "another", Giving(client_id=ines))


def test_what_was_sealed_goes_when_the_making_ends(
    workshop: Workshop, ines: str, row_of: RowOf
) -> None:
    """As own words do."""
    key = workshop.order("small-step", GREETED, "device", Giving(client_id=ines)).key
    with workshop.database.writing() as db:
        assert cancel_render(db, key, datetime.now(UTC))
    assert "sealed" not in row_of(key).order


def test_the_chosen_voice_speaks(workshop: Workshop, ines: str) -> None:
    """Another voice is another render, and not the one of the feed; one that is gone is told."""
    usual = workshop.order("small-step", Options(minutes=2), None)
    giving = Giving(client_id=ines, voice="joe")
    row = workshop.order("small-step", Options(minutes=2), None, giving)
    assert (row.voice, row.is_default, usual.is_default) == ("joe", False, True)
    assert row.key != usual.key
    with pytest.raises(VoiceUnavailable):
        workshop.order(
            "small-step", Options(minutes=2), None, Giving(client_id=ines, voice="nobody")
        )


def test_it_is_heard_in_the_recording(workshop: Workshop, ines: str, row_of: RowOf) -> None:
    """A worker makes it: the first chapter is hers, and the length is what was chosen."""
    key = workshop.order("small-step", GREETED, "device", Giving(client_id=ines)).key
    voices = real_voices(workshop.settings)
    worker = Worker(settings=workshop.settings, produce=produce, voices=voices)
    worker.perform(key)
    worker.stop()
    voices.close()
    row = row_of(key)
    assert row.state == "done"
    assert row.duration_ms is not None
    assert abs(row.duration_ms - 120_000) < 1000
    assert "sealed" not in row.order
    assert files_with_it(workshop.settings.data_path) == []
    folder = workshop.shelf.render_folder(key)
    [name] = [each.file_name for each in row.renditions if each.kind == "json"]
    chapters = json.loads((folder / name).read_text())["chapters"]
    assert chapters[0]["title"] == "From Ada"


def test_phonemes_are_only_letters() -> None:
    """What Piper would take for raw phonemes is read as text."""
    said = speakable(f"For you [[ {secrets.token_hex(4)} ]] now.")
    assert "[" not in said
    assert "]" not in said
