"""The voices of a house: replaced, forbidden, broken, and several of them at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from server.config import Settings
from server.errors import VoiceUnavailable
from server.render import Catalogue, Workshop, house_voices
from server.render.checks import check_scripts, check_voice
from server.render.once import render_once
from server.render.voices import Voices, real_voices
from server.render.worker import Worker
from server.script import parse_script
from server.store import RenderRow
from server.timeline import Options
from server.voice import SILENT, SilentSpeaker, Speaker, Voice, VoiceRecord
from server.voice.record import file_sha256

RowOf = Callable[[str], RenderRow]


def put_in(settings: Settings, name: str, **changes: str) -> VoiceRecord:
    """Write a voice into the house's folder, with files that nobody will load."""
    folder = settings.voices_path / name
    folder.mkdir(parents=True, exist_ok=True)
    files = {part: changes.pop(part, f"the {part} of {name}") for part in ("model", "config")}
    for part, content in files.items():
        (folder / part).write_text(content)
    made = VoiceRecord(
        name=name,
        title=f"{name}, a synthetic voice",
        language="en-GB",
        licence="Ask first.",
        commercial=changes.get("commercial", "unclear"),  # type: ignore[arg-type]
        home=folder,
        stem=file_sha256(folder / "model")[:16],
        model_sha256=file_sha256(folder / "model"),
        config_sha256=file_sha256(folder / "config"),
    )
    (folder / "model").rename(made.model_path)
    (folder / "config").rename(made.config_path)
    made.write(folder, "2026-11-25T00:00:00+00:00")
    return made


def spoken_by(settings: Settings, *names: str) -> Settings:
    """Let the house's practices be spoken by these voices, one practice for each."""
    text = (settings.scripts_path / "small-step.md").read_text()
    for name in names:
        script = text.replace("voice: joe", f"voice: {name}").replace("small-step", f"by-{name}")
        (settings.scripts_path / f"by-{name}.md").write_text(script)
    (settings.scripts_path / "small-step.md").unlink()
    return replace(settings, voice="")


class Named(SilentSpeaker):
    """A silent speaker with a voice of its own, which remembers that it was closed."""

    def __init__(self, voice: Voice) -> None:
        self.voice, self.is_closed = voice, False

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True


def test_a_voice_that_was_replaced_is_opened_anew(settings: Settings) -> None:
    """What speaks under a name is what is installed there now; the old one may end its sentence."""
    put_in(settings, "anna")
    voices = house_voices(settings)
    speakers = Voices(lambda name: Named(voices.get(name)), lambda name: voices.get(name).key)
    first = speakers.get("anna")
    assert speakers.get("anna") is first
    put_in(settings, "anna", model="another one")
    second = speakers.get("anna")
    assert second.voice.key != first.voice.key
    assert not first.is_closed  # type: ignore[attr-defined]
    speakers.close()
    assert first.is_closed  # type: ignore[attr-defined]
    assert second.is_closed  # type: ignore[attr-defined]


def test_a_voice_whose_files_change_under_way_speaks_no_more(settings: Settings) -> None:
    """A worker that has it open notices as well."""
    record = put_in(settings, "anna")
    speakers = real_voices(settings)
    assert speakers.get("anna").voice == record.voice
    record.model_path.write_text("damaged")
    with pytest.raises(VoiceUnavailable, match="'anna'"):
        speakers.get("anna")
    assert speakers.get("silent").voice == SILENT
    speakers.close()


def test_a_render_that_waits_is_not_spoken_by_another_voice(
    workshop: Workshop, settings: Settings, producer, row_of: RowOf
) -> None:
    """Its key names the voice that was there when it was ordered; the listener asks again."""
    settings = spoken_by(settings, "anna")
    put_in(settings, "anna")
    workshop = replace(workshop, settings=settings)
    key = workshop.order("by-anna", Options(minutes=2), None).key
    put_in(settings, "anna", config="another one")
    voices = house_voices(settings)
    worker = Worker(
        settings=settings, produce=producer, voices=Voices(lambda name: Named(voices.get(name)))
    )
    worker.perform(key)
    assert (row_of(key).state, producer.orders) == ("failed", [])
    assert "replaced" in row_of(key).reason
    again = workshop.order("by-anna", Options(minutes=2), None)
    assert (again.state, again.key != key) == ("queued", True)
    worker.perform(again.key)
    assert row_of(again.key).state == "done"


def test_what_was_recorded_is_given_although_its_voice_cannot_speak(
    workshop: Workshop, settings: Settings, producer, make_worker, row_of: RowOf
) -> None:
    """A damaged model stops new recordings and nothing else."""
    settings = spoken_by(settings, "anna")
    record = put_in(settings, "anna")
    workshop = replace(workshop, settings=settings)
    key = workshop.order("by-anna", Options(minutes=2), None).key
    voices = Voices(lambda _: Named(record.voice))
    Worker(settings=settings, produce=producer, voices=voices).perform(key)
    record.model_path.unlink()
    again = workshop.order("by-anna", Options(minutes=2), None)
    assert (again.key, again.state) == (key, "done")
    with pytest.raises(VoiceUnavailable, match="'anna'"):
        workshop.order("by-anna", Options(minutes=3), None)


def test_a_voice_that_forbids_commerce_is_refused_everywhere(
    workshop: Workshop, settings: Settings, producer, row_of: RowOf, tmp_path: Path
) -> None:
    """At the order, at the render without a queue, in the worker, and by the doctor."""
    settings = spoken_by(settings, "anna")
    record = put_in(settings, "anna", commercial="forbidden")
    workshop = replace(workshop, settings=settings)
    key = workshop.order("by-anna", Options(minutes=2), None).key
    selling = replace(settings, is_commercial=True)
    refused = pytest.raises(VoiceUnavailable, match=r"'anna' may not be used.*STEPBACK_COMMERCIAL")
    with refused:
        replace(workshop, settings=selling).order("by-anna", Options(minutes=2), None)
    path = settings.scripts_path / "by-anna.md"
    with refused:
        render_once(
            selling,
            parse_script(path.read_text(), path="x"),
            path.read_text(),
            options=Options(minutes=2),
            voice_name="",
            out=tmp_path / "x.mp3",
            on_progress=lambda _: None,
        )
    worker = Worker(settings=selling, produce=producer, voices=real_voices(selling))
    worker.perform(key)
    worker.voices.close()
    assert (row_of(key).state, producer.orders) == ("failed", [])
    check = check_voice(selling, Catalogue(selling.scripts_path))
    assert not check.ok
    assert "'anna' may not be used" in check.detail
    assert check_voice(settings, Catalogue(settings.scripts_path)).ok
    assert record.title in check_voice(settings, Catalogue(settings.scripts_path)).detail


def test_one_broken_voice_does_not_stop_the_others(
    settings: Settings, producer, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are loaded, the broken one is named, and the worker is not ready."""
    settings = spoken_by(settings, "anna", "bert", "carl")
    warmed: list[str] = []
    accident = OSError("secret")

    class Warming(SilentSpeaker):
        def __init__(self, name: str) -> None:
            self.name = name

        def warm(self) -> None:
            warmed.append(self.name)

    def open_voice(name: str) -> Speaker:
        if name == "anna":
            raise VoiceUnavailable("The voice 'anna' cannot speak.")
        if name == "bert":
            raise accident
        return Warming(name)

    worker = Worker(settings=settings, produce=producer, voices=Voices(open_voice))
    worker._warm()
    assert warmed == ["carl"]
    assert worker.is_voice_ok is False
    assert "The voice 'anna' cannot speak." in caplog.text
    assert "worker not ready voices=anna,bert" in caplog.text
    assert "secret" not in caplog.text


def test_readiness_is_by_the_voices_that_are_needed(settings: Settings, producer) -> None:
    """A broken voice that no practice asks for troubles nobody."""
    put_in(settings, "anna").model_path.unlink()
    catalogue = Catalogue(settings.scripts_path)
    assert check_voice(settings, catalogue).ok
    worker = Worker(settings=settings, produce=producer, voices=real_voices(settings))
    worker._warm()
    worker.voices.close()
    assert worker.is_voice_ok
    needed = check_voice(spoken_by(settings, "anna", "silent"), catalogue)
    assert not needed.ok
    assert "'anna'" in needed.detail
    assert f"{SILENT.title} is there." in needed.detail
    assert "stepback voices" in needed.what_to_do


def test_unclear_terms_are_a_warning_where_money_is_made(settings: Settings) -> None:
    """Said to the operator, and no failure."""
    settings = spoken_by(settings, "anna")
    put_in(settings, "anna")
    catalogue = Catalogue(settings.scripts_path)
    assert "unclear" not in check_voice(settings, catalogue).detail
    check = check_voice(replace(settings, is_commercial=True), catalogue)
    assert check.ok
    assert "unclear" in check.detail
    assert not check.what_to_do


def test_a_broken_lexicon_is_told_by_the_doctor(settings: Settings) -> None:
    """With its place, beside the mistakes of scripts."""
    catalogue = Catalogue(settings.scripts_path)
    assert check_scripts(settings.scripts_path, catalogue).ok
    (settings.scripts_path / "lexicon.yaml").write_text("lives:\n")
    check = check_scripts(settings.scripts_path, catalogue)
    assert not check.ok
    assert check.detail == "scripts/lexicon.yaml:1:7: 'respelling' is empty. Expected text."


def test_what_is_ordered_names_its_voices_key(workshop: Workshop, row_of: RowOf) -> None:
    """So that a worker can tell."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    assert json.loads(json.dumps(row_of(key).order))["voice_key"] == SILENT.key


def test_a_practice_in_a_language_that_its_voice_does_not_speak_is_named(
    settings: Settings,
) -> None:
    """Said to the operator; the house is ready all the same."""
    settings = spoken_by(settings, "anna")
    put_in(settings, "anna")
    catalogue = Catalogue(settings.scripts_path)
    assert "does not speak" not in check_voice(settings, catalogue).detail
    path = settings.scripts_path / "by-anna.md"
    path.write_text(path.read_text().replace("language: en\n", "language: de\n"))
    check = check_voice(settings, catalogue)
    assert check.ok
    assert "'de', which anna, a synthetic voice does not speak" in check.detail


def test_a_voice_that_is_missing_is_told_once(settings: Settings) -> None:
    """Not as one that speaks another language, too."""
    settings = spoken_by(settings, "nobody")
    check = check_voice(settings, Catalogue(settings.scripts_path))
    assert not check.ok
    assert "does not speak" not in check.detail
