"""Sound from a CDN before the store: who may hear it is led there, with signed cookies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from flask.testing import FlaskClient

from server.app import create_app
from server.config import Settings
from server.errors import SettingsError
from server.render.store_check import check_cdn
from server.store.cdn import open_cdn
from tests import s3_server
from tests.cdn_edge import KEY_ID, Edge, as_pem, run_edge
from tests.proxy import Proxy
from tests.web.conftest import House

pytestmark = pytest.mark.xdist_group("s3")  # one server for all of these


@pytest.fixture
def edge(far_proxy: Proxy, tmp_path: Path) -> Iterator[Edge]:
    """A CDN before a store of its own."""
    with run_edge(s3_server.new_url(far_proxy.port), tmp_path) as edge:
        yield edge


@pytest.fixture
def house(tmp_path: Path, build_house: Callable[..., House], edge: Edge) -> Iterator[House]:
    """A house whose sound the CDN sends."""
    built = build_house(tmp_path, **edge.environment)
    yield built
    built.database.close()


@pytest.fixture
def key_path(tmp_path: Path) -> Path:
    """The file of a key that signs."""
    path = tmp_path / "cdn.pem"
    path.write_bytes(as_pem(rsa.generate_private_key(65537, 2048)))
    return path


@pytest.fixture
def make(house: House, order: Callable[..., str]) -> Callable[..., str]:
    """A finished recording of two minutes, which is in the store."""

    def make(minutes: int = 2, **words: str) -> str:
        key = order(minutes, **words)
        house.publish(key)
        house.shelf.settle(house.shelf.render_folder(key), lambda: None)
        return key

    return make


def cookies_of(answer) -> dict[str, Morsel[str]]:
    said = SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):
        said.load(line)
    return dict(said)


def fetch(address: str, cookies: dict[str, Morsel[str]], **headers: str):
    said = "; ".join(f"{name}={each.value}" for name, each in cookies.items())
    return urlopen(Request(address, headers={"Cookie": said, **headers}), timeout=10)


def test_who_may_hear_it_is_led_there(house: House, make, client: FlaskClient, edge, files) -> None:
    """The address is everybody's and can be kept by the CDN; the cookies are for it alone."""
    key = make()
    led = client.get(f"/audio/{key}.mp3")
    assert (led.status_code, led.headers["Cache-Control"]) == (302, "no-store")
    assert urlsplit(led.location).query == ""
    cookies = cookies_of(led)
    assert sorted(cookies) == [
        "CloudFront-Key-Pair-Id",
        "CloudFront-Policy",
        "CloudFront-Signature",
    ]
    for each in cookies.values():
        assert each["path"] == urlsplit(led.location).path
        assert each["httponly"]
        assert each["samesite"] == "Lax"
        assert not each["domain"], "the house and this CDN are one host"
        assert int(each["max-age"]) >= 2 * 120
    with fetch(led.location, cookies, Range="bytes=2-5") as part:
        assert (part.status, part.read()) == (206, files["mp3"][2:6])
        assert part.headers["Content-Type"] == "audio/mpeg"
    policy = led.headers["Content-Security-Policy"]
    assert f"media-src 'self' {edge.url} blob:" in policy


def test_nobody_else_gets_it_there(make, client: FlaskClient) -> None:
    """Without cookies, with those of another recording, or with another end."""
    one, other = make(), make(3)
    led, led_too = client.get(f"/audio/{one}.mp3"), client.get(f"/audio/{other}.mp3")
    for cookies in ({}, cookies_of(led_too)):
        with pytest.raises(HTTPError, match="403"):
            fetch(led.location, cookies)
    forged = cookies_of(led)
    forged["CloudFront-Policy"] = cookies_of(led_too)["CloudFront-Policy"]
    with pytest.raises(HTTPError, match="403"):
        fetch(led_too.location, forged)


def test_the_rest_is_sent_from_here(make, client: FlaskClient, edge, files) -> None:
    """Own words, what a script asks for, heads, and what is no sound; the CDN is not asked."""
    key, own = make(), make(place="my secret")
    here = {"Sec-Fetch-Dest": "empty"}
    assert client.get(f"/audio/{key}.mp3", headers=here).data == files["mp3"]
    assert client.head(f"/audio/{key}.mp3").content_length == len(files["mp3"])
    assert client.get(f"/audio/{key}.vtt").data == files["vtt"]
    assert client.get(f"/audio/{own}.mp3").data == files["mp3"]
    assert client.get(f"/audio/{'0' * 64}.mp3").status_code == 404
    assert edge.answered == []


def test_cookies_end(house: House, edge: Edge, make, client: FlaskClient) -> None:
    """What was signed for a moment that is over opens nothing."""
    name = urlsplit(client.get(f"/audio/{make()}.mp3").location).path[1:]
    cdn, now_at = open_cdn(house.settings), datetime.now(UTC)
    for until_at, status in ((now_at + timedelta(minutes=1), 200), (now_at, 403)):
        said = "; ".join(f"{key}={value}" for key, value in cdn.sign(name, until_at).items())
        asking = Request(cdn.address_of(name), headers={"Cookie": said})
        if status == 200:
            urlopen(asking).close()
        else:
            with pytest.raises(HTTPError, match="403"):
                urlopen(asking)


def test_the_doctor_tries_it(house: House, edge: Edge) -> None:
    """What is signed is given and nothing else; else it says which of both is not so."""
    (check,) = check_cdn(house.settings)
    assert check.ok, check.detail
    edge.is_open = True
    (check,) = check_cdn(house.settings)
    assert "to anybody" in check.detail
    assert "want signed cookies" in check.what_to_do
    edge.is_open = False
    edge.public_key = rsa.generate_private_key(65537, 2048).public_key()
    (check,) = check_cdn(house.settings)
    assert "answers 403" in check.detail
    assert "STEPBACK_CDN_KEY_ID" in check.what_to_do
    assert edge.far.list_names("try") == []


def test_the_doctor_says_what_is_away(house: House, edge: Edge, far_proxy: Proxy) -> None:
    """The store, or the CDN."""
    far_proxy.be("refuse")
    (check,) = check_cdn(house.settings)
    assert "the store does not answer" in check.detail
    far_proxy.be("pass")
    away = replace(house.settings, cdn_url="http://127.0.0.1:9")
    (check,) = check_cdn(away)
    assert "refused" in check.detail
    assert "STEPBACK_CDN_URL" in check.what_to_do


DOMAINS = {
    ("https://sit.example", "https://audio.sit.example"): "sit.example",
    ("https://sit.clinic.example", "https://audio.clinic.example/sound"): "clinic.example",
    ("https://sit.example", "https://sit.example:8443"): "",
}


@pytest.mark.parametrize(("addresses", "domain"), DOMAINS.items())
def test_both_get_the_cookies(addresses, domain: str, key_path: Path) -> None:
    """They are those of the domain under which house and CDN are."""
    cdn = open_cdn(settings_with(key_path, *addresses))
    assert cdn.cookie_domain == domain


def settings_with(key_path: Path, public_url: str, cdn_url: str, **changes: str) -> Settings:
    environ = {
        "STEPBACK_PUBLIC_URL": public_url,
        "STEPBACK_STORE_URL": "s3://stepback",
        "STEPBACK_AUDIO_BY": "cdn",
        "STEPBACK_CDN_URL": cdn_url,
        "STEPBACK_CDN_KEY": str(key_path),
        "STEPBACK_CDN_KEY_ID": KEY_ID,
        **changes,
    }
    return Settings.from_environment(environ)


@pytest.mark.parametrize(
    "addresses",
    [
        ("https://sit.example", "https://d111.cloudfront.net"),
        ("https://sit.example", "https://other.example"),
        ("http://10.0.0.7", "http://10.1.0.7"),
    ],
)
def test_hosts_without_a_common_domain_are_refused(addresses, key_path: Path) -> None:
    """No browser would hand the cookies on."""
    with pytest.raises(SettingsError, match="same domain"):
        settings_with(key_path, *addresses)


@pytest.mark.parametrize("missing", ["CDN_URL", "CDN_KEY", "CDN_KEY_ID", "STORE_URL"])
def test_what_is_missing_is_named(missing: str, key_path: Path) -> None:
    """One line for the operator."""
    with pytest.raises(SettingsError, match=f"AUDIO_BY=cdn wants a STEPBACK_{missing}"):
        settings_with(
            key_path,
            "https://sit.example",
            "https://audio.sit.example",
            **{f"STEPBACK_{missing}": ""},
        )


def test_a_key_that_is_none_is_refused(key_path: Path) -> None:
    """Another kind of key, one with a password, and no key at all."""
    for pem in (
        b"no key",
        as_pem(rsa.generate_private_key(65537, 2048), b"word"),
        as_pem(ed25519.Ed25519PrivateKey.generate()),
    ):
        key_path.write_bytes(pem)
        with pytest.raises(SettingsError, match="private key of RSA"):
            settings_with(key_path, "https://sit.example", "https://audio.sit.example")


def test_the_key_is_in_no_description(house: House) -> None:
    """Settings can be shown in a fault's report."""
    assert "PRIVATE KEY" not in repr(house.settings)
    assert "PRIVATE KEY" in house.settings.cdn_key
    assert create_app(house.settings)
