"""The scripts' files in an author's hands: begun, read, saved, and what they once were is kept."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

import yaml

from server.errors import InputRefused
from server.render import Kind, ScriptFile, ScriptFiles, kind_of
from server.store import Origin, add_script_version, find_newest_version
from server.web.rooms import get_rooms

LONGEST_NAME = 60

NEW_PRACTICE = """---
{title}
slug: {slug}
track: {track}
summary: One or two sentences for the library.
intention: What the practice is for, in the listener's terms.
for-whom: Whom it may suit.
not-when: When another practice, or none, is the better one.
minutes: [4, 6]
language: en
voice: {voice}
pace: {pace}
credits: The words are my own.
---

# Arriving

[bell]

This is a short practice, and you can stop at any moment. [5s]

:::when eyes=any
Your eyes may be open or closed. [5s]
:::
:::when eyes=open
Your eyes can stay open. [5s]
:::
:::when eyes=closed
Your eyes may be shut, and open again whenever they want to. [5s]
:::

:::when anchor=any
You might choose one plain thing to come back to. [4s]
It may be a sound, something you see, your hands, your feet, or your breath. [8s]
:::
:::when anchor=breath,sound,hands,feet,sight
You might turn to what you have chosen to come back to. [8s]
:::

There is some quiet now.

[silence fill]

# Being with it

Here the heart of the practice can stand, in words of your own. [8s]
You might leave room after each sentence, as if a friend were thinking about it. [8s]

Some quiet for that.

[silence fill]

Whatever came is allowed to be here. [6s]

And once more, some quiet.

[silence fill]

# Returning

You might feel the ground under you again. [6s]
Perhaps there is a sound nearby, or a colour. [6s]
A last quiet, and then the bell.

[silence fill]

[bell]
"""
"""What a new practice begins with: short, right as it is, with nothing to be remarked."""

NEW_PASSAGE = """You might feel the ground under you again. [6s]
"""


def script_files() -> ScriptFiles:
    """The files of this house's scripts folder."""
    return ScriptFiles(get_rooms().settings.scripts_path)


def open_script(path: str) -> ScriptFile:
    """Read a script, and keep what it holds unless it is kept already: another hand wrote it.

    Raises ScriptNotFound or ScriptNotWritten.
    """
    file = script_files().read(path)
    with get_rooms().database.reading() as db:
        newest = find_newest_version(db, path)
    if newest is None or newest.sha256 != file.version:
        _keep(file, Origin.FOUND)
    return file


def save_script(path: str, text: str, known: str) -> ScriptFile:
    """Write a script over the version that is known, or anew where none is; keep what it holds.

    Raises ScriptNotFound, ScriptChanged or ScriptNotWritten.
    """
    files = script_files()
    file = files.write(path, text, known_version=known) if known else files.add(path, text)
    _keep(file, Origin.SAVED)
    return file


def begin_script(folder: str, title: str, *, like: str = "", text: str = "") -> ScriptFile:
    """Put a practice or passage into a folder, to be written on.

    A practice may begin like another one, or with a text that somebody has made of it.

    Raises InputRefused for a title of which no name can be made, ScriptChanged where there is one
    of this name, ScriptNotFound where there is none to be like, ScriptNotWritten.
    """
    words = " ".join(title.split())
    slug = slug_of(words)
    if not slug:
        raise InputRefused(
            "A file is named by its title, so it needs some letters from a to z or digits. "
            "The title can be changed afterwards.",
            field="title",
        )
    path = f"{folder}/{slug}.md"
    if kind_of(path) == Kind.PASSAGE:
        return save_script(path, NEW_PASSAGE, "")
    heading = yaml.safe_dump({"title": words}, allow_unicode=True, width=10_000).strip()
    if begun := text or (script_files().read(like).text if like else ""):
        return save_script(path, _rename(begun, heading, slug, folder), "")
    scripts = get_rooms().catalogue.scripts()
    new = NEW_PRACTICE.format(
        title=heading,
        slug=slug,
        track=folder,
        voice=scripts[0].voice if scripts else "joe",
        pace=scripts[0].pace if scripts else 1.6,
    )
    return save_script(path, new, "")


def _rename(text: str, heading: str, slug: str, folder: str) -> str:
    """Give a practice's text another title, name and track; every other line stays as it is."""
    head, mark, body = text.partition("\n---")
    lines = {"title": heading, "slug": f"slug: {slug}", "track": f"track: {folder}"}
    renamed = [lines.get(line.partition(":")[0], line) for line in head.split("\n")]
    return "\n".join(renamed) + mark + body


def slug_of(title: str) -> str:
    """Make a name of a title: lower-case letters, digits and hyphens; empty where it has none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-")


def _keep(file: ScriptFile, origin: Origin) -> None:
    with get_rooms().database.writing() as db:
        add_script_version(
            db,
            path=file.path,
            sha256=file.version,
            text=file.text,
            origin=origin,
            now_at=datetime.now(UTC),
        )
