"""A worksheet that came back is told as it was asked."""

from __future__ import annotations

from apiflask import APIFlask

from server.care import read_submitted
from server.web.worksheet_lines import lines_of


def test_every_kind_of_field_is_told(app: APIFlask):
    """In the order of the questions; a pair with its ratings; what was left out is not told."""
    content = {
        "worksheet": {
            "title": "Two answers",
            "language": "en",
            "fields": [
                {"kind": "text", "name": "what", "ask": "What happened?"},
                {"kind": "text", "name": "more", "ask": "More?"},
                {"kind": "choice", "name": "where", "ask": "Where?"},
                {"kind": "scale", "name": "now", "ask": "Now?", "most": 10},
                {
                    "kind": "pair",
                    "name": "answers",
                    "first": {"title": "To a friend"},
                    "second": {"title": "To myself"},
                },
            ],
        },
        "answers": {
            "what": "a letter",
            "where": ["at home", "outside"],
            "now": 0,
            "answers": {
                "first": {"text": "rest", "rating": 8},
                "second": {"text": "go on", "rating": 1},
            },
        },
    }
    with app.test_request_context():
        assert lines_of(read_submitted(content)) == [
            ("What happened?", "a letter"),
            ("Where?", "at home, outside"),
            ("Now?", "0"),
            ("To a friend", "rest\nKindness, by your own measure: 8 of 10"),
            ("To myself", "go on\nKindness, by your own measure: 1 of 10"),
        ]
