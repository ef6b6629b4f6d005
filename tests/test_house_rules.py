"""The rules of the house: floors, pure rooms, one home per heavy guest, sizes, docstrings.

Each rule is a function from a tree of sources to its violations, so that the tests at the end
can plant a violation of every kind and see it found.
"""

from __future__ import annotations

import ast
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[1] / "server"

FLOORS = (
    {"units", "errors"},
    {"script", "environ", "aside", "watch"},
    {"timeline", "care", "feed"},
    {"store", "voice", "audio", "checker", "sitting"},
    {"render", "config"},
    {"web"},
    {"app", "cli"},
)
FLOOR = {room: number for number, floor in enumerate(FLOORS) for room in floor}
# The two files of the ground floor stand on each other: errors carry lengths.
ALLOWED_BESIDE = {("errors", "units"), ("cli", "app"), ("render", "config")}

PURE = {"script", "timeline", "checker", "sitting", "care", "feed", "units", "errors"}
IMPURE_MODULES = {
    "os", "io", "subprocess", "socket", "time", "random", "secrets", "tempfile", "shutil",
    "threading", "multiprocessing", "requests", "urllib.request", "sqlite3", "logging",
}  # fmt: skip
IMPURE_CALLS = {"open", "print", "input", "now", "today", "utcnow", "read_text", "write_text",
                "read_bytes", "write_bytes", "uuid4", "uuid1"}  # fmt: skip

HOMES = {
    "piper": ("voice/",),
    "onnxruntime": ("voice/",),
    "onnx": ("voice/piper.py",),
    "pebble": ("voice/pool.py",),
    "pydub": ("audio/clips.py",),
    "subprocess": ("audio/ffmpeg.py",),
    "PIL": ("audio/cover/",),
    "mutagen": ("audio/tags.py",),
    "sqlalchemy": ("store/",),
    "alembic": ("store/",),
    "cryptography": ("store/care/sealing.py", "store/backup/age", "store/cdn.py"),
    "psycopg": ("store/postgresql.py", "store/queues.py"),
    "rapidfuzz": ("care/",),
    "segno": ("web/qr.py",),
    "icalendar": ("care/",),
    "flask_security": ("web/accounts",),
    "flask_login": ("web/accounts",),
    "passlib": ("web/accounts",),
    "webauthn": ("web/accounts",),
    "flask_wtf": ("web/csrf.py",),
    "wtforms": ("web/csrf.py",),
    "smtplib": ("web/mail.py",),
    "flask_limiter": ("web/accounts_limits.py",),
    "limits": ("web/accounts_failures.py",),
    "huey": ("store/queues.py",),
    "redis": ("store/queues.py",),
    "obstore": ("store/far",),
    "flask": ("web/", "app.py"),
    "apiflask": ("web/", "app.py"),
    "flask_babel": ("web/",),
    "gunicorn": ("web/serve.py",),
    "gevent": ("web/serve.py", "aside.py"),
    "lxml": ("feed/",),
    "click": ("cli/",),
    "structlog": ("watch/",),
    "prometheus_client": ("watch/",),
    "sentry_sdk": ("watch/faults.py",),
    "opentelemetry": ("watch/spans.py",),
}

MOST_FILE_LINES = 300
MOST_FUNCTION_LINES = 60
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "misc"}

Sources = dict[str, str]
"""Path inside server/ → text."""


def read_sources() -> Sources:
    return {
        path.relative_to(SERVER).as_posix(): path.read_text()
        for path in sorted(SERVER.rglob("*.py"))
        if "migrations" not in path.parts
    }


def _room(name: str) -> str:
    return name.partition("/")[0].removesuffix(".py")


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def floors(sources: Sources) -> Iterator[str]:
    """A room imports floors below it, never beside, never above."""
    for name, text in sources.items():
        here = _room(name)
        if here == "__init__":
            continue
        if here not in FLOOR:
            yield f"{name}: '{here}' is no room of the house"
            continue
        for line, module in _imports(ast.parse(text)):
            if not module.startswith("server."):
                continue
            there = module.split(".")[1]
            is_down = FLOOR.get(there, 99) < FLOOR[here]
            if there != here and not is_down and (here, there) not in ALLOWED_BESIDE:
                yield f"{name}:{line}: {here} may not import {there}"


def purity(sources: Sources) -> Iterator[str]:
    """Pure rooms do no I/O, read no clock and roll no dice."""
    for name, text in sources.items():
        if _room(name) not in PURE:
            continue
        tree = ast.parse(text)
        for line, module in _imports(tree):
            if module in IMPURE_MODULES:
                yield f"{name}:{line}: a pure room imports {module}"
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if called in IMPURE_CALLS:
                    yield f"{name}:{node.lineno}: a pure room calls {called}()"


def homes(sources: Sources) -> Iterator[str]:
    """Every heavy library has one home."""
    for name, text in sources.items():
        for line, module in _imports(ast.parse(text)):
            guest = module.partition(".")[0]
            if guest in HOMES and not name.startswith(HOMES[guest]):
                yield f"{name}:{line}: {guest} lives in {' and '.join(HOMES[guest])}"


def sizes(sources: Sources) -> Iterator[str]:
    """Files and functions stay small."""
    for name, text in sources.items():
        lines = text.count("\n")
        if lines > MOST_FILE_LINES:
            yield f"{name}: {lines} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MOST_FUNCTION_LINES:
                    yield f"{name}:{node.lineno}: {node.name} has {length} lines"


def docstrings(sources: Sources) -> Iterator[str]:
    """Every module opens with a sentence; every public name says what it is."""
    for name, text in sources.items():
        tree = ast.parse(text)
        if not ast.get_docstring(tree):
            yield f"{name}: the module says nothing about itself"
        nested = set(_nested(tree))
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if node not in nested and not ast.get_docstring(node):
                yield f"{name}:{node.lineno}: {node.name} says nothing about itself"


def _nested(tree: ast.Module) -> Iterator[ast.AST]:
    """Give what stands inside of functions: it is nobody's to call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from (each for each in ast.walk(node) if each is not node)


def names(sources: Sources) -> Iterator[str]:
    """No file is named after nothing."""
    for name in sources:
        parts = set(Path(name).with_suffix("").parts)
        if parts & FORBIDDEN_NAMES:
            yield f"{name}: says nothing about what lives in it"


def broad_excepts(sources: Sources) -> Iterator[str]:
    """Only the worker, which logs and goes on, may catch everything and not raise it again."""
    for name, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler):
                caught = getattr(node.type, "id", None) if node.type else "everything"
                is_broad = caught in {"everything", "Exception", "BaseException"}
                is_told = isinstance(node.body[-1], ast.Raise) or name == "render/worker.py"
                if is_broad and not is_told:
                    yield f"{name}:{node.lineno}: catches {caught}"


def unfinished(sources: Sources) -> Iterator[str]:
    """Nothing is left for later in the code itself."""
    for name, text in sources.items():
        for number, line in enumerate(text.splitlines(), 1):
            if any(mark in line for mark in ("TODO", "FIXME", "XXX", "NotImplementedError")):
                yield f"{name}:{number}: {line.strip()}"


RULES = (floors, purity, homes, sizes, docstrings, names, broad_excepts, unfinished)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule):
    """No source of the house breaks a rule of the house."""
    assert list(rule(read_sources())) == []


def test_most_functions_are_short(capsys):
    """`make sizes` ends well: half have at most ten lines, and hardly any more than forty."""
    runpy.run_path(str(SERVER.parent / "bin" / "sizes"))["main"]()
    assert "functions; median" in capsys.readouterr().out


PLANTED = {
    "a room imports above itself": (floors, {"script/a.py": "from server.web import x"}),
    "a room imports beside itself": (floors, {"store/a.py": "import server.audio.mix"}),
    "a folder is no room": (floors, {"services/a.py": ""}),
    "a pure room opens a file": (purity, {"timeline/a.py": "open('x')"}),
    "a pure room reads the clock": (purity, {"feed/a.py": "datetime.now()"}),
    "a pure room imports the world": (purity, {"script/a.py": "import subprocess"}),
    "a guest strays": (homes, {"render/a.py": "from sqlalchemy import text"}),
    "a second ffmpeg runner": (homes, {"audio/mix.py": "import subprocess"}),
    "a long file": (sizes, {"web/a.py": "\n" * 301}),
    "a long function": (sizes, {"web/a.py": "def f():\n" + "    x = 1\n" * 61}),
    "a silent module": (docstrings, {"web/a.py": "x = 1"}),
    "a silent function": (docstrings, {"web/a.py": '"""M."""\ndef f(): ...'}),
    "a drawer for everything": (names, {"web/utils.py": ""}),
    "a swallowed exception": (broad_excepts, {"web/a.py": "try: f()\nexcept Exception: pass"}),
    "a bare except": (broad_excepts, {"web/a.py": "try: f()\nexcept: pass"}),
    "something left for later": (unfinished, {"web/a.py": "# TODO: think"}),
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_violation_is_found(case):
    """Each rule finds a violation of its kind."""
    rule, sources = PLANTED[case]
    assert list(rule(sources))
