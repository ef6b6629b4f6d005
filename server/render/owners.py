"""Owners: under what names processes hold renders, and whether such a process is still there."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
from functools import cache
from pathlib import Path


def new_owner() -> str:
    """Name this process for one claim: host:pid:nonce.

    The host carries the machine's boot and its process-id namespace, since machines and
    containers may share a name without seeing each other's processes.
    """
    return f"{_host()}:{os.getpid()}:{secrets.token_hex(8)}"


def is_owner_gone(owner: str) -> bool:
    """True when the owner's process was on this host and is no more."""
    _, pid, _ = owner.rsplit(":", 2)
    if host_of(owner) != _host():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # it is there, and another account's
    return False


def host_of(owner: str) -> str:
    """Name the machine, or the container, of an owner."""
    return owner.rsplit(":", 2)[0]


@cache
def _host() -> str:
    link, boot_path = Path("/proc/self/ns/pid"), Path("/proc/sys/kernel/random/boot_id")
    namespace = str(link.readlink()) if link.is_symlink() else ""
    boot = boot_path.read_text() if boot_path.is_file() else ""
    return f"{platform.node()}-{hashlib.sha256(f'{boot} {namespace}'.encode()).hexdigest()[:12]}"
