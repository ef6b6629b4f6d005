"""The pictures of how a therapist comes in: by a colleague's link, to the account's own page."""

from __future__ import annotations

import time

from passlib.totp import TOTP
from playwright.sync_api import Browser, Page

from bench.take_picture import take

PASSWORD = "lamp river oboe thirteen"


def walk_accounts(desk: Page, name: str) -> None:
    """Invite a colleague, and go their way, in a browser that nobody knows yet."""
    desk.goto("/room/people")
    email = f"mila-{name}@sit.example"
    desk.fill("#name", "Mila Brandt")
    desk.fill("#email", email)
    desk.get_by_role("button", name="Make a link for them").click()
    desk.locator(".account-once").wait_for()
    take(desk, f"people-colleagues-{name}")
    link = desk.locator(".account-once").inner_text()
    page = stranger_beside(desk)
    page.goto(link)
    take(page, f"people-welcome-{name}")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_label("The password again").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("status").wait_for()
    take(page, f"people-sign-in-{name}")
    app = _set_up(page, email, name)
    page.goto("/account")
    take(page, f"people-account-{name}")
    for path, picture in (("passkeys", "passkeys"), ("password", "password")):
        page.goto(f"/account/{path}")
        take(page, f"people-{picture}-{name}")
    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/forgotten")
    take(page, f"people-forgotten-{name}")
    _give_password(page, email)
    page.get_by_label("Six digits").wait_for()
    take(page, f"people-code-{name}")
    page.get_by_role("link", name="use a recovery code").click()
    take(page, f"people-recovery-{name}")
    assert app.key
    page.context.close()


def _set_up(page: Page, email: str, name: str) -> TOTP:
    """The first sign-in: an authenticator app, and codes for the day without it."""
    _give_password(page, email)
    page.get_by_role("button", name="Show the picture for my app").click()
    page.get_by_text("I cannot read a picture with it").click()
    app = TOTP(page.locator(".account-key").inner_text().replace(" ", "").replace("-", ""))
    page.get_by_text("I cannot read a picture with it").click()
    take(page, f"people-second-factor-{name}")
    page.get_by_label("Six digits").fill(app.generate(time.time()).token)
    page.get_by_role("button", name="That is it").click()
    page.get_by_role("button", name="Show me ten codes").click()
    page.locator(".account-codes").wait_for()
    take(page, f"people-recovery-codes-{name}")
    return app


def _give_password(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def stranger_beside(page: Page) -> Page:
    """A browser of the same size in which nobody is known."""
    browser: Browser | None = page.context.browser
    assert browser is not None
    size = page.viewport_size
    context = browser.new_context(
        viewport=size,
        locale="en-GB",
        device_scale_factor=scale_of(size["width"] if size else 0),
        base_url=page.url.split("/room")[0],
        service_workers="block",
    )
    context.set_default_timeout(120_000)  # a machine may be busy
    return context.new_page()


def scale_of(width: int) -> float:
    """A phone's picture is small; a desk's is read well enough as it is."""
    return 1.5 if 0 < width < 600 else 1
