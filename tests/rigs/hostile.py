"""Hostile requests for pages: addresses, headers and bodies as no browser of ours sends them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from apiflask import APIFlask
from werkzeug.routing import Rule

SEGMENTS = (
    *("..", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5c", "%00", "a%00b", "%ff%fe"),
    *("%25%32%65", ";", "a;b=c", "%0d%0aSet-Cookie:%20x=y", "-1", "0", "1e9", "9" * 19, "9" * 400),
    *("a" * 300, "0" * 32, "f" * 64, "f" * 65, "A" * 43, "%F0%9F%98%80", "%E2%80%AE", "null"),
    *(
        "'%20OR%201=1--",
        "%3Cscript%3E",
        "%7B%7B7*7%7D%7D",
        "$%7Bjndi:x%7D",
        "NaN",
        "en",
        "index.html",
    ),
)
QUERIES = (
    *("", "?", "?next=//evil.example", "?next=javascript:alert(1)", "?minutes=-1", "?minutes=9e99"),
    *("?a=%00", "?a=%ff", "?" + "a=1&" * 500, "?page=" + "9" * 400, "?r=/feed/x", "?lang=../../x"),
    *("?v=1&v=2", "?day=2026-13-45", "?from=99999-01-01", "?word[]=1", "?" + "%" * 40),
)
HEADERS: dict[str, tuple[str, ...]] = {
    "Host": ("evil.example", "localhost:99999", "[::1", "a b", "\xff.example", "x" * 300),
    "Cookie": (
        "stepback_device=",
        "stepback_device=" + "A" * 43,
        "session=.e30.x",
        ";" * 200,
        "\xff=\xfe",
    ),
    "Accept-Language": ("xx-" * 200, "*;q=9", "de;q=x", "\xe4", ",,,", "en" * 2000),
    "Range": ("bytes=-", "bytes=0-0,0-0,0-0", "items=0-1", "bytes=9-1", "bytes=" + "9" * 400 + "-"),
    "If-Range": ('W/"x', "Thu, 99 Foo 2026", "\xff"),
    "If-None-Match": ('"', "*", 'W/"' + "x" * 500, ",,,"),
    "If-Modified-Since": ("yesterday", "Thu, 01 Jan 99999 00:00:00 GMT"),
    "Content-Type": ("application/json", "text/plain; charset=nope", "multipart/form-data", "x"),
    "Content-Length": ("-1", "x", "99999999999999999999"),
    "Content-Encoding": ("gzip", "br", "x"),
    "X-Forwarded-For": ("evil", "1.2.3.4, " * 200, "::ffff:127.0.0.1", "\xff"),
    "X-Forwarded-Host": ("evil.example",),
    "Forwarded": ("for=x;host=evil", "for=" + "9" * 300),
    "X-HTTP-Method-Override": ("DELETE",),
    "Origin": ("null", "http://evil.example", "://"),
    "Referer": ("http://evil.example/", "\xff", "x" * 4000),
    "User-Agent": ("", "\xff" * 50, "x" * 4000),
    "Accept-Encoding": ("gzip;q=x", "identity;q=0", "*;q=0"),
}
BODIES = (
    *(b"", b"{", b"[" * 200_000, b'"\\ud800"', b"\x00" * 100, b"\xff\xfe", b"a=1&" * 12_000),
    *(
        b"--x\r\nContent-Disposition: form-data\r\n\r\n",
        b"x" * 70_000,
        b'{"a":NaN}',
        b"%ff=%fe&%00=1",
    ),
    *(b"csrf_token=x&email=%00&password=" + b"a" * 5000, b"language=../../x&next=//evil.example"),
)
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO")


@dataclass
class Hostile:
    """Makes one request after the other for the pages of an app."""

    app: APIFlask
    random: random.Random
    ids: tuple[str, ...]
    """Of what is there: half of the addresses lead somewhere."""
    _rules: list[Rule] = field(init=False)

    def __post_init__(self) -> None:
        rules = self.app.url_map.iter_rules()
        self._rules = sorted(
            (each for each in rules if not each.rule.startswith("/api/")),
            key=lambda each: each.rule,
        )

    def requests(self, count: int) -> Iterator[dict[str, Any]]:
        """So many requests, as the test client takes them; each rule has its turn."""
        for number in range(count):
            yield self._request(self._rules[number % len(self._rules)])

    def _request(self, rule: Rule) -> dict[str, Any]:
        pick = self.random.choice
        names = self.random.sample(sorted(HEADERS), self.random.randint(0, 3))
        return {
            "path": self._path(rule) + pick(QUERIES),
            "method": pick(METHODS)
            if self.random.random() < 0.5
            else pick(sorted(rule.methods or ())),
            "headers": {name: pick(HEADERS[name]) for name in names},
            "data": pick(BODIES) if self.random.random() < 0.5 else None,
        }

    def _path(self, rule: Rule) -> str:
        """The address of a rule, with something hostile or something that is there in its parts."""
        parts = []
        for part in rule.rule.split("/"):
            if "<" not in part and self.random.random() < 0.97:
                parts.append(part)
            elif self.random.random() < 0.5 and "<" in part:
                parts.append(quote(self.random.choice(self.ids)))
            else:
                parts.append(self.random.choice(SEGMENTS))
        return "/".join(parts) or "/"
