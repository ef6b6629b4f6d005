"""Installing what a lock file lists: what goes wrong is told, and tried again the next time."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SYSTEMS = Path("/usr/bin/python3")
IS_FIT = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"


@pytest.mark.long
def test_what_cannot_be_installed_is_told(tmp_path: Path) -> None:
    """pip's own words, what to do, and no mark that it was done; by the system's own Python, where
    there is one. Nothing is fetched for this. What is ours has been compiled for whoever runs it.
    """
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "prepare", tmp_path / "bin")
    shutil.copy(ROOT / "requirements-uv.lock", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "one.py").touch()
    lock = tmp_path / "some.lock"
    lock.write_text(f"a-package-that-is-nowhere==1 --hash=sha256:{'0' * 64}\n")
    settings = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    done = subprocess.run(
        [tmp_path / "bin" / "prepare", lock.name],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "No matching distribution found for a-package-that-is-nowhere" in done.stderr
    assert "Not everything could be installed; above is what pip says." in done.stderr
    assert not list((tmp_path / ".venv").glob(".installed*"))
    assert list((tmp_path / "server").rglob("one.*.pyc"))
    if subprocess.run([SYSTEMS, "-c", IS_FIT], check=False).returncode == 0:
        assert f"home = {SYSTEMS.parent}\n" in (tmp_path / ".venv" / "pyvenv.cfg").read_text()
