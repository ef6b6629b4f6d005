"""One picture of a page: whole, up to a height, and with few colours."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

PICTURES = Path(__file__).parents[1] / "docs/screenshots"
MOST_PX = 1_800
"""So much of a long page is shown, from its top."""

COLOURS = 48
"""Of a picture: pages have few, and a picture is a third as big by that."""


def take(page: Page, name: str, *, colours: int = COLOURS, is_whole: bool = True) -> None:
    """Take one picture: of the page from its top, or of what is in view."""
    page.wait_for_load_state("networkidle")
    size, path = page.viewport_size, PICTURES / f"{name}.png"
    assert size is not None
    height = page.evaluate("document.documentElement.scrollHeight") if is_whole else size["height"]
    clip = {
        "x": 0,
        "y": 0,
        "width": size["width"],
        "height": max(min(height, MOST_PX), size["height"]),
    }
    page.screenshot(path=path, full_page=is_whole, clip=clip)  # type: ignore[arg-type]
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path)
