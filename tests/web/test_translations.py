"""The .po of each language: fresh, German complete, and no value or tag lost on the way."""

import io
import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from server.web.phrasebook import ENGLISH, FOLDER, is_for_scripts, read_phrasebooks

ROOT = Path(__file__).parents[2]
WORDS = runpy.run_path(str(ROOT / "bin" / "words"))
PATHS = sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))
JS = ROOT / "server/web/static/js"
PAGE_SCRIPTS = sorted(JS.rglob("*.js"))
CALL = re.compile(r'\b(?:_|ngettext)\(\s*"((?:[^"\\]|\\.)*)"')


def catalog_of(path: Path) -> Catalog:
    return read_po(io.StringIO(path.read_text(encoding="utf-8")), locale=path.parts[-3])


def messages() -> list[tuple[str, Message]]:
    return [(path.parts[-3], m) for path in PATHS for m in catalog_of(path) if m.id]


def english(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def said(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.id, tuple) else (message.string,)


@pytest.fixture(scope="module")
def extracted() -> Catalog:
    """Every string of the pages, as `make words` finds it now."""
    return WORDS["extract"]()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_a_po_is_fresh(path: Path, extracted: Catalog):
    """`make words` would change nothing: no string is new, none is left over."""
    assert WORDS["updated"](path, extracted) == path.read_text(encoding="utf-8")


def test_german_is_complete():
    """Each string has its German, and none is a guess."""
    assert WORDS["untranslated"](catalog_of(WORDS["place_of"]("de"))) == []


def test_a_string_without_a_translation_is_noticed(tmp_path: Path):
    """What `make words` counts as missing: nothing said, one form of two, a guess."""
    catalog = Catalog(locale="de")
    catalog.add("Begin")
    catalog.add(("one", "many"), ("eins", ""))
    catalog.add("Pause", "Pause", flags=["fuzzy"])
    catalog.add("Play", "Start")
    assert len(WORDS["untranslated"](catalog)) == 3


def test_a_new_language_begins_with_every_string(tmp_path: Path, extracted: Catalog):
    """`make words LANGUAGE=ar` writes a .po that can be read, with its plural forms."""
    path = tmp_path / "ar" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(WORDS["updated"](path, extracted), encoding="utf-8")
    books = read_phrasebooks(tmp_path)
    assert list(books) == ["en", "ar"]
    assert (books["ar"].name, books["ar"].locale.text_direction) == ("العربية", "rtl")
    assert len(catalog_of(path)) == len(extracted)
    assert WORDS["updated"](path, extracted) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGE_SCRIPTS, ids=lambda p: str(p.relative_to(JS)))
def test_no_string_of_a_script_is_missed(path: Path, extracted: Catalog):
    """Whatever is handed to `_` in a script is found: also in corners that the finder overlooks."""
    texts = {english(message)[0] for message in extracted if is_for_scripts(message)}
    assert set(CALL.findall(path.read_text(encoding="utf-8"))) <= texts


PLACES = re.compile(r"%\(\w+\)s|\{\w+\}|%%|%")
TAGS = re.compile(r"<[^>]*>")


@pytest.mark.parametrize("find", [PLACES.findall, TAGS.findall], ids=["values", "tags"])
def test_what_is_filled_in_is_the_same_in_both(find: Callable[[str], list[str]]):
    """Each value and each tag of the English stands in the translation, and no other does."""
    differing = []
    for language, message in messages():
        allowed = [sorted(find(text)) for text in english(message)]
        for text in filter(None, said(message)):
            if sorted(find(text)) not in allowed:
                differing.append((language, text))
    assert differing == []


def test_every_translation_can_stand_in_an_attribute_and_is_calm():
    """No straight quotation mark outside of a tag, and no raised voice."""
    for language, message in messages():
        for text in said(message):
            bare = TAGS.sub("", text)
            assert not {'"', "<", ">", "!"} & set(bare), (language, text)


def test_german_addresses_one_person():
    """`du`, and never the distant form: in the middle of a sentence it would have a capital."""
    distant = re.compile(r"(?<=[a-zäöüß,] )(Sie|Ihnen|Ihre?[nmrs]?)\b")
    german = [text for language, m in messages() if language == "de" for text in said(m)]
    assert len(german) > 200
    assert [text for text in german if distant.search(text)] == []


def test_the_wheel_holds_what_the_pages_say():
    """The .po lie inside of the package; nothing compiled is asked for."""
    assert FOLDER.is_relative_to(ROOT / "server")
    assert PATHS
    assert ENGLISH.page_words == ""
    assert list(FOLDER.rglob("*.mo")) == []


# ── nothing is said past the phrasebook ──────────────────────────────────────────────────────

TEMPLATES = sorted((ROOT / "server/web/templates").rglob("*.html"))
SAID_ATTRIBUTE = re.compile(r'\b(?:aria-label|alt|title|placeholder)="([^"]*)"')


def bare_words(template: str) -> list[str]:
    """The words of a template that stand outside of `_()` and `trans`."""
    text = re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL)
    text = re.sub(r"\{% trans.*?endtrans %\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    said = [TAGS.sub(" ", text), *SAID_ATTRIBUTE.findall(text)]
    return re.findall(r"[^\W\d_]{2,}", " ".join(said))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_anything_bare(path: Path):
    """Each word for people can be translated."""
    assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "template", ["<p>Begin</p>", '<a aria-label="Pages">{{ x }}</a>', "{% if x %}or{% endif %}"]
)
def test_a_planted_bare_word_is_found(template: str):
    """In an element, in an attribute that is read aloud, between two tags of the template."""
    assert bare_words(template)


SENTENCE = re.compile(r"""(?<!_\()(?<!ngettext\()(["`])([A-Z][a-z]+ [^"`]*[a-z]{2}[^"`]*)\1""")
FOR_NOBODY = {"Left the wait", "Answered ${answer.status}", "This is no MP3."}
"""What is said to a program alone."""


def bare_sentences(script: str) -> list[str]:
    """The sentences of a script that are not handed to `_` or ngettext."""
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", script, flags=re.DOTALL)
    code = re.sub(r'ngettext\(\s*"[^"]*",\s*"[^"]*"', "", code)
    code = re.sub(r'^\s*"[^"]*": ', "", code, flags=re.MULTILINE)  # the name of a field
    return [text for _, text in SENTENCE.findall(code) if text not in FOR_NOBODY]


@pytest.mark.parametrize("path", PAGE_SCRIPTS, ids=lambda p: str(p.relative_to(JS)))
def test_no_script_says_a_bare_sentence(path: Path):
    """Each sentence that a script says can be translated."""
    assert bare_sentences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("script", ['say("Press Begin again.");', "say(`It is {x} of them`);"])
def test_a_planted_bare_sentence_is_found(script: str):
    """A plain literal and a template literal."""
    assert bare_sentences(script)
