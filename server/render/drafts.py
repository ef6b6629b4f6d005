"""A script while it is being written: its text, which may be on no disk yet, as far as it reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from server.errors import InvalidScript, PracticeNotFound, Problem
from server.render.catalogue import Catalogue, LoadedScript
from server.render.lexicon import LEXICON_NAME
from server.render.passages import FOLDER
from server.script import list_passages, parse_lexicon, parse_passage, parse_script

_AROUND_A_PASSAGE = """---
title: A passage
slug: a-passage
summary: A passage by itself.
intention: To be heard by its author.
track: ground
minutes: 10
language: {language}
voice: {voice}
pace: {pace}
credits: Its author's.
---
# {name}

"""


class Kind(StrEnum):
    """What a file of the scripts folder is."""

    PRACTICE = "practice"
    PASSAGE = "passage"
    LEXICON = "lexicon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What there is in a text."""

    kind: Kind
    path: str
    """From the scripts folder on, with slashes."""
    problems: tuple[Problem, ...]
    """What keeps it out of the library; none where it is right."""
    loaded: LoadedScript | None
    """What can be laid out and heard: nothing with mistakes in it, and no lexicon."""
    added_lines: int = 0
    """So many lines of `loaded.source` come before the text itself."""


def kind_of(path: str) -> Kind:
    """Tell what a file is by where it lies."""
    if path == LEXICON_NAME:
        return Kind.LEXICON
    return Kind.PASSAGE if path.startswith(f"{FOLDER}/") else Kind.PRACTICE


def read_draft(catalogue: Catalogue, path: str, source: str) -> Draft:
    """Read a text as the file at `path` would be read. Raises nothing: mistakes are told."""
    kind = kind_of(path)
    try:
        if kind == Kind.LEXICON:
            parse_lexicon(source, path=path)
            return Draft(kind=kind, path=path, problems=(), loaded=None)
        if kind == Kind.PASSAGE:
            return _read_passage(catalogue, path, source)
        loaded = _load(catalogue, path, source)
    except InvalidScript as error:
        return Draft(kind=kind, path=path, problems=error.problems, loaded=None)
    return Draft(kind=kind, path=path, problems=_taken(catalogue, loaded), loaded=loaded)


def _load(catalogue: Catalogue, path: str, source: str) -> LoadedScript:
    passages = catalogue.passages()
    sounds = frozenset(catalogue.additions().sounds)
    script = parse_script(source, path=path, own_sounds=sounds, passages=passages)
    used = {name: passages[name] for name in list_passages(script)}
    return LoadedScript(script=script, source=source, path=path, passages=used)


def _read_passage(catalogue: Catalogue, path: str, source: str) -> Draft:
    """Read a passage, and put a small practice around it, in which it can be heard.

    It is spoken as the first practice of the library is, which may not be the one that takes it
    in; an order keeps the text of the whole.
    """
    sounds = frozenset(catalogue.additions().sounds)
    parse_passage(source, path=path, own_sounds=sounds, passages=catalogue.passages())
    scripts = catalogue.scripts()
    around = _AROUND_A_PASSAGE.format(
        name=PurePosixPath(path).stem,
        language=scripts[0].language if scripts else "en",
        voice=scripts[0].voice if scripts else "joe",
        pace=scripts[0].pace if scripts else 1.6,
    )
    return Draft(
        kind=Kind.PASSAGE,
        path=path,
        problems=(),
        loaded=_load(catalogue, path, around + source),
        added_lines=around.count("\n"),
    )


def _taken(catalogue: Catalogue, loaded: LoadedScript) -> tuple[Problem, ...]:
    """Say that another file's practice has this slug already."""
    slug = loaded.script.slug
    try:
        other = catalogue.get(slug).path.partition("/")[2]
    except PracticeNotFound:
        return ()
    if other == loaded.path:
        return ()
    message = f"The slug '{slug}' is already the one of {other}."
    return (Problem(path=loaded.path, line=1, column=1, message=message),)
