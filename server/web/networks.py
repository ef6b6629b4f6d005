"""From where a request comes: its address, its network, and the proxies that are believed."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import Flask, current_app, request

from server.environ import Networks

PROXIES = "STEPBACK_PROXIES"
"""Where an app's configuration has the networks whose proxies are believed."""

UNREADABLE = "unreadable"
"""Where a proxy says something that is no address."""

WIDTHS = {4: 24, 6: 64}
"""How many bits of an address are one network's."""

_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_PAIR = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+')


def install_proxies(app: Flask, proxies: Networks) -> None:
    """Say whom an app believes besides proxies on this very machine."""
    app.config[PROXIES] = proxies


def find_address() -> IPv4Address | IPv6Address | None:
    """The address that asks; None where a proxy says something that is none.

    A proxy on this very machine, or one that is set, says for whom it asks, by X-Forwarded-For or
    Forwarded. Nobody else is believed. It writes one of them and may hand on the other from
    whoever asks: where the two do not say the same, neither is believed.
    """
    address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - stands for nobody
    if is_believed(str(address), _proxies()):
        told = set()
        if by_custom := request.headers.get("X-Forwarded-For", "").strip():
            told.add(_read_node(by_custom.rpartition(",")[2].strip()))
        if by_standard := request.headers.get("Forwarded", "").strip():
            told.add(_read_forwarded(by_standard))
        if told:
            return told.pop() if len(told) == 1 else None
    return _plain(address)


def find_network() -> str:
    """The network that asks. A proxy on this very machine says for whom it asks."""
    address = find_address()
    return (
        str(ip_network(f"{address}/{WIDTHS[address.version]}", strict=False))
        if address
        else UNREADABLE
    )


def is_through_proxy() -> bool:
    """True where the current request was handed on by a proxy that is believed."""
    is_told = "X-Forwarded-For" in request.headers
    return is_told and is_believed(request.remote_addr or "", _proxies())


def is_believed(address: str, proxies: Networks) -> bool:
    """True for an address of this very machine, and of a proxy that is set."""
    try:
        plain = _plain(ip_address(address))
    except ValueError:
        return False
    return plain.is_loopback or any(plain in network for network in proxies)


def _proxies() -> Networks:
    proxies: Networks = current_app.config.get(PROXIES, ())
    return proxies


def is_loopback(address: str) -> bool:
    """True for what is an address of this very machine."""
    return is_believed(address, ())


def _read_forwarded(header: str) -> IPv4Address | IPv6Address | None:
    """For whom the last proxy asked, by RFC 7239; None where it hides that."""
    elements = _ELEMENT.findall(header)
    for pair in _PAIR.findall(elements[-1]) if elements else ():
        name, _, value = pair.strip().partition("=")
        if name.lower() == "for":
            return _read_node(re.sub(r"\\(.)", r"\1", value.strip('"')))
    return None


def _read_node(node: str) -> IPv4Address | IPv6Address | None:
    """An address, behind which a port may stand, with the brackets of one of IPv6."""
    if node.startswith("["):
        node = node[1:].partition("]")[0]
    elif node.count(":") == 1:
        node = node.partition(":")[0]
    try:
        return _plain(ip_address(node))
    except ValueError:
        return None


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return getattr(address, "ipv4_mapped", None) or address
