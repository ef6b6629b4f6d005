"""The pictures in docs/screenshots: the demo with the silent voice, and a real browser."""

from __future__ import annotations

import shutil
import sys
from functools import partial

from playwright.sync_api import Browser, Page, sync_playwright

from bench.people_screenshots import walk_people
from bench.silent_house import silent_demo
from bench.take_picture import PICTURES
from bench.take_picture import take as take_of

take = partial(take_of, colours=128, is_whole=False)
"""These pages have covers, which want more colours, and begin with what matters."""

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


def main() -> None:
    """Take every picture anew; with the word `people`, those of therapists and clients alone."""
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None:
        sys.exit("This wants Debian's Chromium: apt-get install -y chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox", "--disable-background-networking", "--hide-scrollbars"]
    with silent_demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        if sys.argv[1:] != ["people"]:
            walk(browser, url, "phone", PHONE, "light")
            walk(browser, url, "phone-dark", PHONE, "dark")
            walk(browser, url, "desk", DESK, "light")
            write(browser, url)
        walk_people(browser, {"phone": PHONE, "desk": DESK})
        browser.close()


def walk(browser: Browser, url: str, name: str, size: dict[str, int], scheme: str) -> None:
    """Go the ways of a listener, a client and a therapist, taking a picture of each page."""
    context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=2)
    page = context.new_page()
    enter(page, url, "To the practices")
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
    sit(page, url, name)
    read(page, url, name)
    context.close()


def enter(page: Page, url: str, who: str) -> None:
    """Come in as somebody of the demo."""
    page.goto(f"{url}/demo")
    page.get_by_role("button", name=who).click()


def read(page: Page, url: str, name: str) -> None:
    """See what Ines has written and practised, and how her therapist sees it."""
    enter(page, url, "Ines")
    page.goto(f"{url}/my-practice")
    page.locator("[data-id]").first.wait_for()
    take(page, f"my-practice-{name}")
    page.goto(f"{url}/worksheets/mine")
    page.locator("#mine summary").first.click()
    take(page, f"worksheet-{name}")
    enter(page, url, "Dr Ada Holm")
    take(page, f"clients-{name}")
    page.get_by_role("link", name="Ines").first.click()
    page.locator("a[href*='/submissions/']").first.wait_for()
    take(page, f"case-{name}")


def sit(page: Page, url: str, name: str) -> None:
    """Sit live: begin in one's own words, step back, go to the ground, and read the ladder."""
    page.goto(f"{url}/practices/stepping-back/live")
    page.fill("#word-obstacle", "meditating is a waste of time")
    take(page, f"live-before-{name}")
    page.click("#begin")
    page.wait_for_selector("#live-line:not(:empty), #sitting[data-held]", timeout=120_000)
    if page.locator("#sitting[data-held]").count():
        page.click("#hold-sound")
    page.wait_for_selector("#live-line:not(:empty)", timeout=30_000)
    page.click("#say-here")
    page.fill("#here-words", "I am too tired for kindness")
    take(page, f"live-saying-{name}")
    page.get_by_role("button", name="Step back with this").click()
    said = page.locator("#live-line", has_text="too tired for kindness")
    said.wait_for(timeout=60_000)
    take(page, f"live-{name}")
    page.click("#too-much")
    page.get_by_role("button", name="Stay with the ground").wait_for()
    take(page, f"live-ground-{name}")
    page.click("#stop-here")
    page.wait_for_selector("body[data-step=closing]")
    page.wait_for_timeout(500)
    take(page, f"live-ladder-{name}")


def write(browser: Browser, url: str) -> None:
    """Sit down as the author of a practice, and slip once."""
    page = browser.new_page(viewport=DESK, color_scheme="light", device_scale_factor=2)
    page.goto(f"{url}/author/obstacles/stepping-back.md")
    page.wait_for_selector(".time-part")
    page.locator("#editor .cm-content").click()
    page.keyboard.press("Control+Home")
    line = page.locator("#editor .cm-activeLine")
    while not line.inner_text().startswith("# "):
        page.keyboard.press("ArrowDown")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type(" [silnce 4s]")
    page.wait_for_selector(".remark")
    take(page, "author-desk")


if __name__ == "__main__":
    main()
