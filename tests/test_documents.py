"""The documents tell the truth: settings, commands, files, targets and names are those that are.

The script guide has tests of its own in tests/script/test_guide.py.
"""

from __future__ import annotations

import os
import re
import runpy
from pathlib import Path
from typing import Any

import click
import pytest

from server.cli import main
from server.config import SETTING_NAMES, Settings

ROOT = Path(__file__).parents[1]
NAMES = (
    "README.md",
    "DESIGN.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/checks.md",
    "docs/commands.md",
    "docs/script-guide.md",
    "docs/map-and-courses.md",
    "docs/feeds.md",
    "docs/watching.md",
    "docs/worksheets.md",
    "docs/live.md",
    "docs/voices.md",
    "docs/sounds.md",
    "docs/authoring.md",
    "docs/translating.md",
    "docs/phone.md",
    "docs/therapists.md",
    "docs/backup.md",
    "docs/scale.md",
    "docs/updating.md",
    "docs/running.md",
    "docs/privacy.md",
)
MADE_AT_RUN_TIME = ("data/", "keys/", "sounds/", "audio_cache/", ".venv/", ".fuzz/")
EXAMPLES = {"scripts/obstacles/my-practice.md", "my-practice.md", "my-practice.mp3"}
RUNNING = "docs/running.md"
"""Where settings and commands are listed."""
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}


def prose(name: str) -> str:
    """A document without its blocks of code and its comments."""
    text = re.sub(r"^```.*?^```$", "", TEXTS[name], flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)


def spans(name: str) -> set[str]:
    """What stands between single back-ticks."""
    return set(re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose(name)))


def section(name: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    return TEXTS[name].partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def table(name: str, heading: str) -> dict[str, list[str]]:
    """The table under a heading: first cell, without back-ticks, → the other cells."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section(name, heading).splitlines()
        if line.startswith("|")
    ][2:]
    return {row[0].strip("`"): row[1:] for row in rows}


# ── settings ─────────────────────────────────────────────────────────────────────────────────

SAID_IN_WORDS = {
    "STEPBACK_VOICE": ("each script's own", ""),
    "STEPBACK_DATABASE_URL": ("empty: a file", ""),
    "STEPBACK_QUEUE_URL": ("empty: a file", ""),
    "STEPBACK_PROXIES": ("empty: this machine", ""),
    "STEPBACK_STORE_URL": ("empty: a folder", ""),
    "STEPBACK_CDN_URL": ("empty", ""),
    "STEPBACK_CDN_KEY": ("empty", ""),
    "STEPBACK_CDN_KEY_ID": ("empty", ""),
    "STEPBACK_SMTP_URL": ("empty: no mail", ""),
    "STEPBACK_MAIL_FROM": ("empty", ""),
    "STEPBACK_FEED_AUTHOR": ("empty: the title", ""),
    "STEPBACK_COLOURS": ("empty: as they come", ""),
    "STEPBACK_FEED_LICENCE": ("empty", ""),
    "STEPBACK_FUNDING_URL": ("empty", ""),
    "STEPBACK_SENTRY_DSN": ("empty: nothing is sent", ""),
    "STEPBACK_VOICE_PROCESSES": ("one for each core", str(os.cpu_count() or 1)),
}
"""Defaults that a table cannot give as a value: the words, and the value they stand for."""


def test_every_setting_is_listed():
    """Each setting stands in the table once, and nothing else does."""
    assert sorted(table(RUNNING, "Settings")) == sorted(SETTING_NAMES)


@pytest.mark.parametrize("name", SETTING_NAMES)
def test_each_default_is_the_real_one(name):
    """Setting a variable to the default that the table gives changes nothing."""
    default, meaning = table(RUNNING, "Settings")[name]
    words, value = SAID_IN_WORDS.get(name, (default, default.strip("`")))
    assert default == words
    assert name in SAID_IN_WORDS or re.fullmatch("`[^`]+`", default)
    assert Settings.from_environment({name: value}) == Settings.from_environment({})
    assert len(meaning.split()) > 3


@pytest.mark.parametrize("name", NAMES)
def test_no_document_names_a_setting_that_is_not_there(name):
    """Whoever copies a setting from a document is not told that there is none."""
    named = set(re.findall(r"STEPBACK_[A-Z_]*[A-Z]", TEXTS[name]))
    assert named <= set(SETTING_NAMES)


# ── commands ─────────────────────────────────────────────────────────────────────────────────


def test_every_command_is_listed():
    """Each command stands in the table, and every row is a command that is there."""
    rows = [row.split() for row in table(RUNNING, "Commands")]
    assert {words[1] for words in rows if words[0] == "stepback"} == set(main.commands)
    others = [words[0] for words in rows if words[0] != "stepback"]
    assert others == ["./run", "./test"]
    assert all(os.access(ROOT / other, os.X_OK) for other in others)


def test_the_page_of_commands_is_fresh():
    """docs/commands.md is what `make docs` writes."""
    written = runpy.run_path(str(ROOT / "bin" / "docs"))["document"]()
    assert TEXTS["docs/commands.md"] == written


def test_the_page_of_checks_is_fresh():
    """docs/checks.md holds each rule as it stands in the table: `make docs` changes nothing."""
    with_rules = runpy.run_path(str(ROOT / "bin" / "docs"))["with_rules"]
    assert with_rules(TEXTS["docs/checks.md"]) == TEXTS["docs/checks.md"]


def all_commands(group: click.Group = main, before: str = "") -> dict[str, click.Command]:
    """Every command by the words that call it, and those of its groups."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        found[before + name] = command
        if isinstance(command, click.Group):
            found |= all_commands(command, f"{before}{name} ")
    return found


@pytest.mark.parametrize("name", sorted(all_commands()))
def test_each_option_is_on_the_page_of_commands_with_its_help(name):
    """No option is there without a word on what it does."""
    page = section("docs/commands.md", f"stepback {name}")
    command = all_commands()[name]
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert command.help
    assert [o.name for o in options if not o.help] == []
    assert [o.opts for o in options if not re.search(rf"^  {o.opts[-1]}\b", page, re.M)] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_stepback_command_in_a_document_is_there(name):
    """A command line in a document names a command, and options that it has."""
    for line in re.findall(r"(?:^|[`/ ])stepback (\w[^`\n]*|--\S+)", TEXTS[name], re.MULTILINE):
        words = re.findall(r"[^\s`]+", line.partition("#")[0])
        if words[0].startswith("--"):
            assert words[0] == "--version"
            continue
        called = [name for name in (words[0], " ".join(words[:2])) if name in all_commands()]
        assert called, line
        known = {opt for param in all_commands()[called[-1]].params for opt in param.opts}
        given = {word for word in words if word.startswith("--")}
        assert given <= known, line


# ── files, links, targets ────────────────────────────────────────────────────────────────────


def links() -> list[tuple[str, str]]:
    found = []
    for name in NAMES:
        targets = re.findall(r"\]\(([^)\s]+)\)", prose(name))
        targets += re.findall(r'(?:src|href)="([^"]+)"', prose(name))
        found += [(name, target) for target in targets if "://" not in target]
    return found


@pytest.mark.parametrize(("name", "target"), links())
def test_each_link_leads_somewhere(name, target):
    """A local link or picture is a file of the project, and its anchor a heading there."""
    path, _, anchor = target.partition("#")
    file = (ROOT / name).parent / path if path else ROOT / name
    assert file.exists()
    if anchor:
        headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w\- ]", "", h).lower().replace(" ", "-") for h in headings}


def is_path(span: str) -> bool:
    """Tell the name of a file or folder from an address, a command and a piece of text."""
    return bool(
        re.fullmatch(r"\.?[\w.-]+(/[\w.-]+)*/?", span)
        and ("/" in span or re.search(r"\w\.(py|md|js|toml|json|html|css|yaml)$", span))
    )


@pytest.mark.parametrize("name", NAMES)
def test_each_file_that_is_named_is_there(name):
    """A path in a document is one from the root; a bare file name is one that is unique to find."""
    files = {path.name for path in (ROOT / "server").rglob("*") if path.is_file()}
    missing = [
        span
        for span in spans(name)
        if is_path(span)
        and not f"{span.removeprefix('./')}/".startswith(MADE_AT_RUN_TIME)
        and span not in EXAMPLES
        and not (ROOT / span).exists()
        and not ("/" not in span and span in files)
    ]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_each_make_target_that_is_named_is_there(name):
    """`make x` in a document is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", TEXTS[name], re.MULTILINE))
    assert named <= targets


def all_sources() -> str:
    """Everything of the project that is not a document of ours."""
    folders = ("server", "tests", "bin", "scripts")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    paths += [ROOT / name for name in ("Makefile", "pyproject.toml", "run", "test")]
    endings = {"", ".py", ".js", ".html", ".md", ".toml", ".css"}
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in paths
        if path.suffix in endings and path != Path(__file__) and "__pycache__" not in path.parts
    )


def test_each_name_of_the_code_in_the_design_is_there():
    """A class, function or constant that DESIGN.md speaks of has not been renamed since."""
    words = set(re.findall(r"\w+", all_sources()))
    named = {
        span.removesuffix("()")
        for span in spans("DESIGN.md")
        if re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*(\(\))?", span)
    }
    assert len(named) > 50
    assert sorted(named - words) == []


def test_each_address_that_is_named_is_answered(tmp_path):
    """An address that README and docs/running.md speak of is a route of the application."""
    from server.app import create_app

    app = create_app(
        Settings.from_environment(
            {
                "STEPBACK_DATA": str(tmp_path),
                "STEPBACK_CACHE": str(tmp_path / "cache"),
                "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
            }
        )
    )
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    named = {
        span for span in spans("README.md") | spans(RUNNING) if re.fullmatch(r"/[a-z/.-]+", span)
    }
    assert named
    assert named <= routes


# ── the house ────────────────────────────────────────────────────────────────────────────────


def floors() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "bin" / "floors"))


def test_the_sentence_whose_way_is_told_is_said():
    """DESIGN.md follows a sentence that stands where it says, word for word."""
    way = section("DESIGN.md", "One sentence's way")
    told, path = re.search(r': "([^"]+)"', way), re.search(r"stands in `(\S+\.md)`", way)
    assert told
    assert path
    assert told[1] in (ROOT / path[1]).read_text(encoding="utf-8")


def test_the_drawing_of_the_floors_is_fresh():
    """DESIGN.md shows the imports as they are: `make floors` would change nothing."""
    assert floors()["replaced"](TEXTS["DESIGN.md"]) == TEXTS["DESIGN.md"]


def test_the_drawing_tells_late_imports_from_early_ones():
    """An arrow is in brackets only where nothing is imported as the room loads."""
    drawn = floors()["draw"](({"a"}, {"b"}), {"a": {}, "b": {"a": False}})
    assert "b →  (a)" in drawn
    assert "a →  nothing of the house" in drawn
    assert drawn.index("floor 1") < drawn.index("floor 0")


def test_the_map_holds_every_room():
    """Each folder and file of server/ has its line in the map, and nothing else has."""
    rooms = {
        f"server/{path.name}{'/' if path.is_dir() else ''}"
        for path in (ROOT / "server").iterdir()
        if path.name not in {"__init__.py", "__pycache__"}
    }
    assert set(table("DESIGN.md", "The map")) == rooms


# ── what is said plainly ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        "The voice is synthetic",
        "not a medical device",
        "no promise of an effect",
        "recordings that are CC0",
        "fine-tuned from the voice `lessac`, whose terms are reported as restricted",
        "GPL-3.0-or-later, because it imports Piper",
        "no ads, no tracking, no streaks, no diagnosis, no machine-written therapy",
    ],
)
def test_the_readme_says_it_plainly(words):
    """Nobody has to look for what this is not, and whose voice it has."""
    assert words in TEXTS["README.md"]


def test_the_readme_is_one_screen():
    """What it is, a picture, two commands, for whom, where to read on, what it will never do."""
    readme = TEXTS["README.md"]
    assert len(readme.splitlines()) <= 50
    assert len(prose("README.md").split()) < 700
    assert re.findall(r"^(\./\w+) ", readme, re.MULTILINE) == ["./run", "./test"]
    unread = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert unread - set(re.findall(r"docs/([\w-]+\.md)", readme)) == set()


@pytest.mark.parametrize("name", NAMES)
def test_no_document_raises_its_voice(name):
    """The documents are as calm as the practices."""
    assert "!" not in re.sub(r"`[^`\n]*`", "", prose(name)).replace("![", "[")
