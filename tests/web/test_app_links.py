"""Links that open podcast apps: each leads to the feed itself."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from server.web.app_links import IOS, AppLink, app_links

TOKEN = "Zx9_-" + "aB3" * 12 + "xy"
FEEDS = (
    "https://sit.example/feed",
    "http://192.168.1.20:8765/feed",
    "https://sit.example:8443/house/feed/tracks/present-pain",
    f"https://sit.example/feed/private/{TOKEN}",
    "http://[fd00::12]:8765/feed/courses/four-stages",
    "https://sit.example/~ann/a%20b/feed?x=1&y=a+b%2Fc",
    "https://xn--bcher-kva.example/feed",
)


def read_in_the_app(link: AppLink, scheme: str) -> str:
    """What the app makes of a link, by its own rules; where it guesses, it guesses right."""
    address = link.address
    if link.name in ("Overcast", "Castbox"):
        return parse_qs(urlsplit(address).query, strict_parsing=True)["url"][0]
    if address.startswith("pktc://subscribehttps/"):
        return "https://" + address.removeprefix("pktc://subscribehttps/")
    for prefix in ("antennapod-subscribe://", "pktc://subscribe/"):
        if address.startswith(prefix):
            # Both apps read it as http; Pocket Casts on an iPhone leaves it to its server.
            guessed = scheme if (link.name, link.device) == ("Pocket Casts", IOS) else "http"
            return f"{guessed}://{address.removeprefix(prefix)}"
    if address.startswith("pcast:"):
        return address.removeprefix("pcast:")
    assert address.startswith("podcast://")
    return f"{scheme}://{address.removeprefix('podcast://')}"


@pytest.mark.parametrize("feed", FEEDS)
def test_every_link_leads_to_the_very_feed(feed: str):
    """With ports, paths, queries, http and https, and nothing lost on the way."""
    links = app_links(feed)
    assert {link.name for link in links} == {
        *("Apple Podcasts", "Overcast", "Pocket Casts", "AntennaPod", "Castbox", ""),
    }
    for link in links:
        assert read_in_the_app(link, feed.partition(":")[0]) == feed, link


@pytest.mark.parametrize("feed", FEEDS)
def test_no_link_tells_a_website_of_the_feed(feed: str):
    """A private feed's address goes from the page to the app, and to nobody between."""
    for link in app_links(feed):
        assert not re.match("https?:|//|/", link.address, re.IGNORECASE)
        assert re.fullmatch(r"[!-~]+", link.address)


def test_each_device_has_its_apps():
    """Those of iPhones, those of Android, and one for whatever app there is."""
    on = {device: [] for device in ("ios", "android")}
    for link in app_links("https://sit.example/feed"):
        for device, names in on.items():
            if link.device in ("", device):
                names.append(link.name)
    assert on["ios"] == ["Apple Podcasts", "Overcast", "Pocket Casts", "Castbox"]
    assert on["android"] == ["AntennaPod", "Pocket Casts", "Castbox", ""]
