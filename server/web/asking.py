"""From where a request comes."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import request


def find_address() -> IPv4Address | IPv6Address | None:
    """The address that asks; None where a proxy says something that is none.

    A proxy on this very machine says for whom it asks. Nobody else is believed.
    """
    address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - stands for nobody
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if address.is_loopback and forwarded:
        try:
            address = ip_address(forwarded)
        except ValueError:
            return None
    return getattr(address, "ipv4_mapped", None) or address
