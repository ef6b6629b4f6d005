"""What keeps `stepback serve` and `stepback migrate` from beginning, and what they say of it."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.browser.watched import STEPBACK
from tests.cli.conftest import House


def test_a_port_that_is_taken_is_told(house: House, environment: dict[str, str]):
    """The last line says which, and what to do; nothing is traced."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = subprocess.run(
            [STEPBACK, "serve"],
            env={
                **os.environ,
                **environment,
                "STEPBACK_HOST": "127.0.0.1",
                "STEPBACK_PORT": str(port),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert said.returncode == 1
    last = said.stderr.splitlines()[-1]
    assert last.startswith(f"Something else listens at port {port} of 127.0.0.1: stop it")
    assert f"STEPBACK_PORT={port + 1}." in last
    assert "Traceback" not in said.stderr


def test_a_data_folder_that_cannot_be_made_is_told(
    environment: dict[str, str], stepback: Callable[..., Result], tmp_path: Path
):
    """Which one, why, and what to do."""
    (tmp_path / "file").write_text("")
    environment["STEPBACK_DATA"] = str(tmp_path / "file" / "data")
    result = stepback("migrate")
    assert result.exit_code == 1
    assert f"The folder {tmp_path}/file/data cannot be made (Not a directory)." in result.output
    assert "STEPBACK_DATA" in result.output


def test_practices_that_are_not_there_are_told(
    house: House, environment: dict[str, str], stepback: Callable[..., Result], tmp_path: Path
):
    """A folder that was mistyped is no house without mistakes."""
    environment["STEPBACK_SCRIPTS"] = str(tmp_path / "scrips")
    said = stepback("doctor").output
    assert f"NOT scripts: There is no {tmp_path}/scrips." in said
    assert "Say with STEPBACK_SCRIPTS where the practices are." in said
