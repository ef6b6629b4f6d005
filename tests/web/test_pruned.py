"""Pruning under a house that is open: clear answers, and everything can be ordered again."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from server.render.prune import choose, prune
from server.store import find_stored_render

A_DAY = timedelta(days=1)


def grow_old(house, key: str) -> None:
    then_s = (datetime.now(UTC) - timedelta(days=9)).timestamp()
    os.utime(house.shelf.render_folder(key), (then_s, then_s))


def prune_old(house) -> list[str]:
    choice = choose(house.database, house.shelf, datetime.now(UTC), older_than=A_DAY)
    return [each.key for each, went in prune(house.database, house.shelf, choice) if went]


def test_pruned_recording_is_not_there_and_can_be_ordered(
    client: FlaskClient, house, order: Callable[..., str], published: str
):
    """Sound and state answer 404 to whoever asks for what went; an order makes it anew."""
    grow_old(house, published)
    assert prune_old(house) == [published]
    for address in (f"/audio/{published}.mp3", f"/api/renders/{published}"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
    assert order() == published
    assert client.get(f"/api/renders/{published}").get_json()["state"] == "queued"
    house.publish(published)
    assert client.get(f"/audio/{published}.mp3").status_code == 200


def test_listener_in_the_middle_hears_the_rest_of_the_answer(
    client: FlaskClient, house, files: dict[str, bytes], published: str
):
    """An answer that has begun goes on to its end, though the recording went meanwhile."""
    with client.get(f"/audio/{published}.mp3", buffered=False) as answer:
        pieces = iter(answer.response)
        first = next(pieces)
        grow_old(house, published)
        assert prune_old(house) == [published]
        assert first + b"".join(pieces) == files["mp3"]
    assert client.get(f"/audio/{published}.mp3").status_code == 404


def test_what_is_heard_is_used(client: FlaskClient, house, published: str):
    """A recording that is served counts as used, so that it is not pruned under a listener."""
    grow_old(house, published)
    assert client.get(f"/audio/{published}.mp3", headers={"Range": "bytes=0-1"}).status_code == 206
    stored = find_stored_render(house.shelf, published)
    assert stored is not None
    assert datetime.now(UTC) - stored.used_at < timedelta(minutes=1)
    assert prune_old(house) == []
