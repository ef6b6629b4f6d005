"""What does not fit on a page: on a tablet, at 200 % on a phone, and read from right to left."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, ViewportSize

FIND = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")

SIZES: tuple[ViewportSize, ...] = (
    {"width": 820, "height": 1180},
    {"width": 320, "height": 640},
)
"""A tablet, and what is left of a phone's or a desk's page once it is shown larger: WCAG's reflow
asks for 320 pixels."""


SETTLE = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""What a page does about a new size is done by the second frame."""


def find_misfits(page: Page) -> list[str]:
    """Show the page in each size, as it is and mirrored; gives what is wrong, and in which size.

    What was found is looked for again: what a busy machine was still moving is none.
    """
    found: list[str] = []
    for size in SIZES:
        page.set_viewport_size(size)
        faults: list[str] = []
        for look in range(2):
            page.evaluate(SETTLE)
            seen = page.evaluate(FIND)
            faults = [fault for fault in seen if look == 0 or fault in faults]
            if not faults:
                break
        found += [f"{fault} [{size['width']}]" for fault in faults]
    return found
