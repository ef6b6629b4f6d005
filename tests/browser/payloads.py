"""Texts that are to be nothing but text, and a browser in which it is told where they are more."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Response

LINES = (Path(__file__).parent / "payloads.txt").read_text(encoding="ascii").splitlines()
PAYLOADS = tuple(line.encode("ascii").decode("unicode_escape") for line in LINES)
PLAIN = tuple(f"plain {number:03}" for number in range(len(PAYLOADS)))
REFUSED = tuple(text for text in PAYLOADS if "\x01" in text)
"""No door takes what nobody can type; the pages are tried with it all the same."""

SHOWN = """() => {
  const fields = [...document.querySelectorAll("textarea, input")].map((each) => each.value);
  return [document.body.textContent, ...fields].join("").replace(/\\s/g, "");
}"""
PARTS = """() => [document.querySelectorAll("*").length, document.querySelectorAll("script").length,
  document.querySelectorAll("[onerror], [onload], [srcdoc], [autofocus]").length]"""
"""How many elements and scripts a page is made of."""

TELL = """addEventListener("securitypolicyviolation", (event) => {
  tellViolation(`${event.effectiveDirective} refused ${event.blockedURI}`);
});"""


def squeezed(text: str) -> str:
    """A text as the page's is compared: without white space, as JavaScript knows it."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(each for each in composed if not each.isspace() and each != "\ufeff")


@contextmanager
def watched(
    chromium: Browser, url: str, who: FlaskClient | None, errors: list[str]
) -> Iterator[Page]:
    """A browser in which somebody is known; what goes wrong and what is refused is told."""
    context = chromium.new_context(service_workers="block")
    for cookie in who._cookies.values() if who else ():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
    context.expose_function("tellViolation", lambda told: errors.append(told))
    context.add_init_script(TELL)
    page = context.new_page()

    def note(response: Response) -> None:
        if response.status >= 500:
            errors.append(f"{response.status} {response.url}")

    page.on("dialog", lambda dialog: (errors.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("response", note)
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    yield page
    context.close()
