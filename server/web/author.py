"""Who is shown what only an author needs: until there are accounts, whoever sits at the machine."""

from __future__ import annotations

from ipaddress import ip_address

from flask import Request

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
"""Headers by which a proxy says that it asks for somebody else."""


def is_author(asked: Request) -> bool:
    """True when a request may see what is there for the author of a practice.

    It comes from this very machine, and not through a proxy on it. This will become a role of
    an account; everybody who asks is to ask here, so that nothing else has to change then.
    """
    if any(name in asked.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(asked.remote_addr or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
