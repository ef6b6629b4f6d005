"""The order book: an order as the row of a render, from which it is made as it was ordered."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, cast

from server.config import Settings
from server.errors import KeyGone
from server.render.catalogue import LoadedScript
from server.render.model import Giving, Order
from server.render.secret import private_render_key, private_salt, server_secret
from server.render.voices import house_voices
from server.script import ANY, Respelling, parse_script
from server.store import NewRender, RenderRow, hash_device
from server.store.care import KeyRing
from server.timeline import (
    AS_WRITTEN,
    NOTHING_ADDED,
    Additions,
    Excerpt,
    Greeting,
    Options,
    OwnSound,
    Plan,
    Timeline,
    Utterance,
    content_key,
    lay_out,
    plan,
    plan_excerpt,
    plan_key,
)
from server.voice import Voice, estimate_ms


def describe_render(
    settings: Settings,
    additions: Additions,
    loaded: LoadedScript,
    options: Options,
    device: str | None,
    giving: Giving | None = None,
    *,
    is_guided: bool = False,
) -> NewRender:
    """Refuse what cannot be made, and name the rest by its key.

    What is guided is no practice: it is in no library and no feed.
    """
    script = loaded.script
    planned = plan(script, options, additions)
    guess_timeline(planned)
    usual_voice = settings.voice or script.voice
    chosen_voice = (giving and giving.voice) or usual_voice
    voice = house_voices(settings).describe(chosen_voice)
    key = plan_key(planned, voice.key)
    if is_guided:
        # Never the key of a practice that an author made of the same script.
        key = content_key("guided", key)
    if planned.is_private:
        if device is None:
            raise ValueError("A render with a listener's own words needs the device's token.")
        key = private_render_key(server_secret(settings.secret_path), device, key)
    order = write_order(loaded, options, additions, planned, voice)
    if giving is not None and planned.is_private:
        keys = KeyRing(settings.keys_path)
        order = seal_order(order, options, keys, client_id=giving.client_id, key=key)
    plain = plan(script, Options(minutes=options.minutes), additions)
    is_plain = not is_guided and planned == plain and chosen_voice == usual_voice
    return NewRender(
        key=key,
        slug=script.slug,
        title=script.title,
        minutes=options.minutes,
        voice=voice.name,
        is_default=is_plain and options.minutes == script.default_minutes,
        is_plain=is_plain,
        is_private=planned.is_private,
        device_hash=hash_device(device) if planned.is_private and device else None,
        order=order,
    )


def guess_timeline(planned: Plan) -> Timeline:
    """Lay a plan out by a guess of how long its sentences are. Raises TooShort."""
    return lay_out(planned, {each: estimate_ms(each) for each in planned.utterances})


def write_order(
    loaded: LoadedScript, options: Options, additions: Additions, planned: Plan, voice: Voice
) -> dict[str, object]:
    """Write an order down, as JSON can hold it.

    The script's text, its voice's key and what the house adds are kept with it: the render's key
    names them as they are now, so that no later change may touch what is made under that key.
    """
    words = options.words if planned.is_private else {}
    return {
        "source": loaded.source,
        "path": loaded.path,
        "passages": dict(loaded.passages),
        "minutes": options.minutes,
        "words": {name: text.strip() for name, text in words.items()},
        "pace": options.pace,
        "bed": options.bed,
        "bed_level": options.bed_level,
        "anchor": options.anchor,
        "eyes": options.eyes,
        "seed": options.seed,
        "voice_key": voice.key,
        "additions": write_additions(additions, planned.utterances),
    }


def seal_order(
    order: Mapping[str, object], options: Options, keys: KeyRing, *, client_id: str, key: str
) -> dict[str, object]:
    """Keep what is said for one client alone with that client's key: the greeting and the words.

    So it can be read for as long as they are a client, and from no copy of the database.
    """
    said = {
        "words": order["words"],
        "greeting": asdict(options.greeting) if options.greeting else None,
    }
    sealed = keys.get(client_id).close(json.dumps(said), _place(key))
    book = {"client": client_id, "text": b64encode(sealed).decode("ascii")}
    return {**order, "words": {}, "sealed": book}


def read_order(row: RenderRow, secret: bytes, keys: KeyRing | None = None) -> Order:
    """Read from a render's row what is to be made; one of an older Stepback says less.

    Raises InvalidScript or InvalidOptions for an order of a Stepback that knew other rules, and
    KeyGone where it was for a client who has been erased.
    """
    kept = cast("dict[str, Any]", row.order)
    additions = read_additions(kept["additions"]) if "additions" in kept else NOTHING_ADDED
    options = Options(
        minutes=row.minutes,
        words=kept["words"],
        pace=kept.get("pace", 1.0),
        bed=kept.get("bed", AS_WRITTEN),
        bed_level=kept.get("bed_level", AS_WRITTEN),
        anchor=kept.get("anchor", ANY),
        eyes=kept.get("eyes", ANY),
        seed=kept.get("seed", 0),
    )
    if book := kept.get("sealed"):
        options = _open(options, book, keys, row.key)
    own_sounds = frozenset(additions.sounds)
    passages: dict[str, str] = kept.get("passages", {})
    script = parse_script(
        kept["source"], path=kept["path"], own_sounds=own_sounds, passages=passages
    )
    if excerpt := kept.get("excerpt"):
        script, planned = plan_excerpt(script, options, additions, Excerpt(**excerpt))
    else:
        planned = plan(script, options, additions)
    return Order(
        script=script,
        plan=planned,
        render_key=row.key,
        script_key=content_key("script", kept["source"], *passages.values()),
        private_salt=private_salt(secret, row.key) if row.is_private else None,
        is_excerpt=excerpt is not None,
    )


def _open(options: Options, book: Mapping[str, str], keys: KeyRing | None, key: str) -> Options:
    if keys is None:
        raise KeyGone
    said = json.loads(keys.get(book["client"]).open(b64decode(book["text"]), _place(key)))
    greeting = Greeting(**said["greeting"]) if said["greeting"] else None
    return replace(options, words=said["words"], greeting=greeting)


def _place(key: str) -> str:
    return f"renders:{key}"


def write_additions(additions: Additions, spoken: Iterable[Utterance]) -> dict[str, object]:
    """Write down what the house adds, with the recordings that are heard in what is spoken."""
    return {
        "sounds": [asdict(sound) for sound in additions.sounds.values()],
        "lexicon": [asdict(respelling) for respelling in additions.lexicon],
        "recordings": {each.text: each.recording for each in spoken if each.recording},
    }


def read_additions(kept: Mapping[str, Any]) -> Additions:
    """Read what the house added when an order was written down."""
    sounds = [OwnSound(**sound) for sound in kept["sounds"]]
    return Additions(
        sounds={sound.name: sound for sound in sounds},
        lexicon=tuple(Respelling(**respelling) for respelling in kept["lexicon"]),
        recordings=kept["recordings"],
    )
