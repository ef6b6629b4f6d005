"""The input gate: what passes, what is refused, and that nothing else can happen."""

import io
import json
import math
import unicodedata
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.errors import InputRefused
from server.web.gate import (
    DEEPEST,
    LARGEST_BODY_BYTES,
    LARGEST_SUBMISSION_BODY_BYTES,
    clean_text,
    read_json,
)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b'{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        (b'"two\\nlines\\tand a tab"', "two\nlines\tand a tab"),
        ('"e\u0301"'.encode(), "é"),
        (b'"e\\u0301"', "é"),
        ('{"e\u0301": 1}'.encode(), {"é": 1}),
        (b'"\\ud83c\\udf3f"', "🌿"),
        (b'"[[[[[[[[[[[[[[[[[[[["', "[" * 20),
        (b'"\\"[[[[[[[[[[[[[[[[[[[["', '"' + "[" * 20),
        (b"[" * DEEPEST + b"]" * DEEPEST, None),
        (b"999999999999999", 999_999_999_999_999),
        (b"-999999999999999", -999_999_999_999_999),
    ],
)
def test_ordinary_bodies_pass(body: bytes, value: Any):
    """A body within the rules is read as it is, its strings composed."""
    if value is None:
        assert read_json(body) is not None
    else:
        assert read_json(body) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nul",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'"\xed\xa0\x80"',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e999",
        b"1000000000000000",
        b"9" * 60_000,
        b"-" + b"9" * 60_000,
        b'{"a": 1, "a": 2}',
        '{"\u00e9": 1, "e\u0301": 2}'.encode(),
        b'{"a": {"b": 1, "b": 1}}',
        b'"\\u0000"',
        b'{"\\u0000": 1}',
        b'["\\u001f"]',
        b'"\\r"',
        b'"\x00"',
        b'"\\ud800"',
        b'{"x": {"\\udfff": 1}}',
        b'"\\ude00\\ud83d"',
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b'[["' + b"[" * 100 + b'"' + b"[" * 20,
        ('"e' + "\u0301" * 33 + '"').encode(),
    ],
)
def test_bodies_outside_the_rules_are_refused(body: bytes):
    """Each of them is InputRefused, with a sentence to show."""
    with pytest.raises(InputRefused) as caught:
        read_json(body)
    assert str(caught.value).startswith(("The body ", "There is a "))


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=200))
@example(b'"\\')
@example(b'{"a":"\\u12"}')
def test_arbitrary_bytes_give_a_value_or_a_refusal(body: bytes):
    """No bytes whatever end in another exception."""
    try:
        value = read_json(body)
    except InputRefused:
        return
    json.dumps(value, allow_nan=False).encode()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def strings_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*value, *(text for item in value.values() for text in strings_of(item))]
    if isinstance(value, list):
        return [text for item in value for text in strings_of(item)]
    return []


@settings(max_examples=500, deadline=None)
@given(VALUES, st.booleans())
def test_every_string_that_passes_is_clean(value: Any, escaped: bool):
    """Strings of a value that passes are composed, and free of what cannot be kept."""
    body = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    try:
        read = read_json(body)
    except InputRefused:
        return
    for text in strings_of(read):
        assert text == unicodedata.normalize("NFC", text)
        assert not any(
            (ord(letter) < 32 and letter not in "\n\t") or unicodedata.category(letter) == "Cs"
            for letter in text
        )


@settings(max_examples=300, deadline=None)
@given(st.recursive(st.integers(-(10**14), 10**14) | st.text("abc é"), st.lists, max_leaves=10))
def test_clean_values_come_back_as_they_were(value: Any):
    """What holds nothing forbidden goes through unchanged."""
    assert read_json(json.dumps(value)) == value


WORST_BODIES = (
    b"[" * LARGEST_BODY_BYTES,
    b'"' + b'\\"' * (LARGEST_BODY_BYTES // 2),
    b'"' * LARGEST_BODY_BYTES,
    ('"' + "\u0315\u0300" * (LARGEST_BODY_BYTES // 4) + '"').encode(),
    ('"' + "\u0315" * 8000 + "\u0300" * 8000 + '"').encode(),
    b'{"a":1,' * (LARGEST_BODY_BYTES // 7),
    b"1" * LARGEST_BODY_BYTES,
    b"0." + b"1" * LARGEST_BODY_BYTES,
)
"""Of the largest size; `make bench` sees to it that none takes long."""


@pytest.mark.parametrize("body", WORST_BODIES)
def test_the_worst_body_is_read_or_refused(body: bytes):
    """And nothing else happens."""
    try:
        value = read_json(body)
    except InputRefused:
        value = None
    assert value is None or math.isfinite(value)


def test_single_strings_are_cleaned_alike():
    """The gate for one string composes it and refuses what the gate for bodies refuses."""
    assert clean_text("e\u0301") == "é"
    with pytest.raises(InputRefused):
        clean_text("a\x00")
    with pytest.raises(InputRefused):
        clean_text("é\x1b")


@pytest.mark.parametrize("host", ["localhost:99999", "a b"])
def test_what_changes_something_names_its_host(client, host: str):
    """A Host that can be no name is a 400 before anything relies on it."""
    assert client.post("/sign-in/passkey", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    ("path", "length", "status", "left"),
    [
        ("/api/submissions", LARGEST_SUBMISSION_BODY_BYTES, 404, 0),
        ("/api/session-entries", LARGEST_BODY_BYTES + 1, 413, 0),
        ("/nothing-here", LARGEST_BODY_BYTES, 404, 0),
        ("/api/submissions", LARGEST_SUBMISSION_BODY_BYTES + 1, 413, 10),
    ],
)
def test_a_body_that_nobody_wants_is_read_all_the_same(
    client: FlaskClient, path: str, length: int, status: int, left: int
):
    """Else a proxy in the middle of sending it meets a closed line, and tells of that instead."""
    sent = io.BytesIO(b" " * length)
    answer = client.post(
        path, input_stream=sent, content_length=length, content_type="application/json"
    )
    assert answer.status_code == status
    assert len(sent.read(10)) == left
