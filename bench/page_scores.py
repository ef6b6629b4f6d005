"""What Lighthouse says of the pages that a listener opens first, on a phone that is not fast.

Lighthouse lies in a folder of its own (`make lighthouse` puts it there) and drives Debian's
Chromium. It looks at a house of this machine with the silent voice, and at nothing else.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from bench.silent_house import ROOT, silent_house

LIGHTHOUSE = ROOT / ".lighthouse/node_modules/lighthouse/cli/index.js"
CHROME_FLAGS = (
    "--headless=new --no-sandbox --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PAGES = {
    "library": "/",
    "practice": "/practices/stepping-back",
    "live": "/practices/stepping-back/live",
}
LEAST = {"performance": 90, "accessibility": 100, "best-practices": 100, "seo": 0}
"""Each score that is printed, and what a page has to reach in it."""

RUNS = 3
"""A busy machine makes a page slow, never fast: of so many runs the quickest one counts."""

LONGEST_RUN_S = 300


def main() -> None:
    """Print the four scores of each page; ends with 1 when one of them is not enough."""
    chromium = shutil.which("chromium")
    node = shutil.which("node")
    if chromium is None or node is None or not LIGHTHOUSE.is_file():
        sys.exit("Type make lighthouse; it wants npm, and Chromium: apt-get install -y chromium")
    print(f"{'':10}" + "".join(f"{name:>16}" for name in LEAST))
    enough = True
    with silent_house(STEPBACK_RENDER_AHEAD="no") as url:
        for name, path in PAGES.items():
            if is_there(url + path):
                enough = judge(name, [node, str(LIGHTHOUSE), url + path], chromium) and enough
            else:
                print(f"{name:10}  is not there")
    sys.exit(0 if enough else 1)


def is_there(url: str) -> bool:
    """True for a page of this house; a part that is not built yet has none."""
    try:
        with urllib.request.urlopen(url, timeout=30):
            return True
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return False


def judge(name: str, command: list[str], chromium: str) -> bool:
    """Look at one page until it is quick enough, RUNS times at most; tells what is missing."""
    reports: list[dict] = []
    while len(reports) < RUNS and not (reports and is_enough(reports[-1])):
        reports.append(look(command, chromium))
    best = max(reports, key=lambda report: scores(report)["performance"])
    print(f"{name:10}" + "".join(f"{score:16}" for score in scores(best).values()), flush=True)
    for line in losses(best):
        print(f"{'':12}{line}")
    return is_enough(best)


def look(command: list[str], chromium: str) -> dict:
    """Run Lighthouse once, with its usual phone; gives its report."""
    with tempfile.TemporaryDirectory(prefix="stepback-lighthouse-") as folder:
        path = Path(folder) / "report.json"
        arguments = [
            *("--quiet", "--no-enable-error-reporting", "--output=json", f"--output-path={path}"),
            *(f"--chrome-flags={CHROME_FLAGS}", f"--only-categories={','.join(LEAST)}"),
        ]
        environment = {**os.environ, "CHROME_PATH": chromium}
        subprocess.run([*command, *arguments], env=environment, check=True, timeout=LONGEST_RUN_S)
        report: dict = json.loads(path.read_text(encoding="utf-8"))
    return report


def scores(report: dict) -> dict[str, int]:
    """The four scores, of 100."""
    return {name: round(100 * (report["categories"][name]["score"] or 0)) for name in LEAST}


def is_enough(report: dict) -> bool:
    """True when every score is at least what it has to be."""
    return all(score >= LEAST[name] for name, score in scores(report).items())


def losses(report: dict) -> list[str]:
    """What cost the page points, the part first."""
    found = []
    for name in LEAST:
        for reference in report["categories"][name]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                value = audit.get("displayValue", "")
                found.append(f"{name}: {audit['title']} {value}".rstrip())
    return found


if __name__ == "__main__":
    main()
