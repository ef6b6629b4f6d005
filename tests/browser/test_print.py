"""The printable script as a printer gets it: black on white, and no page around it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.preview import Preview

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

COLOURS = (
    "element => [getComputedStyle(element).color, getComputedStyle(document.body).backgroundColor]"
)


@pytest.mark.parametrize("theme", ["", "dark"])
def test_a_dark_device_prints_black_on_white(chromium: Browser, preview: Preview, theme: str):
    """Whether the device is dark, or its owner chose the dark; the form stays on the screen."""
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{preview.url}/practices/soft-ground/script?minutes=2")
    page.evaluate("theme => localStorage.setItem('stepback.theme', theme)", theme)
    page.reload()
    words = page.locator(".line-words").first
    expect(page.locator("#print")).to_be_visible()
    assert words.evaluate(COLOURS) == ["rgb(237, 230, 218)", "rgb(21, 22, 28)"]
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".tellings")).to_be_hidden()
    expect(page.locator(".top")).to_be_hidden()
    assert words.evaluate(COLOURS) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert page.pdf(format="Letter").startswith(b"%PDF")
    context.close()
