"""A CDN before the far store: who has the cookies that were signed for a file gets it there.

The cookies are those of Amazon CloudFront, with a policy of one's own: one address, until when, and
an RSA signature of that. The address itself is the same for everybody, so that the CDN keeps each
file once. See "Set signed cookies using a custom policy" in its developer guide.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from itertools import takewhile
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from server.errors import SettingsError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_TO_COOKIE = bytes.maketrans(b"+=/", b"-_~")
"""What base64 has and a cookie may not."""


@dataclass(frozen=True)
class Cdn:
    """Where the CDN is, and what signs for it."""

    url: str
    """How its addresses begin, without a slash at the end."""
    key_id: str
    """By which of its public keys it looks at what we sign."""
    private_key: RSAPrivateKey = field(repr=False)
    """It is of RSA."""
    cookie_domain: str
    """Whose cookies they are, so that both the house and the CDN get them; empty for one host."""

    @property
    def origin(self) -> str:
        """The part of its addresses that browsers go by."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def address_of(self, name: str) -> str:
        """Where a file is, by its name in the store."""
        return f"{self.url}/{name}"

    def sign(self, name: str, until_at: datetime) -> dict[str, str]:
        """The cookies, by their names, with which the CDN gives this one file until then."""
        statement = {
            "Resource": self.address_of(name),
            "Condition": {"DateLessThan": {"AWS:EpochTime": int(until_at.timestamp())}},
        }
        policy = json.dumps({"Statement": [statement]}, separators=(",", ":")).encode()
        return {
            "CloudFront-Policy": _for_cookie(policy),
            "CloudFront-Signature": _for_cookie(self._signature_of(policy)),
            "CloudFront-Key-Pair-Id": self.key_id,
        }

    def _signature_of(self, policy: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA1

        # The format says SHA-1. Nobody can choose what is signed, so that a collision helps nobody.
        return self.private_key.sign(policy, PKCS1v15(), SHA1())  # noqa: S303


class Signing(Protocol):
    """What of the settings says how the CDN is asked."""

    @property
    def public_url(self) -> str:
        """How others reach the house."""

    @property
    def cdn_url(self) -> str:
        """How they reach the CDN."""

    @property
    def cdn_key(self) -> str:
        """The private key, as PEM."""

    @property
    def cdn_key_id(self) -> str:
        """By which the CDN knows the public one."""


def open_cdn(settings: Signing) -> Cdn:
    """Get ready to sign; nothing is asked. Raises SettingsError where a setting is not right."""
    for name, value in (
        ("STEPBACK_CDN_URL", settings.cdn_url),
        ("STEPBACK_CDN_KEY", settings.cdn_key),
        ("STEPBACK_CDN_KEY_ID", settings.cdn_key_id),
    ):
        if not value:
            raise SettingsError(f"STEPBACK_AUDIO_BY=cdn wants a {name}.")
    return Cdn(
        url=settings.cdn_url,
        key_id=settings.cdn_key_id,
        private_key=_read_private_key(settings.cdn_key),
        cookie_domain=_shared_domain(settings.public_url, settings.cdn_url),
    )


def _read_private_key(pem: str) -> RSAPrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it has a password
        raise SettingsError(_NO_KEY) from error
    if not isinstance(key, RSAPrivateKey):
        raise SettingsError(_NO_KEY)
    return key


_NO_KEY = (
    "STEPBACK_CDN_KEY must name a file with a private key of RSA in PEM and without a password, "
    "as `openssl genrsa 2048` writes it."
)


def _shared_domain(url: str, other_url: str) -> str:
    """The domain under which both are; empty where they are one host."""
    host, other = (urlsplit(each).hostname or "" for each in (url, other_url))
    if host == other:
        return ""
    pairs = zip(reversed(host.split(".")), reversed(other.split(".")), strict=False)
    shared = [label for label, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    if len(shared) < 2 or _is_number(host) or _is_number(other):
        raise SettingsError(
            "STEPBACK_CDN_URL has to be under the same domain as STEPBACK_PUBLIC_URL, such as "
            "https://audio.sit.example beside https://sit.example: by that browsers keep cookies."
        )
    return ".".join(reversed(shared))


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _for_cookie(data: bytes) -> str:
    return b64encode(data).translate(_TO_COOKIE).decode()
