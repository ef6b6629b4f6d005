"""Therapists who sign in as people do: page by page, with the forms that the pages show."""

from __future__ import annotations

import re
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from flask_security import hash_password
from lxml import html
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from server.store.care import TherapistRow
from server.web.csrf import FIELD
from tests.web.people_house import People

PASSWORD = "lamp river oboe thirteen"


def give_password(people: People, therapist_id: str, password: str = PASSWORD) -> None:
    """Let a therapist have chosen a password."""
    with people.app.app_context():
        hashed = hash_password(password)
    with people.database.writing() as db:
        db.get_one(TherapistRow, therapist_id).password = hashed


@dataclass
class Person:
    """Somebody at a browser, with an authenticator app."""

    browser: FlaskClient
    network: str = "203.0.113.7"
    app: TOTP | None = None
    recovery_codes: list[str] = field(default_factory=list)

    def look(self, path: str) -> TestResponse:
        """Open a page."""
        return self.browser.get(path, environ_overrides={"REMOTE_ADDR": self.network})

    def send(self, path: str, page: str | None = None, **fields: str) -> TestResponse:
        """Fill in the form of a page (by default, the one at that path) and send it.

        As a browser does: with whatever else stands in the form, hidden or filled in already.
        """
        shown = self.look(path).text if page is None else page
        typed = {**_standing(shown, fields), **fields}
        return self.browser.post(path, data=typed, environ_overrides={"REMOTE_ADDR": self.network})

    def password(self, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Write e-mail address and password."""
        return self.send("/sign-in", email=email, password=password, **more)

    def code(self, shift: int = 0) -> str:
        """What the app shows now, or so many half minutes later."""
        assert self.app is not None
        return self.app.generate(time.time() + 30 * shift).token

    def set_up_app(self, shift: int = 0) -> TestResponse:
        """Read the picture of the first sign-in into the app, and write its first code."""
        page = self.send("/sign-in/second-factor", setup="authenticator").text
        key = re.search(r'account-key" dir="ltr">([^<]+)<', page)
        assert key is not None
        self.app = TOTP(key[1].replace(" ", "").replace("-", ""))
        return self.send("/sign-in/code", page=page, code=self.code(shift))

    def enroll(self, email: str, password: str = PASSWORD) -> None:
        """Sign in for the first time, whole."""
        assert where(self.password(email, password)) == "/sign-in/second-factor"
        answer = self.set_up_app(-1)
        if answer.status_code == 200:  # the half minute ended in between, and the code with it
            answer = self.set_up_app(-1)
        assert where(answer) == "/account/recovery-codes"
        self.recovery_codes = self.make_recovery_codes()

    def make_recovery_codes(self) -> list[str]:
        """Note down the codes that the page shows once."""
        page = self.send("/account/recovery-codes", generate_new_codes="yes").text
        return [part.split("<")[0] for part in page.split("<code>")[1:]]

    def is_in(self) -> bool:
        """True where a page of therapists is shown."""
        return self.look("/account").status_code == 200


def _standing(shown: str, fields: Collection[str]) -> dict[str, str]:
    """What the form of a page with these fields sends by itself; of another one its token."""
    forms = html.fromstring(shown).forms if shown.strip() else []
    posting = [form for form in forms if form.method == "POST"]
    for form in posting:
        if set(fields) <= set(form.fields.keys()):
            return dict(form.form_values())
    sent = (dict(form.form_values()) for form in posting)
    return next(({FIELD: each[FIELD]} for each in sent if FIELD in each), {})


def where(answer: TestResponse) -> str:
    """Where an answer leads."""
    assert answer.status_code in (302, 303), answer.text
    parts = urlsplit(answer.location)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
