"""Therapists sign in, in a real browser: with an app's codes, and with a passkey."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, Page, expect

from server.app import create_app
from server.store import Database
from server.store.care import PasskeyRow, SignInRow
from server.store.care.invitations import add_link
from tests.browser.preview import serve_app
from tests.web.account_house import PASSWORD
from tests.web.conftest import house_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Database]]:
    """A house at a name that passkeys can be made for."""
    house = house_in(tmp_path)
    app = create_app(house.settings)
    with serve_app(app) as (url, _):
        yield url.replace("127.0.0.1", "localhost"), house.database
    app.extensions["stepback"].database.close()
    house.database.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone; what goes wrong in its pages, and what the page's policy refuses, is told."""
    context = chromium.new_context(viewport=PHONE, locale="en-GB")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "console",
        lambda m: (
            wrong.append(m.text) if m.type == "error" and "status of 404" not in m.text else None
        ),
    )
    yield opened
    assert wrong == []
    context.close()


def come_in(page: Page, url: str, database: Database) -> TOTP:
    """Open the first room, sign in, set up the app; gives the app."""
    with database.writing() as db:
        token = add_link(db, "first", datetime.now(UTC))
    page.goto(f"{url}/welcome/{token}")
    page.get_by_label("Your e-mail address").fill("dora@sit.example")
    page.get_by_label("A name for the practice room").fill("Old Mill")
    page.get_by_label("Your name, as your clients read it").fill("Dora")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_label("The password again").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("status")).to_contain_text("Now sign in with it")
    give_password(page)
    page.get_by_role("button", name="Show the picture for my app").click()
    expect(page.get_by_alt_text("A QR code")).to_be_visible()
    picture = page.get_by_alt_text("A QR code")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_text("I cannot read a picture with it").click()
    app = TOTP(page.locator(".account-key").inner_text().replace(" ", "").replace("-", ""))
    give_code(page, app, -1, "That is it")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return app


def give_password(page: Page) -> None:
    page.get_by_label("E-mail address").fill("dora@sit.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def give_code(page: Page, app: TOTP, shift: int, button: str) -> None:
    left_s = 30 - time.time() % 30
    if left_s < 5:  # the half minute would end in between, and the code with it
        page.wait_for_timeout(left_s * 1000)
    page.get_by_label("Six digits").fill(app.generate(time.time() + 30 * shift).token)
    page.get_by_role("button", name=button).click()


def test_from_the_first_link_to_the_account_and_back(page: Page, served: tuple[str, Database]):
    """The first therapist comes in, notes the codes, signs out, and comes in again."""
    url, database = served
    app = come_in(page, url, database)
    page.get_by_role("button", name="Show me ten codes").click()
    expect(page.locator(".account-codes code")).to_have_count(10)
    codes = page.locator(".account-codes code").all_inner_texts()
    assert len(set(codes)) == 10
    page.goto(f"{url}/account")
    expect(page.get_by_text("10 are left")).to_be_visible()
    expect(page.get_by_text("this one")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{url}/account")
    give_password(page)
    give_code(page, app, 1, "Sign in")
    expect(page).to_have_url(f"{url}/account")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{url}/account")
    give_password(page)
    page.get_by_role("link", name="use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[3])
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{url}/account")
    expect(page.get_by_text("9 are left")).to_be_visible()


def test_a_passkey_stands_for_both_factors(page: Page, served: tuple[str, Database]):
    """It is made on the account's page, signs in by itself, and is removed."""
    url, database = served
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
               "hasUserVerification": True, "isUserVerified": True,
               "automaticPresenceSimulation": True}  # fmt: skip
    device = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    come_in(page, url, database)
    page.goto(f"{url}/account/passkeys")
    page.get_by_label("A name for a new one").fill("my phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("You can sign in with “my phone” now.")
    page.goto(f"{url}/account")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{url}/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda where: "sign-in" not in where)
    page.goto(f"{url}/account")
    expect(page.get_by_text("my phone")).to_be_visible()
    with database.reading() as db:
        assert db.query(PasskeyRow).one().sign_count > 0
        assert db.query(SignInRow).count() == 2

    page.get_by_role("button", name="Sign out").click()
    cdp.send("WebAuthn.setUserVerified",
             {"authenticatorId": device["authenticatorId"], "isUserVerified": False})  # fmt: skip
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-told")).to_contain_text("gave no passkey")
    assert page.goto(f"{url}/account")
    expect(page).to_have_url(f"{url}/sign-in?next=%2Faccount")
