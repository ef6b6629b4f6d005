"""The order book: what a render's row keeps of an order, so that it is made as it was ordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from server.render.catalogue import LoadedScript
from server.render.model import Order
from server.render.secret import private_salt
from server.script import Respelling, parse_script
from server.store import RenderRow
from server.timeline import (
    AS_WRITTEN,
    NOTHING_ADDED,
    Additions,
    Options,
    OwnSound,
    Plan,
    content_key,
    plan,
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
    recordings = {each.text: each.recording for each in planned.utterances if each.recording}
    return {
        "source": loaded.source,
        "path": loaded.path,
        "passages": dict(loaded.passages),
        "minutes": options.minutes,
        "words": {name: text.strip() for name, text in words.items()},
        "pace": options.pace,
        "bed": options.bed,
        "bed_level": options.bed_level,
        "voice_key": voice.key,
        "additions": {
            "sounds": [asdict(sound) for sound in additions.sounds.values()],
            "lexicon": [asdict(respelling) for respelling in additions.lexicon],
            "recordings": recordings,
        },
    }


def read_order(row: RenderRow, secret: bytes) -> Order:
    """Read from a render's row what is to be made; one of an older Stepback says less.

    Raises InvalidScript or InvalidOptions for an order of a Stepback that knew other rules.
    """
    kept = cast("dict[str, Any]", row.order)
    additions = _read_additions(kept["additions"]) if "additions" in kept else NOTHING_ADDED
    options = Options(
        minutes=row.minutes,
        words=kept["words"],
        pace=kept.get("pace", 1.0),
        bed=kept.get("bed", AS_WRITTEN),
        bed_level=kept.get("bed_level", AS_WRITTEN),
    )
    own_sounds = frozenset(additions.sounds)
    passages: dict[str, str] = kept.get("passages", {})
    script = parse_script(
        kept["source"], path=kept["path"], own_sounds=own_sounds, passages=passages
    )
    return Order(
        script=script,
        plan=plan(script, options, additions),
        render_key=row.key,
        script_key=content_key("script", kept["source"], *passages.values()),
        private_salt=private_salt(secret, row.key) if row.is_private else None,
    )


def _read_additions(kept: Mapping[str, Any]) -> Additions:
    sounds = [OwnSound(**sound) for sound in kept["sounds"]]
    return Additions(
        sounds={sound.name: sound for sound in sounds},
        lexicon=tuple(Respelling(**respelling) for respelling in kept["lexicon"]),
        recordings=kept["recordings"],
    )
