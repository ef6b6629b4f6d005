"""What a sitting would be made of just now, and how much of that is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from server.config import Settings
from server.errors import NotLive, VoiceUnavailable
from server.render.catalogue import Catalogue, LoadedScript
from server.render.live_lines import Needs, every_program, line_key, needs_of
from server.render.live_sound import LiveSound
from server.render.sitting_book import read_extras, write_sitting
from server.render.voices import house_voices
from server.script import Script
from server.sitting import Choices, Program, compile_sitting
from server.store import Database, NewSitting, want_lines
from server.timeline import Additions, Utterance, content_key
from server.units import Ms
from server.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A practice as it would be sat with live."""

    loaded: LoadedScript
    passages: Mapping[str, str]
    additions: Additions
    choices: Choices
    program: Program
    voice: Voice
    needs: Needs
    there_ms: Mapping[str, Ms]
    """The lengths of the lines that are there, by their keys."""

    @property
    def is_ready(self) -> bool:
        """True where every line is there."""
        return len(self.there_ms) == len(self.needs.keys)

    @property
    def lengths(self) -> dict[Utterance, Ms]:
        """The length of every sentence of one that is ready."""
        spoken = self.program.utterances
        return {each: self.there_ms[line_key(each, self.voice.key)] for each in spoken}

    def as_new(self, sitting_id: str, device_hash: str, expires_at: datetime) -> NewSitting:
        """What a row is to keep of it."""
        sentences = self.needs.sentences
        return NewSitting(
            id=sitting_id,
            device_hash=device_hash,
            slug=self.loaded.script.slug,
            title=self.loaded.script.title,
            voice=self.voice.name,
            choices=asdict(self.choices),
            order=write_sitting(
                self.loaded, self.passages, self.additions, self.program, self.voice
            ),
            lengths={key: self.there_ms[key] for key in sentences},
            expires_at=expires_at,
        )


def make_offer(
    settings: Settings, catalogue: Catalogue, sound: LiveSound, slug: str, choices: Choices
) -> Offer:
    """Look a practice up, and which of its lines are there.

    Raises PracticeNotFound, NotLive, InvalidOptions or VoiceUnavailable.
    """
    loaded, passages = catalogue.get(slug), catalogue.passages()
    additions = catalogue.additions(slug)
    program = compile_sitting(loaded.script, choices, read_extras(passages, additions), additions)
    voice = house_voices(settings).describe(settings.voice or loaded.script.voice)
    needs = needs_of([program], voice.key)
    return Offer(
        loaded=loaded,
        passages=passages,
        additions=additions,
        choices=choices,
        program=program,
        voice=voice,
        needs=needs,
        there_ms=sound.find_lengths(needs),
    )


def want(settings: Settings, database: Database, offer: Offer, now_at: datetime) -> None:
    """Ask the worker for what an offer lacks.

    Raises VoiceUnavailable where nobody can speak it.
    """
    house_voices(settings).get(offer.voice.name)
    slug, choices = offer.loaded.script.slug, asdict(offer.choices)
    shared = {name: choices[name] for name in ("minutes", "anchor", "eyes", "pace", "has_buttons")}
    key = content_key("lines", slug, *(str(value) for value in shared.values()))
    with database.writing() as db:
        want_lines(db, key, slug=slug, choices=shared, now_at=now_at)


def needs_of_practice(
    script: Script, passages: Mapping[str, str], additions: Additions, voice_key: str
) -> Needs:
    """Every line of a practice at the usual pace, whatever else is chosen; none where it is not
    for live sittings.
    """
    try:
        return needs_of(
            every_program(script, read_extras(passages, additions), additions), voice_key
        )
    except NotLive:
        return Needs(sentences={}, sounds={})


def line_keys_in_use(settings: Settings, catalogue: Catalogue) -> frozenset[str]:
    """The keys of all lines that are made ahead for the practices as they are now."""
    keys: set[str] = set()
    for script in catalogue.scripts():
        try:
            voice = house_voices(settings).describe(settings.voice or script.voice)
            needs = needs_of_practice(
                script, catalogue.passages(), catalogue.additions(script.slug), voice.key
            )
        except VoiceUnavailable:
            continue  # then nobody can begin it
        keys.update(needs.keys)
    return frozenset(keys)
