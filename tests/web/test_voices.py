"""The door and the voices: a voice that cannot speak stops new recordings and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.app import create_app
from server.voice import VoiceRecord
from server.voice.record import file_sha256


def put_in(voices_path: Path, name: str, **changes: str) -> VoiceRecord:
    """Write a voice into a house's folder, with files that nobody will load."""
    folder = voices_path / name
    folder.mkdir(parents=True)
    for part in ("model", "config"):
        (folder / part).write_text(f"the {part} of {name}")
    made = VoiceRecord(
        name=name,
        title=f"{name}, a synthetic voice <en>",
        language="en-GB",
        licence=f"Ask the makers of {name}.",
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


def order(client: FlaskClient, minutes: int):
    return client.post("/api/renders", json={"practice": "soft-ground", "minutes": minutes})


@pytest.mark.parametrize("damage", ["missing", "truncated", "altered", "no record"])
def test_what_was_recorded_plays_on_when_its_voice_breaks(tmp_path: Path, build_house, damage):
    """Recordings are served, also in parts, and ordered again; a new one is a calm 503."""
    house = build_house(tmp_path, STEPBACK_VOICE="anna")
    record = put_in(house.settings.voices_path, "anna")
    client = create_app(house.settings).test_client()
    key = order(client, 2).get_json()["key"]
    house.publish(key)
    whole = client.get(f"/audio/{key}.mp3").data
    if damage == "missing":
        record.model_path.unlink()
    elif damage == "truncated":
        record.model_path.write_bytes(record.model_path.read_bytes()[:-1])
    elif damage == "altered":
        record.model_path.write_text("the model of anne")
    else:
        (record.folder / "voice.json").unlink()
    for made in (client, create_app(house.settings).test_client()):
        assert made.get(f"/audio/{key}.mp3").data == whole
        part = made.get(f"/audio/{key}.mp3", headers={"Range": "bytes=5-9"})
        assert (part.status_code, part.data) == (206, whole[5:10])
        assert made.get(f"/audio/{key}.vtt").status_code == 200
        assert made.get("/practices/soft-ground").status_code == 200
        assert made.get("/feed").status_code == 200
        if damage != "no record":
            assert order(made, 2).status_code == 200
        refused = order(made, 3)
        assert refused.status_code == 503
        assert refused.content_type == "application/problem+json"
        assert "Retry-After" in refused.headers
        assert str(tmp_path) not in refused.text
        assert "voice" in made.get("/ready").get_json()["failing"]
    house.database.close()


def test_a_voice_that_forbids_commerce_takes_no_order(tmp_path: Path, build_house, caplog):
    """503 for the listener, the whole sentence for the operator."""
    house = build_house(tmp_path, STEPBACK_VOICE="anna", STEPBACK_COMMERCIAL="yes")
    put_in(house.settings.voices_path, "anna", commercial="forbidden")
    client = create_app(house.settings).test_client()
    assert order(client, 2).status_code == 503
    assert "The voice 'anna' may not be used here" in caplog.text
    assert "anna" not in client.get("/about").text
    house.database.close()


def test_the_page_about_names_every_voice_that_can_speak(tmp_path: Path, build_house):
    """With its licence, and that all of them are synthetic."""
    house = build_house(tmp_path)
    put_in(house.settings.voices_path, "anna")
    put_in(house.settings.voices_path, "bert").model_path.unlink()
    page = create_app(house.settings).test_client().get("/about").text
    assert "Every voice here is synthetic" in page
    assert "anna, a synthetic voice &lt;en&gt;. Ask the makers of anna." in page
    assert "fine-tuned from the voice lessac" in page
    assert "bert" not in page
    assert "drafts without a voice" in page
    house.database.close()


def test_the_page_about_is_there_without_any_voice(
    tmp_path: Path, build_house: Callable, monkeypatch
):
    """It says what to do when a practice does not feel right, whatever is broken."""
    house = build_house(tmp_path, STEPBACK_VOICE="anna")
    monkeypatch.setattr("server.voice.catalogue.PACKAGES", {})
    page = create_app(house.settings).test_client().get("/about")
    assert page.status_code == 200
    assert "No voice can speak here just now" in page.text
    assert "Open your eyes" in page.text
    house.database.close()


def test_an_order_tells_nothing_of_the_voices_files(tmp_path: Path, build_house):
    """The key of the voice stays in the house."""
    house = build_house(tmp_path, STEPBACK_VOICE="anna")
    record = put_in(house.settings.voices_path, "anna")
    said = order(create_app(house.settings).test_client(), 2).get_json()
    assert record.voice.key not in json.dumps(said)
    house.database.close()
