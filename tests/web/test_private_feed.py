"""A client's private feed: what it tells, to whom, and until when (F18 to F20, T11 to T14)."""

from __future__ import annotations

import hashlib
import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from werkzeug.http import http_date

from server.render import server_secret
from server.render.feed_items import file_signature
from server.store import RenderRow
from server.store.care import ClientRow
from server.store.care.private_feed_tables import PrivateFeedRow
from tests.web.conftest import House
from tests.web.people_house import People
from tests.web.private_feed_house import (
    ATOM,
    CONTENT,
    ITUNES,
    PODCAST,
    SOUND,
    TAG,
    TAGGED,
    PrivateFeedHouse,
    addresses_in,
    path_of,
    token_in,
)

MESSAGE = "For the evening, as <b>we</b> said."
WORD = "the kitchen at dusk"


@pytest.fixture
def feeds(house: House, people: People) -> PrivateFeedHouse:
    """Ines has two practices, the second in her words and with a message; Jo has one."""
    made = PrivateFeedHouse(house=house, people=people)
    made.give(people.ines)
    made.give(people.ines, message=MESSAGE, is_spoken=True, words={"place": WORD})
    made.give(people.jo, message="For Jo alone.", is_spoken=True)
    return made


def all_files(feeds: PrivateFeedHouse, path: str) -> list[str]:
    return [url for urls in addresses_in(feeds.channel(path)).values() for url in urls]


# ── F18: the token ───────────────────────────────────────────────────────────────────────────


@pytest.mark.sqlite
def test_f18_the_token_is_long_in_the_path_and_kept_as_a_hash(
    feeds: PrivateFeedHouse, people: People
):
    """256 random bits, in no query, and nowhere in the database but as SHA-256."""
    tokens = {feeds.make(people.ines, f"phone {n}").rpartition("/")[2] for n in range(3)}
    assert len(tokens) == 3
    assert {len(each) for each in tokens} == {43}
    with people.database.reading() as db:
        hashes = {row.token_hash for row in db.query(PrivateFeedRow)}
    assert hashes == {hashlib.sha256(each.encode()).hexdigest() for each in tokens}
    people.database.empty_log()
    kept = feeds.house.settings.database_path.read_bytes()
    assert not any(each.encode() in kept for each in tokens)


def test_f18_every_file_carries_the_scope_of_its_feed(feeds: PrivateFeedHouse, people: People):
    """Sound, transcripts, chapters and pictures: each by a signature of its own, never the token.

    A signature opens the one file of the one feed that it was made for.
    """
    path = feeds.make(people.ines)
    found = addresses_in(feeds.channel(path))
    assert [len(found[kind]) for kind in ("enclosure", "image", "transcript", "chapters")] == [
        2, 3, 4, 2,
    ]  # fmt: skip
    other = feeds.row(people.ines).id
    for url in itertools.chain.from_iterable(found.values()):
        assert path.rpartition("/")[2] not in url
        answer = feeds.get(url)
        assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex"), url
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        start, signature, name = re.fullmatch(r"(.*/)([\w-]{43})/(.*)", path_of(url)).groups()
        turned = signature[:-2] + ("AA" if signature[-2:] != "AA" else "BB")
        assert feeds.get(f"{start}{turned}/{name}").status_code == 404
        assert feeds.get(f"{start}{signature}/x{name}").status_code == 404
        feed_id = re.search("[0-9a-f]{32}", start)[0]
        assert feed_id == other
        assert feeds.get(path_of(url).replace(feed_id, "0" * 32)).status_code == 404


def test_f18_a_signature_of_one_file_opens_no_other(feeds: PrivateFeedHouse, people: People):
    """Neither another kind of it nor another episode nor the same in another feed."""
    first, second = feeds.make(people.ines, "one"), feeds.make(people.ines, "two")
    one, two = (addresses_in(feeds.channel(each))["enclosure"] for each in (first, second))
    parts = [path_of(each).split("/") for each in (*one, *two)]
    for mine, other in itertools.permutations(parts, 2):
        for crossed in ([*mine[:-1], other[-1]], [*mine[:-3], other[-3], *mine[-2:]]):
            if crossed not in parts:
                assert feeds.get("/".join(crossed)).status_code == 404
    assert feeds.get(path_of(one[0])[:-3] + "vtt").status_code == 404


def test_f18_wrong_is_404_and_revoked_is_410(feeds: PrivateFeedHouse, people: People):
    """For the feed and each of its files; a page says what happened, without the address."""
    path = feeds.make(people.ines)
    urls = [path, *all_files(feeds, path)]
    wrong = feeds.get("/feed/private/" + "A" * 43)
    assert wrong.status_code == 404
    assert "A" * 43 not in wrong.text
    feed_id = feeds.row(people.ines).id
    answer = feeds.phone(people.ines).post(f"/with-therapist/podcast/{feed_id}/revoke")
    assert answer.status_code == 303
    for url in urls:
        answer = feeds.get(url)
        assert answer.status_code == 410, url
        assert "This feed has ended" in answer.text
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Cache-Control"] == "no-store"
        secret = re.findall(r"[\w-]{43}", path_of(url))[0]
        assert secret not in answer.text + str(answer.headers)
    # A file of it that never was is no more told of.
    assert feeds.get(path_of(urls[1])[:-3] + "vtt").status_code == 404


@pytest.mark.parametrize("how", ["left", "disused"])
def test_f18_a_feed_ends_with_its_owner_and_by_disuse(
    feeds: PrivateFeedHouse, people: People, how: str
):
    """Whoever leaves takes their feeds along, until they come back; 90 days unused is the end."""
    path = feeds.make(people.ines)
    urls = [path, *all_files(feeds, path)]
    with people.database.writing() as db:
        if how == "left":
            db.get_one(ClientRow, people.ines).left_at = datetime.now(UTC)
        else:
            long_ago = datetime.now(UTC) - timedelta(days=91)
            row = db.get_one(PrivateFeedRow, feeds.row(people.ines).id)
            row.made_at = row.used_at = long_ago
    assert {feeds.get(url).status_code for url in urls} == {410}
    assert {feeds.get(url).status_code for url in urls} == {410}  # nor does asking revive it
    if how == "left":
        with people.database.writing() as db:
            db.get_one(ClientRow, people.ines).left_at = None
        assert {feeds.get(url).status_code for url in urls} == {200}


# ── F19: what is in it ───────────────────────────────────────────────────────────────────────


def test_f19_the_feed_is_blocked_serial_and_names_nobody(feeds: PrivateFeedHouse, people: People):
    """In the order given; no client, no address of mail, no link to anything with a token."""
    path = feeds.make(people.ines, "Ines' own phone")
    answer = feeds.get(path)
    channel = feeds.channel(path)
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert channel.findtext(f"{ITUNES}block") == "Yes"
    assert channel.findtext(f"{PODCAST}block") == "yes"
    assert channel.findtext(f"{ITUNES}type") == "serial"
    assert channel.findtext(f"{PODCAST}guid") == feeds.row(people.ines).guid
    items = sorted(channel.iter("item"), key=lambda each: int(each.findtext(f"{ITUNES}episode")))
    assert [each.findtext(f"{ITUNES}episode") for each in items] == ["1", "2"]
    assert [each.findtext(f"{ITUNES}block") for each in items] == ["Yes", "Yes"]
    assert [each.findtext("title") for each in items] == ["Soft ground", "Soft ground"]
    assert items[1].findtext("description").startswith(MESSAGE)
    assert items[1].findtext(f"{CONTENT}encoded").startswith("<p>For the evening, as &lt;b&gt;we")
    for link in channel.iter("link"):
        assert not re.search(r"[\w-]{43}|given=", link.text), link.text
        assert feeds.get(link.text).status_code == 200
    self_link = channel.find(f"{ATOM}link[@rel='self']").get("href")
    assert path_of(self_link) == path
    for never in ("Ines", "Ada", "own phone", "@", "owner", WORD, people.ines):
        assert never not in answer.text, never


def test_f19_what_is_announced_is_what_is_sent(feeds: PrivateFeedHouse, people: People):
    """Each enclosure has as many bytes as the feed says, neutral or not."""
    for is_neutral in (False, True):
        channel = feeds.channel(feeds.make(people.ines, is_neutral=is_neutral))
        for each in channel.iter("enclosure"):
            answer = feeds.get(each.get("url"))
            assert answer.data == (SOUND if is_neutral else TAG + SOUND)
            assert each.get("length") == str(len(answer.data)) == answer.headers["Content-Length"]
            assert answer.headers["Content-Type"] == each.get("type") == "audio/mpeg"


def test_f19_a_neutral_feed_tells_as_good_as_nothing(feeds: PrivateFeedHouse, people: People):
    """No title, message or stage; pictures without words; sound without its tag."""
    path = feeds.make(people.ines, is_neutral=True)
    channel, text = feeds.channel(path), feeds.get(path).text
    titles = sorted(each.findtext("title") for each in channel.iter("item"))
    assert titles == ["Practice 1", "Practice 2"]
    for never in ("round", "Arriving", "evening", "Ada", "Ines", "therapist", "Stepback</title>"):
        assert never not in text, never
    found = addresses_in(channel)
    assert (found["chapters"], found["source"]) == ([], [])
    normal = addresses_in(feeds.channel(feeds.make(people.ines, "other")))
    pictures, worded = ([feeds.get(url) for url in each["image"]] for each in (found, normal))
    assert [each.status_code for each in pictures] == [200] * 3
    assert [each.status_code for each in worded] == [200] * 3
    assert {each.data for each in pictures}.isdisjoint(each.data for each in worded)
    assert len(normal["chapters"]) == 2
    for url in normal["chapters"]:
        # The other feed's signature opens no chapters of this one.
        feed_id = re.search("[0-9a-f]{32}", url)[0]
        own = found["enclosure"][0].split("/")[-3]
        assert feeds.get(path_of(url).replace(feed_id, own)).status_code == 404


def test_f19_no_signature_opens_what_a_neutral_feed_leaves_out(
    feeds: PrivateFeedHouse, people: People
):
    """Chapters and Opus, asked for under a right signature; one that is not neutral has them."""
    files = {**TAGGED, "opus": b"OggS, and the title of the practice"}
    secret = server_secret(feeds.rooms.settings.secret_path)
    answered = {}
    for is_neutral in (True, False):
        path = feeds.make(people.ines, is_neutral=is_neutral, files=files)
        row = feeds.row(people.ines)
        assert row.is_neutral is is_neutral
        sound = path_of(addresses_in(feeds.channel(path))["enclosure"][0])
        folder, _, name = sound.rsplit("/", 2)
        for kind in ("mp3", "vtt", "srt", "json", "opus"):
            asked = name.removesuffix("mp3") + kind
            signature = file_signature(secret, row, asked)
            answered[is_neutral, kind] = feeds.get(f"{folder}/{signature}/{asked}").status_code
    assert {each for each, status in answered.items() if status != 200} == {
        (True, "json"),
        (True, "opus"),
    }
    assert set(answered.values()) == {200, 404}


def test_f19_a_part_of_a_neutral_file_is_that_part(feeds: PrivateFeedHouse, people: People):
    """Ranges, conditions and HEAD are of what is sent, not of what lies on the disk."""
    path = feeds.make(people.ines, is_neutral=True)
    url = path_of(addresses_in(feeds.channel(path))["enclosure"][0])
    whole = feeds.get(url)
    for asked, expected in (
        ("bytes=0-9", SOUND[:10]),
        ("bytes=-5", SOUND[-5:]),
        (f"bytes={len(SOUND) - 3}-", SOUND[-3:]),
        ("bytes=100-2000100", SOUND[100:2000101]),
    ):
        part = feeds.get(url, headers={"Range": asked, "If-Range": whole.headers["ETag"]})
        assert (part.status_code, part.data) == (206, expected), asked
        assert part.headers["Content-Range"].endswith(f"/{len(SOUND)}")
    beyond = feeds.get(url, headers={"Range": f"bytes={len(SOUND)}-"})
    assert beyond.status_code == 416
    head = people.stranger().head(url)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(SOUND))
    again = feeds.get(url, headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    normal = feeds.channel(feeds.make(people.ines, "other"))
    tags = {feeds.get(each).headers["ETag"] for each in addresses_in(normal)["enclosure"]}
    assert whole.headers["ETag"] not in tags


def test_f19_nothing_of_a_file_can_be_compared_with_the_public_one(
    feeds: PrivateFeedHouse, people: People
):
    """Neither name, tag nor time of it, nor those of the same sound in another feed: whoever has
    the public addresses would read from them which practices a neutral feed is made of.
    """
    neutral, normal = feeds.make(people.ines, is_neutral=True), feeds.make(people.ines, "other")
    with people.database.reading() as db:
        renders = db.query(RenderRow).all()
        public = {each.key for each in renders}
        public |= {file.sha256 for each in renders for file in each.renditions}
    told: list[set[str]] = []
    for path in (neutral, normal):
        told.append(set())
        for url in all_files(feeds, path):
            answer = feeds.get(url)
            assert "Last-Modified" not in answer.headers, url
            said = f"{path_of(url)} {answer.headers}"
            assert not [each for each in public if each in said]
            if "/cover-" not in url:
                told[-1] |= {answer.headers["ETag"], url.split("/")[-1].partition(".")[0]}
    assert len(told[0]) == 2 + 3  # both sounds of the test are the same bytes
    assert told[0].isdisjoint(told[1])


@pytest.mark.parametrize("is_neutral", [True, False])
def test_a_sound_that_is_gone_hides_no_other(
    feeds: PrivateFeedHouse, people: People, is_neutral: bool
):
    """The shelf is in no backup: what has no file is as good as not made, until it is."""
    path = feeds.make(people.ines, is_neutral=is_neutral)
    first, second = addresses_in(feeds.channel(path))["enclosure"]
    with people.database.reading() as db:
        keys = [row.key for row in db.query(RenderRow).filter_by(is_private=False)]
        (row,) = db.query(RenderRow).filter_by(key=keys[0])
        (name,) = [each.file_name for each in row.renditions if each.kind == "mp3"]
    sound = feeds.rooms.shelf.render_folder(row.key) / name
    content = sound.read_bytes()
    sound.unlink()
    (left,) = addresses_in(feeds.channel(path))["enclosure"]
    assert left in (first, second)
    gone = second if left == first else first
    assert feeds.get(gone).status_code == 404
    assert feeds.get(left).status_code == 200
    assert "Being made: 1." in feeds.phone(people.ines).get("/with-therapist/podcast").text
    sound.write_bytes(content)
    assert len(addresses_in(feeds.channel(path))["enclosure"]) == 2
    assert feeds.get(gone).status_code == 200


def test_a_sound_that_cannot_be_opened_hides_no_other(
    feeds: PrivateFeedHouse, people: People, monkeypatch: pytest.MonkeyPatch
):
    """Nor is the file left open that was asked for."""

    def broken(_: object) -> int:
        raise PermissionError

    path = feeds.make(people.ines, is_neutral=True)
    url = addresses_in(feeds.channel(path))["enclosure"][0]
    with monkeypatch.context() as patched:
        patched.setattr("server.web.private_files.tag_bytes", broken)
        patched.setattr("server.web.private_episodes.tag_bytes", broken)
        assert addresses_in(feeds.channel(path))["enclosure"] == []
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(5):
            assert feeds.get(url).status_code == 404
        assert len(list(Path("/proc/self/fd").iterdir())) <= before
    assert feeds.get(url).status_code == 200


def test_f19_the_feed_answers_conditions_and_is_the_same_each_time(
    feeds: PrivateFeedHouse, people: People
):
    """ETag and 304, HEAD as GET, byte-identical, and another tag once something is added."""
    path = feeds.make(people.ines)
    first, second = feeds.get(path), feeds.get(path)
    assert first.data == second.data
    tag = first.headers["ETag"]
    assert feeds.get(path, headers={"If-None-Match": tag}).status_code == 304
    head = people.stranger().head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
    assert head.headers["Content-Length"] == str(len(first.data))
    feeds.give(people.ines, choices={"minutes": 3})
    assert feeds.get(path).headers["ETag"] == tag  # it is still being made
    feeds.publish()
    assert feeds.get(path).headers["ETag"] != tag
    assert feeds.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_what_changed_is_never_answered_as_unchanged(feeds: PrivateFeedHouse, people: People):
    """An app that remembers nothing but the time gets the feed as it is: what was taken back, or
    given again, or has a new address, is newer than nothing.
    """
    path = feeds.make(people.ines)
    first = feeds.get(path)
    assert "Last-Modified" not in first.headers
    asked = {"If-Modified-Since": http_date(datetime.now(UTC) + timedelta(minutes=5))}
    base = f"/room/clients/{people.ines}/given/{_given(people, people.ines)[1]['id']}"
    ada = people.signed_in(people.ada)
    assert ada.post(f"{base}/take-back").status_code == 303
    less = feeds.get(path, headers=asked)
    assert (less.status_code, less.data.count(b"<item>")) == (200, 1)
    assert ada.post(f"{base}/give-again").status_code == 303
    feeds.publish()
    again = feeds.get(path, headers=asked)
    assert (again.status_code, again.data.count(b"<item>")) == (200, 2)
    feed_id = feeds.row(people.ines).id
    page = feeds.phone(people.ines).post(f"/with-therapist/podcast/{feed_id}/renew").text
    renewed = feeds.get(f"/feed/private/{token_in(page)}", headers=asked)
    assert renewed.status_code == 200
    assert renewed.data != again.data


def test_f19_guids_survive_a_new_address(feeds: PrivateFeedHouse, people: People):
    """A new token is another address of the same feed: its guid and its episodes' stay."""
    path = feeds.make(people.ines)
    before = feeds.channel(path)
    feed_id = feeds.row(people.ines).id
    page = feeds.phone(people.ines).post(f"/with-therapist/podcast/{feed_id}/renew").text
    token = token_in(page)
    assert token not in path
    assert feeds.get(path).status_code in (404, 410)
    after = feeds.channel(f"/feed/private/{token}")
    for what in (f"{PODCAST}guid", "item/guid"):
        told = [[each.text for each in channel.iterfind(what)] for channel in (before, after)]
        assert told[0] == told[1] != []


def test_f19_it_is_in_no_list_and_no_public_feed(feeds: PrivateFeedHouse, people: People):
    """Nothing that everybody can see names a private feed or what is in it."""
    path = feeds.make(people.ines)
    feed_id = feeds.row(people.ines).id
    pages = ("/", "/api/practices", "/manifest.webmanifest", "/sw.js")
    for public in (*pages, "/feed", "/feed/tracks/ground"):
        answer = feeds.get(public)
        assert answer.status_code == 200, public
        text = answer.text
        assert feed_id not in text
        assert path not in text
        assert "For the evening" not in text


def test_what_is_taken_back_is_in_no_feed_and_behind_no_address(
    feeds: PrivateFeedHouse, people: People
):
    """A signature alone never opens what was taken back; given again it is as before."""
    path = feeds.make(people.ines)
    ids = [each["id"] for each in _given(people, people.ines)]
    before = addresses_in(feeds.channel(path))["enclosure"]
    ada = people.signed_in(people.ada)
    base = f"/room/clients/{people.ines}/given/{ids[1]}"
    assert ada.post(f"{base}/take-back").status_code == 303
    (left,) = addresses_in(feeds.channel(path))["enclosure"]
    (gone,) = set(before) - {left}
    assert feeds.get(gone).status_code == 404
    for kind in ("vtt", "srt", "json"):
        assert feeds.get(gone[:-3] + kind).status_code == 404
    assert feeds.get(left).status_code == 200
    assert ada.post(f"{base}/give-again").status_code == 303
    feeds.publish()
    assert sorted(addresses_in(feeds.channel(path))["enclosure"]) == sorted(before)
    assert feeds.get(gone).status_code == 200


def test_what_is_for_the_pages_alone_is_in_no_feed(feeds: PrivateFeedHouse, people: People):
    """Neither an assignment that was given as such, nor a worksheet."""
    path = feeds.make(people.jo)
    before = feeds.get(path).data
    feeds.give(people.jo, message="Not for an app.", is_in_app_only=True, choices={"minutes": 3})
    feeds.give(people.jo, kind="worksheet", subject="friend", message="A worksheet.")
    feeds.publish()
    assert feeds.get(path).data == before


def test_the_same_sound_given_twice_is_two_episodes(feeds: PrivateFeedHouse, people: People):
    """Apps refuse two episodes with one address, so the second one has an address of its own."""
    path = feeds.make(people.ines)
    before = {each.get("url") for each in feeds.channel(path).iter("enclosure")}
    feeds.give(people.ines)
    after = [each.get("url") for each in feeds.channel(path).iter("enclosure")]
    assert (len(set(after)), before - set(after)) == (3, set())
    (new,) = set(after) - before
    assert new.endswith("-3.mp3")
    assert feeds.get(new).data == TAG + SOUND
    guids = [each.text for each in feeds.channel(path).iterfind("item/guid")]
    assert len(set(guids)) == 3


def test_two_clients_never_see_each_others_items(feeds: PrivateFeedHouse, people: People):
    """Fetched in all orders, feed and files, each answer is its own client's."""
    paths = {people.ines: feeds.make(people.ines), people.jo: feeds.make(people.jo)}
    asked = []
    for client_id, path in paths.items():
        asked += [(client_id, url) for url in (path, all_files(feeds, path)[0])]
    alone = {url: feeds.get(url).data for _, url in asked}
    for order in itertools.permutations(asked):
        for client_id, url in order:
            answer = feeds.get(url)
            assert answer.data == alone[url]
            if url in paths.values():
                other = "For Jo alone." if client_id == people.ines else "For the evening"
                assert other not in answer.text
    ids = {client_id: feeds.row(client_id).id for client_id in paths}
    assert ids[people.jo] not in feeds.get(paths[people.ines]).text
    jos = addresses_in(feeds.channel(paths[people.jo]))["enclosure"][0]
    crossed = path_of(jos).replace(ids[people.jo], ids[people.ines])
    assert feeds.get(crossed).status_code == 404


def _given(people: People, client_id: str) -> list[dict[str, str]]:
    with people.database.reading() as db:
        query = sql("select id, given_at from assignments where client_id = :c order by given_at")
        return [dict(row._mapping) for row in db.execute(query, {"c": client_id})]
