"""The decision on ranges and conditions, case by case and by property."""

import itertools
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.units import Bytes
from server.web.ranges import Answer, Asked, Kept, decide

ETAG = '"' + "ab" * 32 + '"'
MODIFIED_AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def kept_of(size: int) -> Kept:
    return Kept(size_bytes=Bytes(size), etag=ETAG, modified_at=MODIFIED_AT)


def http_date(seconds: int) -> str:
    return format_datetime(MODIFIED_AT + timedelta(seconds=seconds), usegmt=True)


def part(start: int, length: int) -> Answer:
    return Answer(status=206, start=start, length=length)


WHOLE = Answer(status=200, length=1000)
REFUSED = Answer(status=416)


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("bytes=0-1", part(0, 2)),
        ("BYTES=0-1", part(0, 2)),
        ("bytes=0-0", part(0, 1)),
        ("bytes=100-", part(100, 900)),
        ("bytes=0-", part(0, 1000)),
        ("bytes=999-", part(999, 1)),
        ("bytes=-500", part(500, 500)),
        ("bytes=-1000", part(0, 1000)),
        ("bytes=-2000000", part(0, 1000)),
        ("bytes=990-5000", part(990, 10)),
        ("bytes=0-" + "9" * 6000, part(0, 1000)),
        ("bytes=-" + "9" * 6000, part(0, 1000)),
        ("bytes=" + "0" * 6000 + "5-7", part(5, 3)),
        ("bytes=0-1,", part(0, 2)),
        ("bytes=, 0-1", part(0, 2)),
        ("bytes=1000-", REFUSED),
        ("bytes=" + "9" * 6000 + "-", REFUSED),
        ("bytes=1000-1000", REFUSED),
        ("bytes=-0", REFUSED),
        ("bytes=-000", REFUSED),
        ("bytes=5-4", WHOLE),
        ("bytes=2000-1500", WHOLE),
        ("bytes=0-1,5-6", WHOLE),
        ("bytes=0-1,0-1", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=", WHOLE),
        ("bytes", WHOLE),
        ("", WHOLE),
        ("items=0-1", WHOLE),
        ("bytes 0-1", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=0x1-2", WHOLE),
        ("bytes=1-2-3", WHOLE),
        ("bytes=--1", WHOLE),
        ("bytes=+1-2", WHOLE),
        ("bytes=1 - 2", WHOLE),
        ("bytes=0-1;2-3", WHOLE),
        ("bytes=٠-١", WHOLE),
        ("bytes=0-1\n", WHOLE),
    ],
)
def test_a_range_gets_what_rfc_9110_says(header: str, answer: Answer):
    """Each form of the header has its one answer on a file of 1000 bytes."""
    assert decide(Asked(range=header), kept_of(1000)) == answer


def test_head_ignores_range():
    """Range is defined for GET alone."""
    assert decide(Asked(method="HEAD", range="bytes=0-1"), kept_of(1000)) == WHOLE


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=5-"])
def test_an_empty_file_has_no_byte_to_start_at(header: str):
    """Any start is beyond the end of an empty file; a suffix of it is all of it."""
    assert decide(Asked(range=header), kept_of(0)) == REFUSED
    assert decide(Asked(range="bytes=-5"), kept_of(0)) == Answer(status=200)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (Asked(if_none_match=ETAG), 304),
        (Asked(if_none_match=f"W/{ETAG}"), 304),
        (Asked(if_none_match=f'"x", {ETAG}'), 304),
        (Asked(if_none_match="*"), 304),
        (Asked(if_none_match='"x"'), 200),
        (Asked(if_none_match=ETAG.strip('"')), 200),
        (Asked(if_none_match=f'"x" {ETAG}'), 200),
        (Asked(method="HEAD", if_none_match=ETAG), 304),
        (Asked(if_none_match=ETAG, range="bytes=0-1"), 304),
        (Asked(if_none_match='"x"', range="bytes=0-1"), 206),
        (Asked(if_none_match='"x"', if_modified_since=http_date(0)), 200),
        (Asked(if_modified_since=http_date(0)), 304),
        (Asked(if_modified_since=http_date(5)), 304),
        (Asked(if_modified_since=http_date(-1)), 200),
        (Asked(if_modified_since="yesterday"), 200),
        (Asked(if_modified_since="Mon, 01 Jan 99999999999999999999 00:00:00 GMT"), 200),
        (Asked(if_match=ETAG), 200),
        (Asked(if_match="*"), 200),
        (Asked(if_match='"x"'), 412),
        (Asked(if_match=f"W/{ETAG}"), 412),
        (Asked(if_match='"x"', if_none_match=ETAG), 412),
        (Asked(if_match=ETAG, if_unmodified_since=http_date(-9)), 200),
        (Asked(if_unmodified_since=http_date(-1)), 412),
        (Asked(if_unmodified_since=http_date(0)), 200),
        (Asked(if_unmodified_since="soon"), 200),
        (Asked(if_unmodified_since=http_date(-1), range="bytes=5000-"), 412),
        (Asked(range="bytes=0-1", if_range=ETAG), 206),
        (Asked(range="bytes=0-1", if_range=f"W/{ETAG}"), 200),
        (Asked(range="bytes=0-1", if_range='"x"'), 200),
        (Asked(range="bytes=0-1", if_range=http_date(0)), 206),
        (Asked(range="bytes=0-1", if_range=http_date(1)), 200),
        (Asked(range="bytes=0-1", if_range=http_date(-1)), 200),
        (Asked(range="bytes=0-1", if_range="rubbish"), 200),
        (Asked(range="bytes=5000-", if_range='"x"'), 200),
        (Asked(if_range='"x"'), 200),
    ],
)
def test_conditions_come_before_the_range(asked: Asked, status: int):
    """The order of RFC 9110 section 13.2.2 holds."""
    assert decide(asked, kept_of(1000)).status == status


HEADERS = (
    st.none()
    | st.text(alphabet=st.characters(max_codepoint=255), max_size=40)
    | st.from_regex(r'(W/)?"[a-z]*"(, "[a-z]*")*', fullmatch=True)
    | st.just(ETAG)
)
RANGES = (
    st.none()
    | st.text(max_size=30)
    | st.from_regex(r"(bytes|items)=([0-9]{0,20}-[0-9]{0,20},?){1,3}", fullmatch=True)
    | st.builds("bytes={}-{}".format, st.integers(0, 60), st.integers(0, 60))
    | st.builds("bytes=-{}".format, st.integers(0, 60))
)


@settings(max_examples=500, deadline=None)
@given(
    size=st.integers(0, 50),
    method=st.sampled_from(["GET", "HEAD"]),
    asked_range=RANGES,
    others=st.tuples(HEADERS, HEADERS, HEADERS, HEADERS, HEADERS),
)
@example(size=50, method="GET", asked_range="bytes=49-", others=(None,) * 5)
def test_any_headers_get_an_answer_inside_the_file(
    size: int, method: str, asked_range: str | None, others: tuple[str | None, ...]
):
    """Whatever is sent, the answer is one of five and its bytes are bytes of the file."""
    asked = Asked(
        method=method,
        range=asked_range,
        if_range=others[0],
        if_match=others[1],
        if_none_match=others[2],
        if_modified_since=others[3],
        if_unmodified_since=others[4],
    )
    answer = decide(asked, kept_of(size))
    assert answer.status in {200, 206, 304, 412, 416}
    if answer.status == 200:
        assert (answer.start, answer.length) == (0, size)
    elif answer.status == 206:
        assert method == "GET"
        assert asked_range is not None
        assert answer.length >= 1
        assert 0 <= answer.start < answer.start + answer.length <= size
    else:
        assert (answer.start, answer.length) == (0, 0)


@settings(max_examples=300, deadline=None)
@given(content=st.binary(min_size=1, max_size=200), cuts=st.lists(st.integers(0, 200)))
def test_any_partition_into_ranges_joins_to_the_file(content: bytes, cuts: list[int]):
    """A download that resumes at any places gives the file, byte for byte."""
    places = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    joined = b""
    for start, end in itertools.pairwise(places):
        answer = decide(Asked(range=f"bytes={start}-{end - 1}"), kept_of(len(content)))
        joined += content[answer.start : answer.start + answer.length]
        assert answer.status == 206
    assert joined == content


@settings(max_examples=300, deadline=None)
@given(size=st.integers(1, 10**7), first=st.integers(0, 10**8), last=st.integers(0, 10**8))
def test_a_range_agrees_with_slicing(size: int, first: int, last: int):
    """first-last is what a slice of the file from first to last, both included, would be."""
    answer = decide(Asked(range=f"bytes={first}-{last}"), kept_of(size))
    places = range(size)[first : last + 1]
    if last < first:
        assert answer == Answer(status=200, length=size)
    elif not places:
        assert answer == REFUSED
    else:
        assert answer == part(places.start, len(places))


@settings(max_examples=300, deadline=None)
@given(size=st.integers(1, 10**7), length=st.integers(1, 10**8))
def test_a_suffix_agrees_with_slicing(size: int, length: int):
    """-length is what a slice of the last bytes would be."""
    places = range(size)[-length:]
    assert decide(Asked(range=f"bytes=-{length}"), kept_of(size)) == part(places.start, len(places))
