"""The command `stepback`: thin, one function per command, nothing loaded that is not needed.

Exit codes: 0 when it was done, 1 when it could not be, 2 when the command was typed wrong.
"""

from server.cli import (  # noqa: F401 - each adds its commands to main
    auditing,
    authoring,
    backups,
    cache,
    checking,
    clients,
    demo,
    doctor,
    feeds,
    moving,
    people,
    renders,
    report,
    running,
    sounds,
    voices,
)
from server.cli.frame import main

__all__ = ["main"]
