"""check: what an author types to have a practice looked over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.authoring import read_text
from server.cli.frame import main, read_settings, waiting
from server.cli.table import say_count
from server.errors import InvalidScript, StepbackError

if TYPE_CHECKING:
    from server.checker import Rule
    from server.config import Settings
    from server.render import Checked
    from server.script import Crisis


@main.command()
@click.argument("scripts", nargs=-1, type=click.Path(path_type=Path))
@click.option("--explain", is_flag=True, help="Say why each remark is made, and what is better.")
@click.option("--rules", "is_list", is_flag=True, help="List all rules instead of checking.")
@click.option(
    "--json", "is_json", is_flag=True, help="Write JSON for an editor to standard output."
)
def check(scripts: tuple[Path, ...], explain: bool, is_list: bool, is_json: bool) -> None:
    """Read SCRIPTS and tell what is wrong with them, or unkind, or hard to follow.

    A folder stands for every .md file below it, its lexicon.yaml, map.yaml and crisis.yaml, its
    courses and its worksheets.
    Exit code 1 when there is a mistake, an error or a warning; hints do not count.
    docs/checks.md explains every rule, and how a remark is answered that is wrong for a sentence.
    """
    if is_list:
        _list_rules(explain, is_json)
        return
    if not scripts:
        raise click.MissingParameter(param_hint="'SCRIPTS...'", param_type="argument")
    settings = read_settings()
    with waiting("Checking"):
        found = [_check(settings, path) for path in _script_files(scripts)]
    if is_json:
        _write_json(found)
    else:
        _tell(found, explain)
    count = _counted(found, with_hints=False)
    if count:
        raise StepbackError(f"{count}.")


def _check(settings: Settings, path: Path) -> Checked:
    from server.render import Checked, check_source

    source = read_text(path)
    if path.suffix != ".yaml":
        return check_source(settings, source, path)
    try:
        return Checked(path=str(path), title=_check_beside(settings, path, source))
    except InvalidScript as error:
        return Checked(path=str(path), problems=error.problems)


def _check_beside(settings: Settings, path: Path, source: str) -> str:
    """Check what stands beside the scripts, and say what it is."""
    from server.care import parse_worksheet
    from server.render import COURSES_NAME, CRISIS_NAME, MAP_NAME, WORKSHEETS_NAME, check_guide
    from server.script import parse_crisis, parse_lexicon

    if path.name == CRISIS_NAME:
        return _say_cards(parse_crisis(source, path=str(path)))
    folder = path.absolute().parent.name
    if path.name == MAP_NAME or folder == COURSES_NAME:
        return check_guide(settings, path)
    if folder == WORKSHEETS_NAME:
        worksheet = parse_worksheet(source, path=str(path))
        asked = len(worksheet.fields)
        return f"{worksheet.title}, {asked} question{'s' if asked != 1 else ''}"
    count = len(parse_lexicon(source, path=str(path)))
    return f"{count} respelling{'s' if count != 1 else ''}"


def _say_cards(crisis: Crisis) -> str:
    """Name the languages of the crisis cards, and how many numbers each of them holds."""
    counts = ", ".join(f"{card.language} {len(card.numbers)}" for card in crisis.cards)
    return f"crisis cards (numbers: {counts})"


def _script_files(paths: tuple[Path, ...]) -> Iterator[Path]:
    from server.render import (
        COURSES_NAME,
        CRISIS_NAME,
        LEXICON_NAME,
        MAP_NAME,
        WORKSHEETS_NAME,
    )

    folders = (COURSES_NAME, WORKSHEETS_NAME)
    for path in paths:
        if path.is_dir():
            beside = (path / name for name in (LEXICON_NAME, MAP_NAME, CRISIS_NAME))
            yield from sorted((*path.rglob("*.md"), *filter(Path.is_file, beside)))
            for folder in (path, *(path / name for name in folders)):
                if folder.absolute().name in folders:
                    yield from sorted(folder.glob("*.yaml"))
        else:
            yield path


# ── said to people ───────────────────────────────────────────────────────────────────────────


def _tell(found: Iterable[Checked], explain: bool) -> None:
    explained: set[str] = set()
    for checked in found:
        for problem in checked.problems:
            click.echo(str(problem), err=True)
        for remark in checked.remarks:
            click.echo(str(remark), err=True)
            if explain and remark.rule not in explained:
                explained.add(remark.rule)
                _explain(remark.rule)
        if not checked.problems:
            click.echo(_summary(checked))


def _explain(rule_id: str) -> None:
    from server.checker import find_rule

    rule = find_rule(rule_id)
    if rule is not None:
        click.echo(_explanation(rule), err=True)


def _explanation(rule: Rule) -> str:
    """Why a rule speaks, and its better example, indented below its remark."""
    why = click.wrap_text(rule.why, width=92, initial_indent="  ", subsequent_indent="  ")
    better = "\n".join(f"    {line}" for line in rule.better.splitlines())
    return f"{why}\n  Better:\n{better}\n"


def _summary(checked: Checked) -> str:
    """One line about a file without mistakes: what it is, and what was said of it."""
    minutes = f", {', '.join(map(str, checked.minutes))} minutes" if checked.minutes else ""
    verdict = _counted([checked], with_hints=True) or "no mistakes"
    timed = f" (pace {_timing(checked)})" if checked.minutes else ""
    return f"{checked.path}: {checked.title or 'a passage'}{minutes}: {verdict}{timed}"


def _timing(checked: Checked) -> str:
    if not checked.measured_minutes:
        return "estimated"
    if checked.measured_minutes == checked.minutes:
        return "measured"
    measured = " and ".join(map(str, checked.measured_minutes))
    return f"measured at {measured} minutes, else estimated"


def _counted(found: Iterable[Checked], *, with_hints: bool) -> str:
    """How much there is of each kind, as "2 mistakes, 1 warning"; empty where there is nothing."""
    counts = Counter[str]()
    for checked in found:
        counts["mistake"] += len(checked.problems)
        counts.update(str(remark.severity) for remark in checked.remarks)
    kinds = ("mistake", "error", "warning", *(("hint",) if with_hints else ()))
    return ", ".join(say_count(counts[kind], kind) for kind in kinds if counts[kind])


def _list_rules(explain: bool, is_json: bool) -> None:
    from server.checker import RULES, rule_as_data

    if is_json:
        rules = [rule_as_data(rule) for rule in RULES]
        click.echo(json.dumps({"version": 1, "rules": rules}, indent=1, ensure_ascii=False))
        return
    for rule in RULES:
        click.echo(f"{rule.id:20} {rule.severity:8} {rule.title}")
        if explain:
            click.echo(_explanation(rule))


# ── said to editors ──────────────────────────────────────────────────────────────────────────


def _write_json(found: Iterable[Checked]) -> None:
    files = [checked.as_data() for checked in found]
    click.echo(json.dumps({"version": 1, "files": files}, indent=1, ensure_ascii=False))
