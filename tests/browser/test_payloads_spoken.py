"""Words of one's own are shown as they were written also where they are spoken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.live_house import LiveSound, grain, make_lines, open_room
from tests.browser.payloads import PARTS, PAYLOADS, PLAIN, REFUSED, squeezed, watched
from tests.browser.preview import Preview
from tests.browser.room_house import RoomHouse, run_room_house
from tests.browser.scripted_sitting import SLUG, ScriptedSitting, line, station
from tests.sitting.small import BODY, FRONT

pytestmark = [pytest.mark.browser, pytest.mark.long]

LONGEST = 200
LAST = "That is all of it."
LINE = "document.querySelector('#room-line').textContent"
LIVE_LINE = "document.querySelector('#live-line').textContent"
LIVE_FRONT = FRONT.replace("    default: there", f"    longest: {LONGEST}\n    default: there")
KINDS = """[
  ...new Set([...document.querySelectorAll(".ladder *")].map((each) => each.tagName)),
].sort()"""
WORDS = tuple(f"word-{number}" for number in range(18))
SPOKEN = "many-words"


def spoken_script() -> str:
    """A practice with as many long words as one may have, each in a line of its own."""
    asked = "".join(
        f"  {word}:\n    ask: What is it?\n    default: {word}\n    longest: {LONGEST}\n"
        for word in WORDS
    )
    lines = "\n\n".join(f"Here it is: {{{word}}}. [1s]" for word in WORDS)
    front = FRONT.partition("words:")[0].replace("a-practice", SPOKEN).replace("[5, 10]", "[5]")
    return f"{front}words:\n{asked}---\n\n# Here\n\n{lines}\n\n{LAST}\n\n[silence fill]\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomHouse]:
    """A house whose voice is as long as a voice, and silent."""
    folder = tmp_path_factory.mktemp("spoken")
    with run_room_house(folder, STEPBACK_VOICE="silent") as running:
        (folder / "scripts/ground" / f"{SPOKEN}.md").write_text(spoken_script(), encoding="utf-8")
        yield running


def in_packs() -> list[str]:
    """Every text once that a door takes, as many at a time as a word may hold."""
    packs, left = [""], LONGEST
    for text in (each for each in PAYLOADS if each not in REFUSED):
        if len(text) + 1 > left:
            packs.append("")
            left = LONGEST
        packs[-1] += f"{text} "
        left -= len(text) + 1
    return [pack.strip() for pack in packs]


def lines_of(page: Page, url: str, packs: list[str]) -> list[str]:
    """What the player of the room shows, line by line; each page is made of the same parts."""
    page.goto(f"{url}/room/play/{SPOKEN}")
    for word, pack in zip(WORDS, packs, strict=False):
        page.fill(f"#word-{word}", pack)
    page.click("#begin")
    page.wait_for_selector("body[data-step=room]", timeout=120_000)
    page.click("#play")
    shown, parts = [""], []
    while shown[-1] != LAST:
        page.wait_for_function(f"(last) => {LINE} !== last", arg=shown[-1])
        shown.append(page.evaluate(LINE))
        parts.append(page.evaluate(PARTS))
        page.click("#skip")
    # The last line is the practice's own.
    assert parts == [parts[-1]] * (len(WORDS) + 1)
    return shown[1:]


def test_the_room_shows_words_as_they_are(chromium: Browser, house: RoomHouse):
    """The player takes each from the captions of the recording, and makes nothing else of it."""
    errors: list[str] = []
    desk = house.people.signed_in(house.people.ada)
    packs = in_packs()
    with watched(chromium, house.url, desk, errors) as page:
        for start in range(0, len(packs), len(WORDS)):
            some = packs[start : start + len(WORDS)]
            shown = lines_of(page, house.url, some)
            for text, pack in zip(shown, some, strict=False):
                assert squeezed(pack) in squeezed(text)
    assert errors == []


def scripted(texts: tuple[str, ...]) -> ScriptedSitting:
    """A sitting in which every line, question and rung is made of these texts."""
    lines_at = make_lines()
    sound = LiveSound(room=open_room(), lines=lines_at(1), heard_at_first=grain(0))
    sound.is_reachable.set()
    whole = "\n".join(texts)
    return ScriptedSitting(
        sound=sound,
        lines=[line(1, 2.5, whole)],
        stations=[station(0, "guided"), station(3, "asking", f"{whole}?")],
        ladder=[{"words": text, "outcome": "met"} for text in texts],
    )


def sit(page: Page, url: str, script: ScriptedSitting, packs: list[str]) -> list[object]:
    """Sit with these words and keep what came; gives of what the pages were made."""
    script.take_over(page)
    page.goto(f"{url}/practices/{SLUG}/live")
    page.fill("#word-obstacle", packs[0])
    page.click("#begin")
    made = []
    for name in ("guided", "asking"):
        page.wait_for_selector(f"#sitting[data-station={name}]")
        page.wait_for_function(f"() => {LIVE_LINE}.length > 100")
        made.append(page.evaluate(PARTS))
        shows_all(script, page.evaluate(LIVE_LINE))
    for pack in packs[1:]:
        page.click("#say-here")
        page.fill("#here-words", pack)
        page.click("#here button[type=submit]")
    page.click("#too-much")
    page.get_by_role("button", name="Stop here").click()
    page.wait_for_selector("body[data-step=closing]")
    made.append(look_at_ladder(page, script))
    page.get_by_role("button", name="Keep on this device").click()
    page.goto(f"{url}/my-practice")
    page.locator("#ladder-list summary").click()
    made.append(look_at_ladder(page, script))
    return made


def shows_all(script: ScriptedSitting, shown: str) -> None:
    """Each rung's words stand in what is shown."""
    for rung in script.ladder:
        assert squeezed(rung["words"]) in squeezed(shown)


def look_at_ladder(page: Page, script: ScriptedSitting) -> list[object]:
    """It shows all words; gives which kinds of elements it is made of, and all scripts."""
    page.wait_for_selector(".ladder svg")
    shows_all(script, page.locator(".ladder").text_content() or "")
    return page.evaluate(KINDS), page.evaluate(PARTS)[1:]


def test_a_sitting_shows_words_as_they_are(preview: Preview, chromium: Browser):
    """The one line, its question, the ladder after it, and the same one in My practice."""
    (preview.scripts_path / f"{SLUG}.md").write_text(LIVE_FRONT + BODY, encoding="utf-8")
    errors: list[str] = []
    made = []
    packs = in_packs()
    for texts, words in ((PAYLOADS, packs), (PLAIN, ["plain"] * len(packs))):
        with watched(chromium, preview.url, None, errors) as page:
            script = scripted(texts)
            made.append(sit(page, preview.url, script, words))
            given = [each["words"]["obstacle"] for each in script.begun]
            given += [
                each["words"]["obstacle"] for each in script.moves if each["move"] == "step-back"
            ]
            assert given == words
    assert made[0] == made[1]
    assert errors == []
