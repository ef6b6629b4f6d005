"""The pictures in docs/screenshots: a whole Stepback with the silent voice, and a real browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs/screenshots"
STEPBACK = Path(sys.executable).with_name("stepback")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


def main() -> None:
    """Take every picture anew."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("This wants Debian's Chromium: apt-get install -y chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox", "--disable-background-networking", "--hide-scrollbars"]
    with house() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        walk(browser, url, "phone", PHONE, "light")
        walk(browser, url, "phone-dark", PHONE, "dark")
        walk(browser, url, "desk", DESK, "light")
        write(browser, url)
        browser.close()


def walk(browser: Browser, url: str, name: str, size: dict[str, int], scheme: str) -> None:
    """Go the way of a listener, taking a picture of each page."""
    context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=2)
    page = context.new_page()
    page.goto(url)
    take(page, f"library-{name}")
    page.goto(f"{url}/practices/stepping-back")
    take(page, f"practice-{name}")
    page.click("#begin")
    page.wait_for_selector("body[data-step=listen]", timeout=120_000)
    if page.evaluate("document.querySelector('#audio').paused"):
        page.click("#play")
    page.wait_for_selector("#save:not([hidden])", state="attached", timeout=120_000)
    page.evaluate("document.querySelector('#audio').currentTime = 205")
    page.wait_for_timeout(1500)
    take(page, f"listening-{name}")
    page.click("#stop")
    page.wait_for_selector("body[data-step=closing]")
    page.wait_for_timeout(500)
    page.goto(f"{url}/my-practice")
    take(page, f"my-practice-{name}")
    context.close()


def write(browser: Browser, url: str) -> None:
    """Sit down as the author of a practice, and slip once."""
    page = browser.new_page(viewport=DESK, color_scheme="light", device_scale_factor=2)
    page.goto(f"{url}/author/obstacles/stepping-back.md")
    page.wait_for_selector(".time-part")
    page.locator("#editor .cm-content").click()
    page.keyboard.press("Control+Home")
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type(" [silnce 4s]")
    page.wait_for_selector(".remark")
    take(page, "author-desk")


def take(page: Page, name: str) -> None:
    """Take one picture of what is in view."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png")
    print(PICTURES / f"{name}.png")


@contextmanager
def house() -> Iterator[str]:
    """Run web and worker on a free port until the block is left; gives the address."""
    with tempfile.TemporaryDirectory(prefix="stepback-pictures-") as folder:
        environment = {
            **os.environ,
            "STEPBACK_DATA": f"{folder}/data",
            "STEPBACK_CACHE": f"{folder}/cache",
            "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
            "STEPBACK_VOICE": "silent",
            "STEPBACK_HOST": "127.0.0.1",
            "STEPBACK_PORT": "0",
        }
        subprocess.run([STEPBACK, "migrate"], env=environment, check=True)
        worker = subprocess.Popen([STEPBACK, "worker"], env=environment)
        web = subprocess.Popen(
            [STEPBACK, "serve"], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            lines = iter(web.stdout)
            found = next(m for line in lines if (m := re.search(r"(http://127\S+)", line)))
            yield found[1]
        finally:
            for process in (web, worker):
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main()
