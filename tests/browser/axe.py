"""What axe-core finds on the page that a browser shows: by light and dark, narrow and wide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.shapes import find_misfits

AXE = Path(__file__).with_name("axe.min.js")

WCAG_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""Every rule of WCAG 2.2 up to AA that a program can check, and what axe-core's makers advise."""

ENHANCED = "color-contrast-enhanced"
"""Contrast of 7:1, which is AAA: what somebody gets who asks the device for more of it."""

OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that can find something else in other colours; all others look at the tree and at
where things stand, which are the same in the dark."""

FIND = """
async ([type, values, more]) => {
  const rules = Object.fromEntries(more.map((name) => [name, { enabled: true }]));
  const runOnly = { type, values };
  const { violations } = await axe.run({ runOnly, rules, resultTypes: ['violations'] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.flat().join(' ')}: ${failureSummary.split('\\n').slice(1).join(' ').trim()}`));
}
"""


FIND_PLATED = """
() => {
  const probe = document.body.appendChild(document.createElement('span'));
  probe.style.color = 'Canvas';
  const canvas = getComputedStyle(probe).color;
  probe.remove();
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const says = (each) => [...each.childNodes].some(isText) && each.checkVisibility();
  return [...document.querySelectorAll('body *')].filter(says).filter((each) => {
    const { color, forcedColorAdjust } = getComputedStyle(each);
    return color === canvas && forcedColorAdjust === 'auto';
  }).map((each) => `plated: ${each.tagName} ${each.textContent.trim()}`);
}
"""
"""In the device's own colours a browser puts a plate behind words; words of its colour are lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way in which a device shows pages."""

    width: int
    media: Mapping[str, str]
    """What the device asks for, in Playwright's words; the rest is as usual."""
    more: tuple[str, ...] = field(default=())
    """Rules that hold here beside the usual ones."""


PHONE, DESK = 390, 1280
AS_USUAL = {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "none"}
LOOKS: Mapping[str, Look] = {
    "light, phone": Look(width=PHONE, media={}),
    "light, desk": Look(width=DESK, media={}),
    "dark, phone": Look(width=PHONE, media={"color_scheme": "dark"}),
    "dark, desk": Look(width=DESK, media={"color_scheme": "dark"}),
    "more contrast, light": Look(width=PHONE, media={"contrast": "more"}, more=(ENHANCED,)),
    "more contrast, dark": Look(
        width=PHONE, media={"contrast": "more", "color_scheme": "dark"}, more=(ENHANCED,)
    ),
    "forced colours": Look(width=DESK, media={"forced_colors": "active"}),
}


def bring_axe(page: Page) -> None:
    """Have axe-core on a page, whatever the page's policy is. Where it were on every page that is
    opened, each would take twice as long.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))


def find_faults(page: Page, look: Look) -> list[str]:
    """Show the page in one look; gives the rule, the place and the reason of each fault.

    In other colours than the usual ones what depends on colours is looked at alone.
    """
    page.wait_for_load_state()  # words stand there before the styles do
    page.set_viewport_size({"width": look.width, "height": 844})
    page.emulate_media(**{**AS_USUAL, **look.media})
    bring_axe(page)
    asked = ["rule", [*OF_COLOURS, *look.more]] if look.media else ["tag", list(WCAG_AA)]
    found: list[str] = page.evaluate(FIND, [*asked, list(look.more)])
    if "forced_colors" in look.media:
        found += page.evaluate(FIND_PLATED)
    return found


Looks = tuple[str, ...]
USUAL_LOOKS: Looks = ("light, phone",)
"""Those in which every run of the tests looks at each page; `make long` looks in all of them."""


def find_all_faults(page: Page, looks: Iterable[str]) -> list[str]:
    """The faults of the page in these looks, each with the looks that it shows in; and misfits."""
    page.wait_for_load_state()  # with the colours and sizes that a page has come to
    misfits = find_misfits(page)
    seen: dict[str, list[str]] = {}
    for name in looks:
        for fault in find_faults(page, LOOKS[name]):
            seen.setdefault(fault, []).append(name)
    return misfits + [f"{fault} [{'; '.join(names)}]" for fault, names in seen.items()]
