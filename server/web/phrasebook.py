"""The phrasebooks: what the pages say in another language, read from its .po when a process starts.

The .po that a translator writes is the only form there is. Nothing compiled lies beside it, so
nothing can be stale, and neither `./run` nor the wheel has a step more.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).with_name("translations")
DOMAIN = "messages"
SCRIPTS = "server/web/static/js/"
"""Where a string comes from that the pages' scripts say, as `make words` notes it in a .po."""

REPEATED_FROM = 100
"""From this number on the plural form hangs on the last two digits, in every language we know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """One language of the pages."""

    tag: str
    """What a browser asks for or has chosen, such as `de`."""
    locale: Locale
    translations: Translations
    """For templates and Python."""
    page_words: str
    """JSON for the pages' scripts: `texts` by their English, and in `plural` a digit for each
    number below 200: its form. From 100 on the second hundred holds again and again. Empty for
    English."""

    @property
    def language(self) -> str:
        """The whole tag, with the country by whose ways dates and numbers are written."""
        return str(self.locale).replace("_", "-")

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return (self.locale.get_language_name() or self.tag).capitalize()


ENGLISH = Phrasebook(
    tag="en", locale=Locale("en", "GB"), translations=Translations(), page_words=""
)
"""The language that the house is written in, and speaks where nothing else fits."""


def read_phrasebooks(folder: Path = FOLDER) -> dict[str, Phrasebook]:
    """Read every language there is a .po for, by tag. English comes first."""
    paths = sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return {book.tag: book for book in (ENGLISH, *map(read_phrasebook, paths))}


def read_phrasebook(path: Path) -> Phrasebook:
    """Read one .po. What is not translated, or marked as fuzzy, is said in English."""
    return _read_phrasebook(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)  # the tests make a thousand apps
def _read_phrasebook(path: Path, _changed_ns: int) -> Phrasebook:
    with path.open("rb") as file:
        return make_phrasebook(read_po(file, locale=path.parts[-3]))


def make_phrasebook(catalog: Catalog) -> Phrasebook:
    """Make the phrasebook of a catalogue, which names its locale."""
    locale = Locale.parse(catalog.locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    translations = Translations(compiled, DOMAIN)
    words = {
        "plural": "".join(str(translations.plural(n)) for n in range(2 * REPEATED_FROM)),
        "texts": dict(_texts(catalog)),
    }
    return Phrasebook(
        tag=str(locale).replace("_", "-"),
        locale=locale,
        translations=translations,
        page_words=json.dumps(words, ensure_ascii=False, separators=(",", ":")),
    )


def is_for_scripts(message: Message) -> bool:
    """True for a string that a script of the pages says."""
    return any(str(path).startswith(SCRIPTS) for path, _ in message.locations)


def _texts(catalog: Catalog) -> Iterator[tuple[str, str | list[str]]]:
    for message in catalog:
        if message.fuzzy or not is_for_scripts(message):
            continue
        match message.id, message.string:
            case str(text), str(said) if said:
                yield text, said
            case (str(one), _), (*forms,) if all(forms):
                yield one, forms
