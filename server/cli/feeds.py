"""feed: the public feeds, what they announce, and how often their episodes were fetched."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from server.cli.frame import Commands, as_json, main, open_database
from server.cli.table import print_table

if TYPE_CHECKING:
    from server.config import Settings
    from server.render import News
    from server.store import DownloadRow, FeedRow, PracticeRow

FEED_HEAD = ("feed", "address", "episodes", "last changed")
DOWNLOAD_HEAD = ("episode", "downloads", "last on")
NEVER = "not asked for yet"


@main.group(cls=Commands)
def feed() -> None:
    """Show the public feeds, and how often their episodes were fetched."""


@feed.command("list")
@as_json
def list_all(is_json: bool) -> None:
    """Show every public feed: its address, its episodes, and when it last changed.

    A change is seen when an app asks for the feed.
    """
    from server.render import list_feed_names, open_catalogue, read_news
    from server.store import list_feeds

    settings, database = open_database()
    with database.reading() as db:
        rows = {row.name: row for row in list_feeds(db)}
        news = read_news(db, settings, open_catalogue(settings))
    told = [_told(settings, news, name, rows.get(name)) for name in list_feed_names(news)]
    if is_json:
        click.echo(json.dumps(told, indent=2))
        return
    cells = [
        (
            str(each["name"]),
            str(each["address"]),
            str(each["episodes"]),
            _moment(str(each["changed_at"] or "")),
        )
        for each in told
    ]
    print_table(FEED_HEAD, cells, right={"episodes"})


@feed.command()
@click.option("--json", "is_json", is_flag=True, help="As JSON, for programs: day by day.")
def downloads(is_json: bool) -> None:
    """Show how often each episode was fetched whole, in the last 30 days.

    Once for each listener and day. A practice counts as one episode, in whichever feed it is.
    """
    from server.store import list_downloads, list_practices

    settings, database = open_database()
    with database.reading() as db:
        rows = list_downloads(db, datetime.now(UTC))
        practices = {row.guid: row for row in list_practices(db)}
    found: dict[str, list[DownloadRow]] = defaultdict(list)
    for row in rows:
        found[row.guid].append(row)
    if is_json:
        click.echo(json.dumps([_days(guid, practices, found[guid]) for guid in found], indent=2))
    elif found:
        cells = [
            (
                _title(guid, practices),
                str(sum(row.count for row in days)),
                max(row.day for row in days).isoformat(),
            )
            for guid, days in found.items()
        ]
        cells.sort(key=lambda cell: (-int(cell[1]), cell[0]))
        print_table(DOWNLOAD_HEAD, cells, right={"downloads"})
    elif settings.counts_downloads:
        click.echo("Nothing was fetched whole in the last 30 days.")
    else:
        click.echo("Downloads are not counted: STEPBACK_COUNT_DOWNLOADS is no.")


def _told(settings: Settings, news: News, name: str, row: FeedRow | None) -> dict[str, object]:
    from server.feed import feed_guid
    from server.render import feed_path, outline_feed
    from server.store import FeedRow

    address = settings.public_url + feed_path(name)
    asked = row or FeedRow(name=name, guid=feed_guid(address), first_url=address)
    changed_at = row.changed_at if row else None
    return {
        "name": name,
        "address": address,
        "episodes": len(outline_feed(news, asked).entries),
        "guid": asked.guid,
        "changed_at": changed_at.isoformat() if changed_at else None,
    }


def _moment(iso: str) -> str:
    return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M} UTC" if iso else NEVER


def _title(guid: str, practices: dict[str, PracticeRow]) -> str:
    return practices[guid].title if guid in practices else guid


def _days(
    guid: str, practices: dict[str, PracticeRow], days: list[DownloadRow]
) -> dict[str, object]:
    practice = practices.get(guid)
    return {
        "guid": guid,
        "practice": practice.slug if practice else None,
        "title": practice.title if practice else None,
        "downloads": sum(row.count for row in days),
        "days": {row.day.isoformat(): row.count for row in days},
    }
