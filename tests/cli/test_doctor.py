"""What `stepback doctor` looks at beyond /ready, and what it says of each red line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from click.testing import Result

from server.render.sample import House as SampleHouse
from server.render.sample import settle_cast
from server.store.care import KeyRing
from tests.cli.conftest import House
from tests.mailbox import Mailbox

Stepback = Callable[..., Result]


def line_of(result: Result, name: str) -> str:
    """The line of a check, with what stands below it."""
    before, found, after = result.output.partition(f" {name}: ")
    assert found
    return before[-3:] + found + after.partition("\nok ")[0].partition("\nNOT")[0]


def test_a_mail_server_is_asked(house: House, environment: dict[str, str], stepback: Stepback):
    """One that lets us in is fine, and gets no letter; one that is not there is told."""
    environment["STEPBACK_MAIL_FROM"] = "sit@sit.example"
    with Mailbox() as mailbox:
        environment["STEPBACK_SMTP_URL"] = mailbox.url
        assert line_of(stepback("doctor"), "mail") == "ok  mail: The mail server lets us in."
    said = line_of(stepback("doctor"), "mail")
    assert said.startswith("NOT mail: The mail server does not let us in: ")
    assert "Look at STEPBACK_SMTP_URL." in said


def test_without_a_mail_server_none_is_missed(house: House, stepback: Stepback):
    """Mail is a choice."""
    assert " mail: " not in stepback("doctor").output


def test_links_that_no_phone_can_open_are_told(
    house: House, environment: dict[str, str], stepback: Stepback
):
    """As soon as there is a client; before that nobody is sent a link."""
    said = line_of(stepback("doctor"), "address")
    assert said.startswith("ok  address: Links begin with http://127.0.0.1:8000.")
    keys = KeyRing(Path(environment["STEPBACK_KEYS"]))
    settle_cast(SampleHouse(database=house.database, keys=keys, now_at=datetime.now(UTC)))
    said = line_of(stepback("doctor"), "address")
    assert said.startswith("NOT address: Links for clients begin with http://127.0.0.1:8000")
    assert "Set STEPBACK_PUBLIC_URL" in said
    environment["STEPBACK_PUBLIC_URL"] = "http://192.168.1.20:8000"
    assert line_of(stepback("doctor"), "address").startswith("ok  address: ")
