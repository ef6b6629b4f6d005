"""One telling of a practice, by the choices in an address: its words, and its picture."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from markupsafe import Markup

from server.errors import TooShort
from server.script import ANCHORS, ANY, EYES, Say, Script
from server.timeline import (
    AS_WRITTEN,
    PACE_NAMES,
    TELLINGS,
    Options,
    choose_words,
    linear_cues,
    pace_named,
    sentence_text,
)
from server.web.rooms import get_rooms
from server.web.score import draw_score


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStage:
    """What is said in a stage."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a page shows of one telling."""

    stages: tuple[ToldStage, ...]
    score: Markup
    """Empty where the practice cannot be this short: that is said when it is ordered."""


def read_options(script: Script) -> Options:
    """Read choices from the address; what is not to be had there is as usual."""
    minutes = request.args.get("minutes", default=script.default_minutes, type=int)
    anchor = _one_of(ANCHORS, "anchor", ANY)
    eyes = _one_of(EYES, "eyes", ANY)
    seed = request.args.get("seed", default=0, type=int)
    return Options(
        minutes=minutes if minutes in script.minutes else script.default_minutes,
        pace=pace_named(_one_of(PACE_NAMES, "pace", AS_WRITTEN)),
        anchor=anchor,
        eyes=ANY if anchor == "sight" else eyes,
        seed=seed if seed in range(TELLINGS) else 0,
    )


def tell(script: Script, options: Options) -> Telling:
    """Tell a practice as it is heard; where a word is to be given, its default stands."""
    words, _ = choose_words(script, {})
    return Telling(
        stages=tuple(
            ToldStage(
                title=heard.stage.title,
                sentences=tuple(
                    sentence_text(cue, words) for cue in heard.cues if isinstance(cue, Say)
                ),
            )
            for heard in linear_cues(script, options)
        ),
        score=_score(script, options),
    )


def _score(script: Script, options: Options) -> Markup:
    try:
        return draw_score(get_rooms().workshop.preview(script, options))
    except TooShort:
        return Markup()


def _one_of(known: tuple[str, ...], name: str, usual: str) -> str:
    chosen = request.args.get(name, default=usual)
    return chosen if chosen in known else usual
