"""Are the far store and the CDN before it in order? What `stepback doctor` tries out; too much for
/ready.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

from server.config import Settings
from server.errors import StoreUnavailable
from server.render.checks import Check
from server.store.cdn import open_cdn
from server.store.shelves import open_shelf

MOST_SAID = 300
"""So much of what a store said is shown."""

CDN_SECONDS = 10.0
"""So long a CDN may take, which has to ask the store first."""


def check_store(settings: Settings) -> tuple[Check, ...]:
    """Put, read, list and remove a file; nothing where there is no far store."""
    if not settings.store_url:
        return ()
    shelf = open_shelf(settings)
    try:
        shelf.try_out()
    except StoreUnavailable as error:
        said = str(error.__cause__ or "").partition("\n")[0][:MOST_SAID]
        detail = f"{shelf.place}: {error} {said}".strip()
        advice = (
            "Look whether STEPBACK_STORE_URL leads to a bucket of this house's alone, and whether "
            "AWS_ACCESS_KEY_ID may read, write, delete and list there. What is on this machine "
            "still plays; nothing has to be restarted."
        )
        return (Check(name="store", ok=False, detail=detail, what_to_do=advice),)
    return (Check(name="store", ok=True, detail=f"{shelf.place} keeps what it is given."),)


def check_cdn(settings: Settings) -> tuple[Check, ...]:
    """The CDN gives a file to whoever has its cookies, and to nobody else; nothing where none is.

    The file lies in the store for this, and is removed again.
    """
    if settings.audio_by != "cdn":
        return ()
    from server.store.far import Far

    far, cdn = Far(settings.store_url), open_cdn(settings)
    name, data = f"try/{uuid4().hex}", uuid4().bytes
    cookies = cdn.sign(name, datetime.now(UTC) + timedelta(minutes=5))
    try:
        far.put(name, data, is_new=True)
        try:
            to_us = _ask(cdn.address_of(name), cookies)
            to_others = _ask(cdn.address_of(name), {})
        finally:
            far.remove([name])
    except StoreUnavailable:
        return (_judge_cdn(cdn.url, "it could not be tried, since the store does not answer", ""),)
    except OSError as error:
        advice = "Look whether STEPBACK_CDN_URL is its address, and whether it runs."
        return (_judge_cdn(cdn.url, f"it does not answer: {error}", advice),)
    if to_us != (200, data):
        told = f"it answers {to_us[0]} to what is signed for it"
        return (_judge_cdn(cdn.url, told, _TRUST),)
    if to_others[1] == data:
        told = "it gives a recording to anybody, also without a signature"
        return (_judge_cdn(cdn.url, told, _REFUSE),)
    return (Check(name="cdn", ok=True, detail=f"{cdn.url} gives what is signed, and no more."),)


_TRUST = (
    "Look whether it trusts the key that STEPBACK_CDN_KEY_ID names and whose private half is in "
    "STEPBACK_CDN_KEY, and whether what is behind it is the bucket, from the prefix in "
    "STEPBACK_STORE_URL on (docs/scale.md)."
)
_REFUSE = "Have it want signed cookies for every path: restrict the viewers' access to a key group."


def _judge_cdn(url: str, trouble: str, what_to_do: str) -> Check:
    advice = what_to_do or "Put the store right first."
    return Check(name="cdn", ok=False, detail=f"{url}: {trouble}.", what_to_do=advice)


def _ask(address: str, cookies: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and body of an answer. Raises OSError where there is none."""
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    asking = Request(address, headers={"Cookie": said} if said else {})  # noqa: S310 - http or https
    try:
        with urlopen(asking, timeout=CDN_SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, b""
