"""Practice in time: columns for weeks, blocks for returns, and nothing for what was not."""

from __future__ import annotations

import re
from datetime import date, timedelta

from apiflask import APIFlask

from server.web.weeks_picture import WIDTH, Week, draw_weeks, weeks_of

MONDAY = date(2027, 3, 1)
MINUTE_MS = 60_000


def blocks(app: APIFlask, weeks: tuple[Week, ...]) -> list[tuple[float, ...]]:
    """Place and size of each block."""
    with app.test_request_context():
        drawn = str(draw_weeks(weeks))
    found = re.findall(
        r'<rect class="week-block" x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"',
        drawn,
    )
    return [tuple(map(float, each)) for each in found]


def test_days_are_put_into_their_weeks():
    """From the first to the last that was practised in; a week begins on Monday."""
    days = ((MONDAY + timedelta(days=20), 3), (MONDAY + timedelta(days=6), 1), (MONDAY, 2))
    assert [(week.starts_on, week.lengths_ms) for week in weeks_of(days)] == [
        (MONDAY, (2, 1)),
        (MONDAY + timedelta(weeks=1), ()),
        (MONDAY + timedelta(weeks=2), (3,)),
    ]
    assert weeks_of(()) == ()


def test_a_return_is_a_block_as_high_as_its_minutes(app: APIFlask):
    """One upon the other in their week; a short time is seen as well."""
    drawn = blocks(app, weeks_of(((MONDAY, 20 * MINUTE_MS), (MONDAY, 10 * MINUTE_MS), (MONDAY, 0))))
    (_, y1, _, long), (_, y2, _, short), (_, y3, _, least) = drawn
    assert abs((long + 2) / (short + 2) - 2) < 0.05
    assert least >= 2
    assert y1 > y2 > y3


def test_a_week_without_practice_is_narrow_white_paper(app: APIFlask):
    """It takes a quarter of a column, and nothing is drawn there."""
    near = blocks(app, weeks_of(((MONDAY, 1), (MONDAY + timedelta(weeks=1), 1))))
    far = blocks(app, weeks_of(((MONDAY, 1), (MONDAY + timedelta(weeks=5), 1))))
    column = near[1][0] - near[0][0]
    assert far[1][0] - far[0][0] == column * 2
    assert len(far) == 2


def test_blocks_are_alike_where_minutes_are_not_seen(app: APIFlask):
    """Each return is as high as any other."""
    drawn = blocks(app, weeks_of(((MONDAY, None), (MONDAY, None), (MONDAY, None))))
    assert len({height for *_, height in drawn}) == 1


def test_everything_stays_in_the_picture(app: APIFlask):
    """Years of weeks, and more times in one week than anybody sits."""
    years = weeks_of((MONDAY + timedelta(weeks=number), MINUTE_MS) for number in range(300))
    crowded = weeks_of((MONDAY, MINUTE_MS) for _ in range(200))
    for weeks in (years, crowded):
        for x, y, width, height in blocks(app, weeks):
            assert 0 <= x <= x + width <= WIDTH + 0.1
            assert 0 <= y <= y + height <= 170


def test_nothing_says_how_many_weeks_had_none(app: APIFlask):
    """Each month is named once, where something was practised in it."""
    weeks = weeks_of(((MONDAY, 1), (MONDAY + timedelta(weeks=44), 1)))
    with app.test_request_context():
        drawn = str(draw_weeks(weeks))
    assert re.findall(r"<title>([^<]*)</title>", drawn) == [
        "Week of 1 Mar 2027",
        "Week of 3 Jan 2028",
    ]
