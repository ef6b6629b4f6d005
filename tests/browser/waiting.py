"""Waiting for what happens in a page."""

from __future__ import annotations

import time

from playwright.sync_api import Page, Route


def until(page: Page, condition: str, seconds: float = 30) -> None:
    """Wait in the page until a condition holds, which may be a promise.

    wait_for_function() would need eval, which our policy forbids to everybody.
    """
    page.evaluate(
        f"""async () => {{
            const late = performance.now() + {seconds * 1000};
            while (!(await ({condition}))) {{
                if (performance.now() > late) throw Error('never: ' + {condition!r});
                await new Promise((resolve) => setTimeout(resolve, 50));
            }}
        }}"""
    )


def until_held(page: Page, held: list[Route], seconds: float = 30) -> Route:
    """Wait for a request that a route keeps back, which is gone on with by the test."""
    late = time.monotonic() + seconds
    while not held:
        assert time.monotonic() < late, "never asked for"
        page.wait_for_timeout(20)
    return held[0]
