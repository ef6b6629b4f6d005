"""A listener's choices: what is chosen is ordered, said in one line, and remembered."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.preview import Preview

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]


@pytest.fixture
def page(chromium: Browser, preview: Preview) -> Iterator[Page]:
    """The page of the practice, on a phone."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{preview.url}/practices/soft-ground")
    yield page
    assert errors == []
    context.close()


def ordered(page: Page) -> dict:
    """What a press of Begin asks of the server."""
    with page.expect_request("**/api/renders") as asked:
        page.click("#begin")
    return json.loads(asked.value.post_data)


def choose(page: Page, fold: str = "choices", **chosen: str) -> None:
    """Open a fold and choose."""
    page.click(f"#{fold} summary")
    for name, value in chosen.items():
        page.check(f"[name={name}][value={value}]")


def test_no_press_is_lost_while_the_page_is_on_its_way(page: Page):
    """Begin can be pressed as soon as somebody is there to hear it, and not before."""
    held = []
    page.route("**/js/practice.js", lambda route: held.append(route))
    with page.expect_request("**/js/practice.js"):
        page.reload(wait_until="commit")
    expect(page.locator("#begin")).to_be_disabled()
    held[0].continue_()
    expect(page.locator("#begin")).to_be_enabled()
    assert ordered(page)["practice"] == "soft-ground"


def test_nothing_is_sent_that_was_not_chosen(page: Page):
    """A practice is as it was written, and the fold closed, until somebody wants it otherwise."""
    assert not page.locator("#choices").evaluate("fold => fold.open")
    expect(page.locator("#choices-said")).to_have_text("as written")
    assert set(ordered(page)) == {"practice", "minutes", "words"}


def test_what_was_chosen_is_sent_said_and_remembered(page: Page):
    """One line says it with the fold closed, and the next visit begins with it."""
    choose(page, pace="slower", bed="rain", bed_level="low")
    page.reload()
    expect(page.locator("#choices-said")).to_have_text("a little slower, rain, soft")
    sent = ordered(page)
    assert (sent["pace"], sent["bed"], sent["bed_level"]) == ("slower", "rain", "low")


def test_without_a_background_it_has_no_loudness(page: Page):
    """Nothing under the voice is neither soft nor full."""
    choose(page, bed_level="high", bed="none")
    expect(page.locator("#bed-levels")).to_be_hidden()
    expect(page.locator("#choices-said")).to_have_text("nothing under the voice")
    sent = ordered(page)
    assert sent["bed"] == "none"
    assert "bed_level" not in sent


def test_a_sound_that_has_left_the_house_is_not_ordered(page: Page):
    """What is remembered but no longer offered counts as not chosen."""
    kept = json.dumps({"bed": "my-old-record", "pace": "quicker"})
    page.evaluate("kept => localStorage.setItem('stepback.choices', kept)", kept)
    page.reload()
    expect(page.locator("#choices-said")).to_have_text("a little quicker")
    sent = ordered(page)
    assert "bed" not in sent
    assert sent["pace"] == "quicker"


def test_how_somebody_sits_is_sent_said_and_remembered(page: Page):
    """Both are a choice of their own, beside voice and background."""
    expect(page.locator("#sit-said")).to_have_text("as you like")
    choose(page, "sit", anchor="sound", eyes="closed")
    choose(page, pace="slower")
    page.reload()
    expect(page.locator("#sit-said")).to_have_text("sounds, eyes closed")
    expect(page.locator("#choices-said")).to_have_text("a little slower")
    sent = ordered(page)
    assert (sent["anchor"], sent["eyes"], sent["pace"]) == ("sound", "closed", "slower")


def test_looking_at_something_keeps_the_eyes_open(page: Page):
    """Closed eyes are not asked for then, and the page says why; afterwards they are as before."""
    choose(page, "sit", eyes="closed", anchor="sight")
    expect(page.locator("#eyes-pills")).to_be_hidden()
    expect(page.locator("#eyes-open")).to_be_visible()
    expect(page.locator("#sit-said")).to_have_text("something to look at, eyes open")
    page.check("[name=anchor][value=feet]")
    expect(page.locator("#sit-said")).to_have_text("feet, eyes closed")
    page.check("[name=anchor][value=sight]")
    sent = ordered(page)
    assert sent["anchor"] == "sight"
    assert "eyes" not in sent


def test_another_time_is_another_telling(page: Page):
    """What was heard to its end is told with the next of its alternatives; the page shows it."""
    for heard, seed in ((1, 1), (7, 3)):
        kept = json.dumps({"soft-ground": heard})
        page.evaluate("kept => localStorage.setItem('stepback.told', kept)", kept)
        with page.expect_request(f"**/soft-ground/telling?minutes=2&seed={seed}"):
            page.reload()
        assert ordered(page)["seed"] == seed
        page.reload()
    page.evaluate("localStorage.setItem('stepback.told', JSON.stringify({'soft-ground': 8}))")
    page.reload()
    assert "seed" not in ordered(page)


def test_the_words_on_the_page_follow_the_choice(page: Page, preview: Preview):
    """What is read is what will be heard; what cannot be fetched is not shown wrongly."""
    path = preview.scripts_path / "soft-ground.md"
    when = ":::when eyes=closed\nYour eyes may be closed. [2s]\n:::\n\n# Standing"
    path.write_text(path.read_text().replace("# Standing", when))
    words = page.locator("#said-text")
    page.click("text=Read it instead")
    expect(words).to_contain_text("You are in “this room”.")
    choose(page, "sit", eyes="closed")
    expect(words).to_contain_text("Your eyes may be closed.")
    page.check("[name=eyes][value=any]")
    expect(words).not_to_contain_text("Your eyes may be closed.")
    page.route("**/telling*", lambda route: route.abort())
    page.check("[name=eyes][value=open]")
    expect(words).to_contain_text("The words could not be fetched just now.")
    expect(page.locator("#score svg")).to_have_count(0)
    page.unroute("**/telling*")
    page.check("[name=eyes][value=closed]")
    expect(words).to_contain_text("Your eyes may be closed.")
    expect(page.locator("#score svg")).to_have_count(1)
