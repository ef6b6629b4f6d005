"""How often somebody may be wrong at a sign-in: counted ahead, for all processes, for an hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from server.app import create_app
from server.errors import Busy
from server.store.care.people_tables import SignInFailureRow
from server.web.accounts_failures import DatabaseFailures
from tests.web.account_house import PASSWORD, Person, give_password, where
from tests.web.conftest import House
from tests.web.people_house import CarryingBrowser, People

ADA = "ada@sit.example"
TRIES = 24


@pytest.fixture
def ada(people: People) -> Person:
    """Ada has chosen a password and stands before the door."""
    give_password(people, people.ada)
    return Person(people.stranger())


def raising(error: Exception) -> Callable[..., None]:
    """A function that only raises."""

    def fail(*_given: object, **_named: object) -> None:
        raise error

    return fail


def test_ten_failures_and_a_pause_for_that_network_alone(people: People, ada: Person):
    """The owner of the account comes in from elsewhere: nobody can be locked out."""
    ada.enroll(ADA)
    attacker = Person(people.stranger(), network="198.51.100.9")
    for _ in range(10):
        assert attacker.password(ADA, "wrong wrong wrong").status_code == 200
    refused = attacker.password(ADA, PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert "quarter of an hour" in refused.text
    beside = Person(people.stranger(), network="198.51.100.77")
    assert beside.password(ADA, PASSWORD).status_code == 429
    owner = Person(people.stranger(), app=ada.app)
    assert where(owner.password(ADA)) == "/sign-in/code?next=/room"
    assert where(owner.send("/sign-in/code", code=owner.code())) == "/room"


def test_of_many_tries_at_one_moment_ten_are_looked_at(people: People, ada: Person):
    """Each is counted before it is looked at: none gets in while the others are still weighed."""
    ada.enroll(ADA)
    together = Barrier(TRIES)

    def guess(_number: int) -> int:
        guesser = Person(people.stranger(), network="198.51.100.9")
        guesser.look("/sign-in")
        together.wait(60)
        return guesser.password(ADA, "wrong wrong wrong").status_code

    with ThreadPoolExecutor(TRIES) as threads:
        answered = Counter(threads.map(guess, range(TRIES)))
    assert answered == {200: 10, 429: TRIES - 10}


def test_whoever_is_right_is_never_counted(people: People, ada: Person):
    """However often they come in; and a link that leads somewhere is no failure either."""
    ada.enroll(ADA)
    for _ in range(12):
        assert where(Person(people.stranger()).password(ADA)) == "/sign-in/code?next=/room"
    with people.database.reading() as db:
        assert db.query(SignInFailureRow).count() == 0


def test_failures_that_cannot_be_counted_let_nobody_in(
    people: People, ada: Person, monkeypatch: pytest.MonkeyPatch
):
    """A database that is busy for too long is a 503 with Retry-After, and no way around."""
    ada.enroll(ADA)
    guesser = Person(people.stranger())
    guesser.look("/sign-in")
    monkeypatch.setattr("server.web.accounts_failures.add_failure", raising(Busy()))
    answer = guesser.password(ADA, PASSWORD)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_failures_are_counted_for_all_processes_and_across_restarts(
    people: People, ada: Person, house: House
):
    """Of whom and from where the database does not say."""
    ada.enroll(ADA)
    guesser = Person(people.stranger(), network="198.51.100.9")
    for _ in range(5):
        assert guesser.password(ADA, "wrong wrong wrong").status_code == 200
    other = create_app(house.settings)
    browser = CarryingBrowser(other, other.response_class)
    beside = Person(browser, network="198.51.100.9")
    for _ in range(5):
        assert beside.password(ADA, "wrong wrong wrong").status_code == 200
    assert beside.password(ADA, PASSWORD).status_code == 429
    assert guesser.password(ADA, PASSWORD).status_code == 429
    with people.database.writing() as db:
        rows = db.query(SignInFailureRow).all()
        assert len(rows) == 20  # with the account, and of the network
        assert len({row.key_hash for row in rows}) == 2
        for row in rows:
            row.failed_at -= timedelta(minutes=16)
    assert where(beside.password(ADA, PASSWORD)) == "/sign-in/code?next=/room"
    with people.database.writing() as db:
        for row in db.query(SignInFailureRow):
            row.failed_at -= timedelta(hours=1)
    assert guesser.password(ADA, "wrong wrong wrong").status_code == 200
    with people.database.reading() as db:
        assert db.query(SignInFailureRow).count() == 2  # what is an hour old is forgotten
    other.extensions["stepback"].database.close()


def test_the_counts_can_be_asked_for_and_begun_anew(people: People):
    """As flask-limiter's storage has to, whatever it is used for."""
    failures = DatabaseFailures()
    with people.app.app_context():
        assert failures.check()
        assert [failures.incr("a", 60), failures.incr("a", 60), failures.incr("b", 60)] == [1, 2, 1]
        assert failures.get("a") == 2
        assert failures.get_expiry("a") > datetime.now(UTC).timestamp() + 3000
        failures.clear("a")
        assert (failures.get("a"), failures.get("b")) == (0, 1)
        assert failures.reset() == 1
        assert failures.get("b") == 0
