"""How a feed gets into a podcast app: links that open the app.

None of these links passes through anybody's website: what an app is told goes from the browser to
the app alone, so that a private feed's address is in nobody's log. An app may still fetch through
servers of its own.

Where each form was read, and what the app makes of it:

- Apple Podcasts, `podcast://host/path`: known from many pages, and not described by Apple. It
  does not say whether the feed is http or https.
- Overcast, `overcast://x-callback-url/add?url=…`: overcast.fm/podcasterinfo.
- Pocket Casts, `pktc://subscribehttps/host/path` and `pktc://subscribe/host/path` for http: the
  source of its Android app. Its iPhone app knows the second alone, and reads it as http.
- AntennaPod, `antennapod-subscribe://host/path`, which it reads as http, and `pcast:` with a whole
  address: its UrlChecker and its manifest. `antennapod-subscribe://https://…` does not arrive: a
  browser takes the second colon away. Other Android apps may answer to `pcast:` as well; the phone
  then asks which.
- Castbox, `castbox://subscribe?url=…`: used by others, and not verified.
- The last one, `podcast:`, is for whatever app has told the device that it takes such links.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

IOS, ANDROID = "ios", "android"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLink:
    """A link that opens a podcast app with a feed."""

    name: str
    """The app's own name; empty for whichever app the device has."""
    address: str
    """What the link leads to: no address of the web, and nothing that a website sees."""
    device: str = ""
    """`ios` or `android` where the link is for these alone, empty for both."""


def app_links(feed_url: str) -> tuple[AppLink, ...]:
    """The links of the apps that take a feed by its address, an http or https one."""
    scheme, _, rest = feed_url.partition("://")
    encoded = quote(feed_url, safe="")
    is_http = scheme == "http"
    return (
        AppLink(name="Apple Podcasts", address=f"podcast://{rest}", device=IOS),
        AppLink(
            name="Overcast", address=f"overcast://x-callback-url/add?url={encoded}", device=IOS
        ),
        AppLink(
            name="AntennaPod",
            address=f"antennapod-subscribe://{rest}" if is_http else f"pcast:{feed_url}",
            device=ANDROID,
        ),
        AppLink(
            name="Pocket Casts",
            address=f"pktc://subscribe/{rest}" if is_http else f"pktc://subscribehttps/{rest}",
            device=ANDROID,
        ),
        AppLink(name="Pocket Casts", address=f"pktc://subscribe/{rest}", device=IOS),
        AppLink(name="Castbox", address=f"castbox://subscribe?url={encoded}"),
        AppLink(name="", address=f"podcast://{rest}", device=ANDROID),
    )
