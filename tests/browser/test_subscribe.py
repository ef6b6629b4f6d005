"""Subscribing in a browser: the apps of the device first, a copy, and a fetch that is seen."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.preview import Preview

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

AGENTS = {
    "iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/604.1",
    "mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15",
    "android": "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0.0.0 Mobile Safari/537.36",
    "linux": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36",
}
APPS = {
    "iphone": ["Apple Podcasts", "Overcast", "Pocket Casts", "Castbox"],
    "mac": ["Apple Podcasts", "Overcast", "Pocket Casts", "Castbox"],
    "android": ["AntennaPod", "Pocket Casts", "Castbox", "Another app"],
    "linux": [],
}
Opener = Callable[..., Page]


def is_error(message: ConsoleMessage) -> bool:
    """True for an error of ours; that a test takes the network away is none."""
    return message.type == "error" and "net::ERR_FAILED" not in message.text


def begin(page: Page) -> None:
    """Press the button; the page that comes is there with its scripts."""
    page.get_by_role("button", name="Test").click()
    page.wait_for_url("**/subscribe?test=*", wait_until="load")


@pytest.fixture
def opened(chromium: Browser, preview: Preview) -> Iterator[Opener]:
    """Opens the page for subscribing; what goes wrong in it is told at the end."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(**options: object) -> Page:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if is_error(m) else None)
        page.goto(f"{preview.url}/subscribe")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.mark.parametrize("device", AGENTS)
def test_the_apps_of_the_device_come_first(opened: Opener, device: str):
    """All others are one press away, and a phone's buttons stand before the code for a phone."""
    page = opened(user_agent=AGENTS[device])
    buttons = page.locator("#apps a")
    assert [text.splitlines()[0].strip() for text in buttons.all_inner_texts()] == APPS[device]
    expect(page.locator("#other-apps a")).to_have_count(7 - len(APPS[device]))
    expect(page.locator("#other-apps a").first).to_be_hidden()
    page.click("#more-apps summary")
    expect(page.locator("#other-apps a").first).to_be_visible()
    first = "subscribe-apps" if device in ("iphone", "android") else "subscribe-code"
    assert page.evaluate("document.querySelector('#subscribe > section').id") == first


def test_every_app_link_may_be_followed(opened: Opener, preview: Preview):
    """No rule of the page's own stands in the way of a link; without that app nothing happens."""
    page = opened(user_agent=AGENTS["iphone"])
    page.evaluate("""() => {
        window.refused = [];
        addEventListener("securitypolicyviolation", (event) => refused.push(event.blockedURI));
    }""")
    page.click("#more-apps summary")
    for link in page.locator(".app").all():
        link.click(no_wait_after=True)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("window.refused") == []
    assert page.url == f"{preview.url}/subscribe"


def test_the_address_is_copied(opened: Opener):
    """To the last letter, and it is said."""
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.click("text=Copy the address")
    expect(page.locator(".copied")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.input_value("#feed-address")
    assert copied.endswith("/feed")


def test_a_fetch_is_seen(opened: Opener, preview: Preview):
    """Pressed with the keyboard, said by a status, and true."""
    page = opened()
    page.get_by_role("button", name="Test").press("Enter")
    status = page.locator("#fetched")
    expect(status).to_have_text("Not yet. Add the feed in your app, or refresh it there.")
    expect(status).to_have_attribute("role", "status")
    with page.expect_response("**/subscribe/tests/*") as asked:
        pass
    assert asked.value.json() == {"fetched_at": None, "is_over": False}
    with urlopen(f"{preview.url}/feed") as answer:
        assert b"<rss" in answer.read()
    expect(status).to_contain_text("Yes: something on your network fetched it at", timeout=20_000)
    expect(page.get_by_role("button", name="Stop looking")).to_be_hidden()
    page.reload()
    expect(page.locator("#fetched")).to_contain_text("Yes: something on your network fetched it")
    expect(page.get_by_role("button", name="Test again")).to_be_visible()


def test_looking_can_be_stopped(opened: Opener):
    """Nothing is asked from then on, and the keyboard stays where it was."""
    page = opened()
    page.clock.install()
    begin(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Stop looking").press("Enter")
    expect(page.locator("#fetched")).to_have_text("Stopped looking.")
    expect(page.locator("#test-title")).to_be_focused()
    page.clock.fast_forward(60_000)
    assert [url for url in asked if "/subscribe/tests/" in url] == []


def test_looking_ends_by_itself(opened: Opener):
    """After ten minutes the page says so, and asks no more."""
    page = opened()
    page.clock.install()
    begin(page)
    page.route("**/subscribe/tests/*", lambda route: route.abort())
    page.clock.fast_forward(11 * 60_000)
    expect(page.locator("#fetched")).to_contain_text("this page has stopped looking")


def test_it_works_without_scripts(opened: Opener, preview: Preview):
    """All apps in one list, the address to be selected, and a test that is looked at again."""
    page = opened(java_script_enabled=False)
    expect(page.locator("#apps a")).to_have_count(7)
    expect(page.get_by_text("Copy the address")).to_be_hidden()
    begin(page)
    expect(page.locator("#fetched")).to_contain_text("Not yet.")
    with urlopen(f"{preview.url}/feed"):
        pass
    page.click("text=Look again")
    expect(page.locator("#fetched")).to_contain_text("Yes: something on your network")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_code_is_dark_on_light(opened: Opener, scheme: str):
    """Also in the dark: its quiet zone is white all around, four squares of it."""
    page = opened(color_scheme=scheme)
    svg = page.locator("#subscribe-code svg")
    shot = Image.open(io.BytesIO(svg.screenshot())).convert("L")
    side = int(svg.get_attribute("viewBox").split()[2])
    quiet = int(shot.width / side * 3.5)
    inner = shot.crop((2, quiet // 2, shot.width - 2, quiet))
    assert inner.getextrema() == (255, 255)
    assert shot.getextrema() == (0, 255)
