"""Dashboard, alerts and document name the metrics that there are, and no others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from server.watch.meters import HOUSE, METERS
from tests.conftest import ROOT

DASHBOARD = json.loads((ROOT / "deploy/grafana/stepback.json").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
DOCUMENT = (ROOT / "docs/watching.md").read_text(encoding="utf-8")

EACH = {f"{metric.name}{'_total' * (metric.type == 'counter')}" for metric in METERS.collect()}
EACH |= {gauge.name for gauge in HOUSE}
"""The metrics by the names that people say."""


def names_in(text: str) -> set[str]:
    """The metrics that an expression asks for, a histogram by its own name."""
    found = re.findall(r"\bstepback_[a-z_]+\b", text)
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in found}


def panels() -> Iterator[dict[str, Any]]:
    return (panel for panel in DASHBOARD["panels"] if panel["type"] != "row")


def test_the_dashboard_shows_each_metric_and_no_other():
    """What is counted is seen, and no panel stays empty for a name that has gone."""
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    assert names_in(" ".join(asked)) == EACH


def test_the_dashboard_can_be_imported():
    """It names no source of data and no number of its own server's, and nothing lies twice."""
    assert DASHBOARD["uid"] == "stepback"
    assert "id" not in DASHBOARD
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    [variable] = DASHBOARD["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("datasource", "datasource")
    cells: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        taken = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not taken & cells, panel["title"]
        cells |= taken
    for panel in panels():
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["title"]
        assert panel["description"]


def test_a_gauge_of_the_house_is_never_added_up():
    """Each part says the same of the whole house."""
    expressions = [target["expr"] for panel in panels() for target in panel["targets"]]
    expressions += [rule["expr"] for rule in ALERTS["groups"][0]["rules"]]
    for gauge in HOUSE:
        for expression in expressions:
            assert not re.search(rf"sum[^)]*{gauge.name}\b", expression), expression


def test_the_alerts_ask_for_metrics_that_there_are():
    """Each says what is the matter in a sentence."""
    rules = ALERTS["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules) == 7
    for rule in rules:
        assert names_in(rule["expr"]) <= EACH
        assert rule["expr"].startswith("up{") or names_in(rule["expr"])
        assert rule["annotations"]["summary"].endswith((".", "`."))
        assert rule["labels"]["severity"] in {"page", "look"}


def test_the_document_tells_each_metric():
    """The table in docs/watching.md has a line for each, and no other."""
    assert set(re.findall(r"^\| `(stepback_\w+)` \|", DOCUMENT, re.MULTILINE)) == EACH
