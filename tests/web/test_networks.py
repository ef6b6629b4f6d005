"""For whom a proxy asks, and who is believed."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.ctx import RequestContext

from server.environ import Reader
from server.web.networks import find_address, find_network, install_proxies, is_through_proxy


def asked(remote: str, proxies: str = "", **headers: str) -> str:
    with asking(remote, proxies, **headers):
        return str(find_address())


def asking(remote: str, proxies: str = "", **headers: str) -> RequestContext:
    app = Flask("test")
    install_proxies(app, Reader({"STEPBACK_PROXIES": proxies}).networks("PROXIES"))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_request_context(environ_base={"REMOTE_ADDR": remote}, headers=named)


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("for=192.0.2.43", "192.0.2.43"),
        ('For="192.0.2.43:47011"', "192.0.2.43"),
        ('for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        ('for="[2001:db8:cafe::17]"; proto=https; by=203.0.113.43', "2001:db8:cafe::17"),
        ("proto=http;for=192.0.2.60;by=203.0.113.43", "192.0.2.60"),
        ("for=198.51.100.1, for=192.0.2.43", "192.0.2.43"),
        ('for=198.51.100.1, by="a,for=1.2.3.4;x";for=192.0.2.43', "192.0.2.43"),
        ("for=198.51.100.1, by=203.0.113.43", "None"),
        ("for=unknown", "None"),
        ('for="_gazonk"', "None"),
        ('for="192.0.2.43', "None"),
        (",", "None"),
        ("host=a.example", "None"),
    ],
)
def test_the_standard_header_is_read_as_it_is_written(forwarded: str, expected: str):
    """Of several proxies the last one counts; quotes, ports and IPv6 are read (RFC 7239)."""
    assert asked("127.0.0.1", Forwarded=forwarded) == expected
    assert asked("203.0.113.9", Forwarded=forwarded) == "203.0.113.9"


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("192.0.2.43", "192.0.2.43"),
        ("1.1.1.1, 192.0.2.43", "192.0.2.43"),
        ("192.0.2.43:8080", "192.0.2.43"),
        ("::ffff:192.0.2.43", "192.0.2.43"),
        ("2001:db8::17", "2001:db8::17"),
        ("nobody", "None"),
    ],
)
def test_the_usual_header_is_read(forwarded: str, expected: str):
    """The last address of it, which is the one that the proxy itself has seen."""
    assert asked("127.0.0.1", X_Forwarded_For=forwarded) == expected


def test_who_writes_the_other_header_is_nobody_else():
    """A proxy writes one header and hands the other one on: nobody chooses their network by it."""
    for other in ("for=198.51.100.1", "for=198.51.101.1"):
        assert asked("127.0.0.1", X_Forwarded_For="192.0.2.43", Forwarded=other) == "None"
    both = asked("127.0.0.1", X_Forwarded_For="192.0.2.43", Forwarded="for=192.0.2.43")
    assert both == "192.0.2.43"


PROXIES = "10.0.0.7, fd00::/8"


@pytest.mark.parametrize(
    ("remote", "is_believed"),
    [
        ("10.0.0.7", True),
        ("::ffff:10.0.0.7", True),
        ("fd00::12", True),
        ("127.0.0.1", True),
        ("10.0.0.8", False),
        ("192.0.2.1", False),
        ("2001:db8::1", False),
    ],
)
def test_a_proxy_elsewhere_is_believed_where_it_is_set(remote: str, is_believed: bool):
    """Its address or network is; nobody beside it."""
    told = asked(remote, PROXIES, X_Forwarded_For="198.51.100.1")
    assert (told == "198.51.100.1") == is_believed
    with asking(remote, PROXIES, X_Forwarded_For="198.51.100.1"):
        assert is_through_proxy() == is_believed
    with asking(remote, PROXIES):
        assert not is_through_proxy()


def test_two_visitors_of_one_proxy_are_two_networks():
    """Also where the proxy knows the standard's header alone."""
    found = set()
    for address in ("192.0.2.43", "198.51.100.1"):
        headers = {"Forwarded": f"for={address}"}
        with Flask("test").test_request_context(
            environ_base={"REMOTE_ADDR": "127.0.0.1"}, headers=headers
        ):
            found.add(find_network())
    assert found == {"192.0.2.0/24", "198.51.100.0/24"}
