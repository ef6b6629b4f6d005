"""A page names all modules that it will want, so that a slow line is not gone over for each."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.preview import Preview

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize("path", ["/", "/practices/soft-ground", "/my-practice", "/offline"])
def test_every_module_is_named_and_fetched_once(
    chromium: Browser, preview: Preview, path: str
) -> None:
    """What the page names is what it fetches; nothing is named in vain."""
    with chromium.new_context() as context:
        page = context.new_page()
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(urlsplit(request.url).path))
        page.goto(f"{preview.url}{path}")
        page.wait_for_load_state("networkidle")
        links = page.locator("link[rel=modulepreload]")
        named = [link.get_attribute("href") for link in links.all()]
        scripts = page.locator("script[type=module]")
        named += [script.get_attribute("src") for script in scripts.all()]
        modules = [each for each in fetched if each.startswith("/static/js/")]
        modules.remove("/static/js/theme.js")  # which is no module
        assert sorted(modules) == sorted(named)
        assert len(modules) > 10
