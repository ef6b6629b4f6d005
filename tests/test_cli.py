"""The command line: what it does, what it says, and the exit codes that scripts can use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main

ROOT = Path(__file__).parents[1]
THREE_BREATHS = ROOT / "scripts/ground/three-breaths.md"


@pytest.fixture
def stepback(tmp_path, monkeypatch):
    """Run a command with settings of the test's own."""
    for name, folder in (("DATA", "data"), ("CACHE", "cache")):
        monkeypatch.setenv(f"STEPBACK_{name}", str(tmp_path / folder))
    monkeypatch.setenv("STEPBACK_SCRIPTS", str(ROOT / "scripts"))
    monkeypatch.setenv("STEPBACK_LEAST_FREE_MB", "1")

    def run(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(main, [str(each) for each in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def test_help_teaches_every_command(stepback):
    """`stepback --help` shows what to type, and every command explains itself."""
    said = stepback("--help").output
    assert "stepback render scripts/obstacles/stepping-back.md --minutes 10" in said
    for command in ("serve", "worker", "migrate", "check", "render", "doctor"):
        assert command in said
        assert stepback(command, "--help").exit_code == 0


def test_no_command_loads_what_it_does_not_need():
    """Help and check come up without the voice, the sound, the web or the database."""
    heavy = "numpy onnxruntime piper pydub flask sqlalchemy gevent huey"
    program = (
        "import sys; from server.cli import main\n"
        f"try: main(['check', {str(THREE_BREATHS)!r}])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy!r}.split() if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert said.splitlines()[-1] == "[]"


def test_check_passes_the_shipped_scripts(stepback):
    """A folder stands for the scripts below it; without a mistake the exit code is 0."""
    result = stepback("check", ROOT / "scripts")
    assert result.exit_code == 0
    assert "Stepping back, 5, 10, 20 minutes: no mistakes" in result.output


def test_check_tells_every_mistake_with_its_place(stepback, tmp_path):
    """Each mistake has file, line, column and what was meant; the exit code is 1."""
    path = tmp_path / "wrong.md"
    path.write_text(THREE_BREATHS.read_text().replace("[bell]", "[bel]"))
    result = stepback("check", path)
    assert result.exit_code == 1
    assert f"{path}:16:1:" in result.output
    assert "Did you mean 'bell'?" in result.output
    assert "2 mistakes." in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("check", "no-such.md"), 1, "cannot be read"),
        (("check",), 2, "Missing argument"),
        (("chekc", "x"), 2, "No such command"),
        (("render", THREE_BREATHS), 2, "--out"),
        (("render", THREE_BREATHS, "--takes", "0", "--out", "x.mp3"), 2, "--takes"),
        (("render", THREE_BREATHS, "--minutes", "7", "--out", "x.mp3"), 1, "2 minutes long"),
        (("render", THREE_BREATHS, "--voice", "jo", "--out", "x.mp3"), 1, "Known voices"),
        (("render", THREE_BREATHS, "--word", "obstacle", "--out", "x.mp3"), 2, "NAME=TEXT"),
        (("render", THREE_BREATHS, "--word", "a=b", "--out", "x.mp3"), 1, "does not ask"),
        (("render", THREE_BREATHS, "--out", "no/such/x.mp3"), 1, "no folder"),
    ],
)
def test_a_wrong_call_is_told_and_has_its_exit_code(
    stepback, monkeypatch, tmp_path, arguments, code, words
):
    """2 for a command typed wrong, 1 for one that could not be done; never a trace."""
    monkeypatch.chdir(tmp_path)
    result = stepback(*arguments)
    assert result.exit_code == code
    assert words in result.output
    assert "Traceback" not in result.output
    assert not list(tmp_path.glob("*.mp3"))


def test_an_unknown_setting_is_told(stepback, monkeypatch):
    """A setting with a typing mistake stops the command and names the right one."""
    monkeypatch.setenv("STEPBACK_PROT", "8000")
    result = stepback("migrate")
    assert result.exit_code == 1
    assert "STEPBACK_PORT" in result.output


def test_render_writes_the_file_and_its_report(stepback, tmp_path):
    """A draft by the silent voice: the MP3 is there, its report beside it, and nothing else."""
    folder = tmp_path / "out"
    folder.mkdir()
    arguments = ("--voice", "silent", "--takes", "3", "--out", folder / "three.mp3")
    result = stepback("render", THREE_BREATHS, *arguments)
    assert result.exit_code == 0
    assert "2 min 00 s" in result.output
    assert sorted(path.name for path in folder.iterdir()) == ["three.mp3", "three.report.json"]
    report = json.loads((folder / "three.report.json").read_text())
    assert report["practice"] == "three-breaths"
    assert (folder / "three.mp3").stat().st_size == report["mp3"]["bytes"]


def test_rendered_own_words_stay_nowhere_else(stepback, tmp_path):
    """With a word of one's own, the only copy is the file that was asked for."""
    script = ROOT / "scripts/obstacles/stepping-back.md"
    arguments = ("render", script, "--voice", "silent", "--minutes", "5")
    own = ("--word", "obstacle=I am too tired")
    result = stepback(*arguments, *own, "--out", tmp_path / "own.mp3")
    assert result.exit_code == 0
    assert not list((tmp_path / "cache").rglob("*.mp3"))
    assert not list((tmp_path / "cache").rglob("*.vtt"))
    before = set((tmp_path / "cache").rglob("*.flac"))
    stepback(*arguments, "--out", tmp_path / "default.mp3")
    assert len(set((tmp_path / "cache").rglob("*.flac")) - before) == 2


def test_doctor_says_what_to_do(stepback):
    """Before the first start it names what is missing and the command for it; exit code 1."""
    result = stepback("doctor")
    assert result.exit_code == 1
    assert "NOT database" in result.output
    assert "stepback migrate" in result.output
    assert "ok  ffmpeg" in result.output
    assert stepback("migrate").exit_code == 0
    assert "ok  schema" in stepback("doctor").output


def test_serve_and_worker_want_a_database_first(stepback):
    """Without a database they say which command makes one."""
    for command in ("serve", "worker"):
        result = stepback(command)
        assert result.exit_code == 1
        assert "stepback migrate" in result.output
