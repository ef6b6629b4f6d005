"""The order book: what a render's row keeps of an order, so that it is made as it was ordered."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, cast

from server.errors import KeyGone
from server.render.catalogue import LoadedScript
from server.render.model import Order
from server.render.secret import private_salt
from server.script import ANY, Respelling, parse_script
from server.store import RenderRow
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
    Utterance,
    content_key,
    plan,
    plan_excerpt,
)
from server.voice import Voice


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
