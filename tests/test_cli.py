"""The command line: what it does, what it says, and the exit codes that scripts can use."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from server.cli import main
from tests.render.conftest import SCRIPT as SMALL_STEP

ROOT = Path(__file__).parents[1]
SMALL_LIBRARY = ROOT / "tests/small_library"
THREE_BREATHS = SMALL_LIBRARY / "ground/three-breaths.md"
LINE = THREE_BREATHS.read_text().partition("\nFor three breaths")[0].count("\n") + 2


def settle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what commands are told: a house in a folder."""
    for name, its in (("DATA", "data"), ("CACHE", "cache"), ("SOUNDS", "sounds")):
        monkeypatch.setenv(f"STEPBACK_{name}", str(folder / its))
    monkeypatch.setenv("STEPBACK_SCRIPTS", str(SMALL_LIBRARY))
    monkeypatch.setenv("STEPBACK_LEAST_FREE_MB", "1")


def run(*arguments: str | Path) -> Result:
    """Run a command."""
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def stepback(tmp_path, monkeypatch):
    """Run a command with settings of the test's own."""
    settle(tmp_path, monkeypatch)
    return run


def test_help_teaches_every_command(stepback):
    """`stepback --help` shows what to type, and every command explains itself."""
    said = stepback("--help").output
    assert "stepback render scripts/obstacles/stepping-back.md --minutes 10" in said
    commands = "serve worker migrate check render report doctor voices pronounce cache renders "
    for command in (commands + "sounds line").split():
        assert command in said
        assert stepback(command, "--help").exit_code == 0


def test_no_command_loads_what_it_does_not_need():
    """Help and check come up without the voice, the sound or the web."""
    heavy = "numpy onnxruntime piper pydub flask alembic huey psycopg"
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
        (("voices", "instal", "x"), 2, "No such command"),
        (("voices", "install", "no-such.onnx"), 1, "neither a .onnx file nor a folder"),
        (("voices", "install", "x", "--commercial", "perhaps"), 2, "'perhaps'"),
        (("voices", "remove", "joe"), 1, "comes with Stepback"),
        (("voices", "remove", "anna"), 1, "no voice named 'anna'"),
        (("voices", "preview", "jo", "--out", "x.wav"), 1, "Known voices"),
        (("voices", "preview", "silent", "--out", "no/such/x.wav"), 1, "cannot be written"),
        (("voices", "preview", "joe", "--pace", "9", "--out", "x.wav"), 2, "--pace"),
        (("pronounce", "a", "[[x]]", "--out", "x.wav"), 1, "cannot be spoken"),
        (("pronounce", "a", "b", "--sentence", "c", "--out", "x.wav"), 1, "{word}"),
        (("pronounce", "a", "b", "--voice", "silent", "--out", "x.wav"), 1, "says nothing"),
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
    assert not [*tmp_path.glob("*.mp3"), *tmp_path.glob("*.wav")]


def test_a_group_tells_its_failures_as_commands_do(stepback, monkeypatch):
    """A setting that is wrong is a sentence also where a list is printed."""
    monkeypatch.setenv("STEPBACK_COMMERCIAL", "perhaps")
    result = stepback("voices")
    assert result.exit_code == 1
    assert "STEPBACK_COMMERCIAL must be one of" in result.output


def test_voices_are_listed_for_people_and_for_programs(stepback, tmp_path):
    """Name, licence, use, and how many practices ask for it; a broken one says why."""
    (tmp_path / "data" / "voices" / "anna").mkdir(parents=True)
    (tmp_path / "data" / "voices" / "anna" / "voice.json").write_text("rubbish")
    result = stepback("voices")
    assert result.exit_code == 0
    assert "ok  joe: Joe, a synthetic voice (US English), speaks in 2 practices" in result.output
    assert "fine-tuned from the voice lessac" in result.output
    assert "Language en-US. Commercial use: unclear." in result.output
    assert "NOT anna" in result.output
    rows = {row["name"]: row for row in json.loads(stepback("voices", "--json").output)}
    assert list(rows) == ["joe", "anna", "silent"]
    assert rows["joe"]["usable"]
    assert (rows["joe"]["practices"], rows["silent"]["practices"]) == (2, 0)
    assert "stepback voices install" in rows["anna"]["trouble"]


def test_removing_a_voice_says_who_still_wants_it(stepback, tmp_path, monkeypatch):
    """The folder is gone, and the operator knows what will not be recorded."""
    folder = tmp_path / "data" / "voices" / "anna"
    folder.mkdir(parents=True)
    (folder / "voice.json").write_text("rubbish")
    monkeypatch.setenv("STEPBACK_VOICE", "anna")
    result = stepback("voices", "remove", "anna")
    assert result.exit_code == 0
    assert "Practices that name it: 2." in result.output
    assert list(folder.parent.iterdir()) == []


def test_the_setting_for_all_practices_counts(stepback, monkeypatch):
    """With STEPBACK_VOICE every practice is spoken by that voice."""
    monkeypatch.setenv("STEPBACK_VOICE", "silent")
    rows = {
        row["name"]: row["practices"] for row in json.loads(stepback("voices", "--json").output)
    }
    assert rows == {"joe": 0, "silent": 2}


@pytest.mark.parametrize("seconds", [(), ("--text", "Sit down for a while.", "--pace", "1.0")])
def test_a_preview_is_one_wav_and_nothing_else(stepback, tmp_path, seconds):
    """Written whole, where it was asked for; nothing of it is kept on the shelf."""
    folder = tmp_path / "out"
    folder.mkdir()
    result = stepback("voices", "preview", "silent", "--out", folder / "a.wav", *seconds)
    assert result.exit_code == 0
    with wave.open(str(folder / "a.wav")) as file:
        said_s = float(re.search(r"a\.wav: ([0-9.]+) s", result.output)[1])
        assert file.getnframes() / file.getframerate() == pytest.approx(said_s, abs=0.06)
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 48_000)
    assert [path.name for path in folder.iterdir()] == ["a.wav"]
    assert not (tmp_path / "cache").exists()


@pytest.mark.long
@pytest.mark.real_voice
def test_a_word_is_said_and_shown_both_ways(stepback, tmp_path):
    """The sounds differ, the WAV holds both, and the line for the lexicon is ready."""
    out = tmp_path / "lives.wav"
    sentence = ("--sentence", "That thought {word} in your body.")
    result = stepback("pronounce", "lives", "livvs", *sentence, "--out", out)
    assert result.exit_code == 0
    assert re.search(r"^as written .*lˈaɪvz", result.output, re.M)
    assert re.search(r"^respelled .*lˈɪvz", result.output, re.M)
    assert "    lives: livvs" in result.output
    assert 3 < float(re.search(r"lives\.wav: ([0-9.]+) s", result.output)[1]) < 9
    same = stepback("pronounce", "lives", "lives", "--out", out)
    assert "changes nothing" in same.output


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
    script = tmp_path / "small-step.md"
    script.write_text(SMALL_STEP)
    arguments = ("render", script, "--voice", "silent", "--minutes", "1")
    own = ("--word", "obstacle=I am too tired")
    result = stepback(*arguments, *own, "--out", tmp_path / "own.mp3")
    assert result.exit_code == 0
    assert not list((tmp_path / "cache").rglob("*.mp3"))
    assert not list((tmp_path / "cache").rglob("*.vtt"))
    before = set((tmp_path / "cache").rglob("*.flac"))
    stepback(*arguments, "--out", tmp_path / "default.mp3")
    assert len(set((tmp_path / "cache").rglob("*.flac")) - before) == 1


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


# ── sounds of one's own ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def sea(tmp_path) -> Path:
    """A second and a half of noise, as a person might bring it."""
    path = tmp_path / "sea.wav"
    frames = np.random.default_rng(0).normal(0, 0.1, 72_000)
    soundfile.write(path, frames, 48_000)
    return path


def test_sounds_lists_adds_and_previews(stepback, tmp_path, sea):
    """An empty folder, a sound that is added, and its preview: each says what it did."""
    assert "no sounds of your own" in stepback("sounds").output
    assert stepback("sounds", "add", sea, "--name", "lake").output == "lake: 1.5 s\n"
    (tmp_path / "sounds" / "broken.mp3").write_bytes(b"words")
    said = stepback("sounds").output.splitlines()
    assert said[0] == "lake: 1.5 s"
    assert said[1].startswith(f"{tmp_path / 'sounds' / 'broken.mp3'} cannot be used. It cannot be")
    out = tmp_path / "lake.mp3"
    assert stepback("sounds", "preview", "lake", "--out", out).exit_code == 0
    assert soundfile.info(out).duration == pytest.approx(30, abs=0.1)


def test_a_sound_that_is_refused_is_told(stepback, tmp_path, sea):
    """Exit code 1, one sentence, and nothing in the folder."""
    result = stepback("sounds", "add", sea, "--name", "rain")
    assert (result.exit_code, result.output) == (
        1,
        "The name 'rain' has a meaning already. Choose another.\n",
    )
    assert not (tmp_path / "sounds").exists()
    assert "no sound named 'rian'" in stepback("sounds", "preview", "rian", "--out", "x.wav").output
    assert stepback("sounds", "add", "no-such.wav").exit_code == 2


def test_a_line_is_recorded_listed_and_removed(stepback, sea):
    """A sentence's own recording comes and goes, named by its line in the script."""
    result = stepback("line", THREE_BREATHS, LINE, sea)
    assert result.exit_code == 0
    assert result.output.startswith("1.5 s stand for: ")
    sentence = result.output.partition(": ")[2]
    assert stepback("line", "--list").output == f"three-breaths: 1.5 s: {sentence}"
    removed = stepback("line", "--remove", THREE_BREATHS, LINE)
    assert removed.output == f"The voice speaks again: {sentence}"
    assert "no recordings of your own" in stepback("line", "--list").output
    again = stepback("line", "--remove", THREE_BREATHS, LINE)
    assert again.exit_code == 1
    assert again.output.startswith(f"There is no recording of: {sentence}")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((THREE_BREATHS, 1, THREE_BREATHS), 1, "No sentence begins on line 1"),
        ((THREE_BREATHS, LINE, THREE_BREATHS), 1, "cannot be read as sound"),
        ((THREE_BREATHS, LINE), 2, "Give SCRIPT LINE FILE"),
        (("--remove", THREE_BREATHS), 2, "Give SCRIPT LINE FILE"),
        ((), 2, "Give SCRIPT LINE FILE"),
        ((THREE_BREATHS, 0, THREE_BREATHS), 2, "0 is not in the range"),
    ],
)
def test_a_line_that_cannot_be_is_told(stepback, arguments, code, words):
    """Wrongly typed, no such sentence, no sound: each has its words and its exit code."""
    result = stepback("line", *arguments)
    assert result.exit_code == code
    assert words in result.output


# ── report ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    """An MP3 of the silent voice, with its report beside it, made once."""
    folder = tmp_path_factory.mktemp("rendered")
    out = folder / "draft.mp3"
    with pytest.MonkeyPatch.context() as monkeypatch:
        settle(folder, monkeypatch)
        assert run("render", THREE_BREATHS, "--voice", "silent", "--out", out).exit_code == 0
    return out


@pytest.fixture
def draft(rendered, tmp_path) -> Path:
    """A copy of both, for a test to change."""
    for path in (rendered, rendered.with_suffix(".report.json")):
        shutil.copy(path, tmp_path)
    return tmp_path / rendered.name


def test_report_tells_rules_and_stages_in_plain_words(stepback, draft):
    """Which rules are met, with found and wanted, voice and licence, and each stage's length."""
    for file in (draft, draft.with_suffix(".report.json")):
        result = stepback("report", file)
        assert result.exit_code == 0
        assert "three-breaths, 2:00" in result.output
        assert "Voice silent: It is silence" in result.output
        assert "met      clicks at seams: none (wanted: none)" in result.output
        assert "NOT MET" not in result.output
        begins = re.findall(r"^(Arriving|Three breaths|Going on) +(\d:\d\d) ", result.output, re.M)
        assert [title for title, _ in begins] == ["Arriving", "Three breaths", "Going on"]
        assert begins[0][1] == "0:00"


def test_report_draws_and_prints_for_programs(stepback, draft, tmp_path):
    """The picture goes into a file, and the JSON is what lies beside the MP3."""
    picture = tmp_path / "picture.svg"
    result = stepback("report", draft, "--json", "--svg", picture)
    assert json.loads(result.output) == json.loads(
        draft.with_suffix(".report.json").read_text(encoding="utf-8")
    )
    assert picture.read_text(encoding="utf-8").startswith("<svg ")
    nowhere = stepback("report", draft, "--svg", tmp_path / "no" / "picture.svg")
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (1, True)


def test_report_measures_an_mp3_that_has_none(stepback, draft, tmp_path):
    """As far as that goes, and it says so; a report of another recording is not believed."""
    alone = tmp_path / "alone.mp3"
    alone.write_bytes(draft.read_bytes())
    result = stepback("report", alone)
    assert result.exit_code == 0
    assert "alone.mp3, 2:00" in result.output
    assert "There is no report beside it" in result.stderr
    report = draft.with_suffix(".report.json")
    changed = report.read_text(encoding="utf-8").replace('"sha256": "', '"sha256": "0')
    alone.with_suffix(".report.json").write_text(changed, encoding="utf-8")
    assert "of another recording" in stepback("report", alone).stderr


def test_report_fails_where_a_rule_is_not_met(stepback, draft):
    """Exit code 1, the rule with what was found, and how many there are."""
    path = draft.with_suffix(".report.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    report["findings"][0] |= {"is_met": False, "found": "99.000 s"}
    path.write_text(json.dumps(report), encoding="utf-8")
    result = stepback("report", path)
    assert (result.exit_code, result.stderr) == (1, "One rule is not met.\n")
    assert "NOT MET  length: 99.000 s" in result.stdout
    report["findings"][1]["is_met"] = False
    path.write_text(json.dumps(report), encoding="utf-8")
    assert stepback("report", path, "--json").stderr == "2 rules are not met.\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.mp3", None, "There is no file"),
        ("missing.json", None, "cannot be read"),
        ("broken.json", "{", "is not a report"),
        ("list.json", "[]", "is not a report"),
        ("other.json", "{}", "is not a report"),
        ("old.json", '{"report_version": 1}', "of another version"),
        ("text.mp3", "no sound", "ffmpeg"),
    ],
)
def test_report_refuses_what_it_cannot_read(stepback, tmp_path, name, content, said):
    """One calm sentence and exit code 1."""
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = stepback("report", path)
    assert result.exit_code == 1
    assert said in result.stderr
