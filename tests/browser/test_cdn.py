"""A browser plays what a CDN sends, with the cookies that the house gave it on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import s3_server
from tests.browser.conftest import run_preview
from tests.browser.waiting import until
from tests.browser.watched import ROOT
from tests.cdn_edge import run_edge
from tests.proxy import Proxy
from tests.web.conftest import FILES, House

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("s3")]

SOUND = ROOT / "server" / "web" / "static" / "room-tone.mp3"
"""Any that a browser plays."""


def test_a_practice_is_heard_from_the_cdn(
    chromium: Browser, far_proxy: Proxy, tmp_path: Path
) -> None:
    """Begin is pressed, the house leads there, and there is sound."""
    url = s3_server.new_url(far_proxy.port)
    with (
        run_edge(url, tmp_path) as edge,
        run_preview(tmp_path, **edge.environment) as preview,
        chromium.new_context(viewport={"width": 390, "height": 844}) as context,
    ):
        page = context.new_page()
        page.goto(f"{preview.url}/practices/soft-ground")
        body = {"practice": "soft-ground", "minutes": 2}
        key = page.request.post(f"{preview.url}/api/renders", data=body).json()["key"]
        worker = House(settings=None, database=preview.database, shelf=preview.shelf)
        worker.publish(key, {**FILES, "mp3": SOUND.read_bytes()})
        preview.shelf.settle(preview.shelf.render_folder(key), lambda: None)
        page.click("#begin")
        until(page, "document.querySelector('#audio').currentTime > 0.2")
        sent = [(path, status) for path, status in edge.answered if path.endswith(".mp3")]
        assert sent, "the sound came from the house"
        assert {status for _, status in sent} <= {200, 206}
        assert {cookie["name"] for cookie in context.cookies(f"{edge.url}{sent[0][0]}")} > {
            "CloudFront-Policy",
            "CloudFront-Signature",
        }
