"""Writing in the browser: marked, saved, heard, changed by two hands, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.preview import Preview
from tests.growing import Encoded, Growing

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

SAVED = "Saved. It is in the library."
SAVED_WITH_MISTAKES = "Saved. With its mistakes it is not in the library."
AUDIO = "document.querySelector('#audio')"


@pytest.fixture
def script(tmp_path: Path, preview: Preview) -> Path:
    """The file of the one practice of the house, in which no rule finds a mistake."""
    path = tmp_path / "scripts/soft-ground.md"
    path.write_text(path.read_text().replace("in {place}.", "in a place: “{place}”."))
    return path


@pytest.fixture
def page(chromium: Browser, preview: Preview, script: Path) -> Iterator[Page]:
    """The page of the script, at a desk; nothing of it may trip over the policy."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Policy" in m.text else None)
    page.goto(f"{preview.url}/author")
    page.click("text=Soft ground")
    expect(page.locator("#state")).to_have_text(SAVED)
    yield page
    assert errors == []
    context.close()


def text(page: Page) -> Locator:
    """What is written on; it lies in a shadow tree, which Playwright looks into."""
    return page.locator("#editor .cm-content")


def write_at_end(page: Page, words: str) -> None:
    """Type at the end of the text."""
    text(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def test_a_script_is_written_checked_saved_and_taken_back(page: Page, script: Path):
    """The file is what was saved; an older version comes back, and that can be undone."""
    before = script.read_text()
    write_at_end(page, "Stay a little. [silnce 4s]")
    expect(page.locator("#remarks-said")).to_have_text("1 mistake.")
    expect(page.locator("#editor .cm-lintRange-error")).to_have_text("[silnce 4s]")
    expect(page.locator("#state")).to_have_text("Not saved yet.")
    page.keyboard.press("Control+s")
    expect(page.locator("#state")).to_have_text(
        "Saved. With its mistakes it is not in the library."
    )
    assert script.read_text() == f"{before}Stay a little. [silnce 4s]"

    page.locator(".remark").click()
    assert text(page).evaluate("e => e.contains(e.getRootNode().activeElement)")
    for _ in range(len("[sil")):
        page.keyboard.press("ArrowRight")
    page.keyboard.type("e")  # the remark led to its place: it is "silence" now
    # No mistake is left, and so the checker has its say: this one is no finished practice.
    expect(page.locator("#remarks-said")).to_contain_text("11 warnings")
    page.click("#save")
    expect(page.locator("#state")).to_have_text(SAVED)

    page.click("#versions-fold summary")
    expect(page.locator("#version option")).to_have_count(3)
    page.select_option("#version", index=2)
    page.click("#version-compare")
    expect(page.locator("#comparison-rows ins")).to_contain_text("Stay a little.")
    page.click("#version-load")
    expect(page.locator("#state")).to_contain_text("It is not saved yet")
    expect(text(page)).not_to_contain_text("Stay a little.")
    text(page).click()
    page.keyboard.press("Control+z")
    expect(text(page)).to_contain_text("Stay a little. [silence 4s]")
    page.keyboard.press("Control+y")
    page.click("#save")
    expect(page.locator("#state")).to_have_text(SAVED)
    assert script.read_text() == before


def test_what_is_in_the_library_with_a_mistake_is_said_to_be(page: Page):
    """It can be heard, and a rule says that it may hurt: nobody is told that all is well."""
    write_at_end(page, "You should be kinder to yourself. [5s]")
    expect(page.locator(".remark-error .remark-rule")).to_have_text("judgement")
    page.click("#save")
    expect(page.locator("#state")).to_have_text(f"{SAVED[:-1]}, with its mistakes.")


def test_a_line_that_is_not_saved_is_heard(
    page: Page, preview: Preview, encoded: Encoded, script: Path
):
    """Its beginning is played while the rest is made, and it is no practice of anybody's."""
    line = script.read_text().count("\n") + 1
    write_at_end(page, "A line that is on no disk. [3s]")
    with page.expect_response("**/api/author/hear") as answered:
        page.click("#hear-line")
    assert answered.value.status == 202
    key = answered.value.json()["key"]
    expect(page.locator("#heard-text")).to_have_text(f"Line {line}. One moment")
    preview.claim(key)
    growing = Growing(shelf=preview.shelf, key=key, encoded=encoded)
    growing.grow(2)
    expect(page.locator("#heard-text")).to_have_text(f"Line {line}.", timeout=10_000)
    growing.grow(len(encoded.pieces))
    for _ in range(200):
        if page.evaluate(f"{AUDIO}.currentTime") > 1:
            break
        page.wait_for_timeout(50)
    assert page.evaluate(f"{AUDIO}.currentTime") > 1
    page.click("#hear-stop")
    expect(page.locator("#heard")).to_be_hidden()
    assert page.evaluate(f"{AUDIO}.paused")
    page.goto(f"{preview.url}/my-practice")
    assert "A line that is on no disk" not in script.read_text()


def test_an_edit_on_disk_shows_and_two_edits_are_put_side_by_side(page: Page, script: Path):
    """Quietly where nothing is unsaved; otherwise both are shown, and the author takes either."""
    script.write_text(script.read_text().replace("Stopping is fine.", "Stopping is kind."))
    expect(text(page)).to_contain_text("Stopping is kind.", timeout=10_000)
    expect(page.locator("#state")).to_contain_text("Another hand changed the file")

    write_at_end(page, "Mine.")
    script.write_text(script.read_text().replace("Stopping is kind.", "Stopping is good."))
    page.keyboard.press("Control+s")
    expect(page.locator("#conflict")).to_be_visible(timeout=10_000)
    expect(page.locator("#comparison-rows del")).to_have_text(["good"])
    assert "Stopping is good." in script.read_text()
    page.click("#take-mine")
    expect(page.locator("#state")).to_contain_text("Saved.")
    assert "Stopping is kind." in script.read_text()
    assert script.read_text().endswith("Mine.")

    write_at_end(page, " Again.")
    script.write_text(script.read_text().replace("Stopping is kind.", "Stopping is good."))
    page.click("#save")
    page.click("#take-disk")
    expect(text(page)).to_contain_text("Stopping is good.")
    expect(text(page)).not_to_contain_text("Again.")
    expect(page.locator("#conflict")).to_be_hidden()


def test_what_is_not_saved_outlives_its_tab(page: Page, preview: Preview, script: Path):
    """It is kept on the device until it is saved; leaving it is asked about first."""
    asked: list[str] = []
    write_at_end(page, "Not saved.")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    expect(text(page)).to_contain_text("Not saved.")
    expect(page.locator("#state")).to_contain_text("is here again")
    page.click("#save")
    expect(page.locator("#state")).to_have_text("Saved. It is in the library.")
    page.reload()
    expect(page.locator("#state")).to_have_text(SAVED)
    assert asked == ["beforeunload"]


def test_a_copy_takes_along_what_was_changed(page: Page, preview: Preview, script: Path):
    """It is chosen, and the title waits; nobody is asked about leaving, and the other one stays."""
    before = script.read_text()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    write_at_end(page, "Mine.")
    page.click("#copy")
    expect(page.locator("#begin-name")).to_be_focused()
    expect(page.locator("#begin-like")).to_have_value("soft-ground.md")
    expect(page.locator("#begin-changed")).to_contain_text("what you changed there")
    page.keyboard.type("My own ground")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("My own ground")
    expect(text(page)).to_contain_text("Mine.")
    expect(page.locator("#state")).to_have_text(SAVED)
    (copy,) = script.parent.rglob("my-own-ground.md")
    assert copy.read_text().endswith("Mine.")
    assert script.read_text() == before
    page.goto(f"{preview.url}/author/soft-ground.md")
    expect(page.locator("#state")).to_have_text(SAVED)
    expect(text(page)).not_to_contain_text("Mine.")
    assert asked == []


def test_a_file_that_was_taken_away_is_made_anew(page: Page, script: Path):
    """It is told within seconds; a refusal of any other kind is not taken for that."""
    before = script.read_text()
    with page.expect_response("**/api/author/scripts/**") as answered:
        page.route("**/api/author/scripts/**", lambda route: route.fulfill(status=404))
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    assert answered.value.status == 404
    page.unroute("**/api/author/scripts/**")
    script.unlink()
    expect(page.locator("#state")).to_contain_text("not on disk any more", timeout=10_000)
    page.click("#save")
    expect(page.locator("#state")).to_have_text(SAVED)
    assert script.read_text() == before


def test_the_picture_leads_to_lines_by_pointer_and_by_keys(page: Page):
    """One stop for the keyboard; the arrows go on, and each part says what it is."""
    parts = page.locator(".time-part")
    expect(parts.first).to_have_attribute("tabindex", "0")
    parts.nth(1).hover()
    expect(page.locator("#time-said")).to_contain_text("You can stop at any time.")
    parts.first.focus()
    page.keyboard.press("ArrowRight")
    expect(parts.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#editor .cm-activeLine")).to_contain_text("You can stop at any time.")
    page.select_option("#minutes", "3")
    expect(page.locator(".time-length").first).not_to_have_text("1:04")
    page.keyboard.press("Tab")
    text(page).click()
    page.keyboard.press("Tab")  # nobody is caught in the editor
    assert not text(page).evaluate("e => e.contains(e.getRootNode().activeElement)")


def test_a_new_practice_is_begun_on_a_phone(chromium: Browser, preview: Preview, script: Path):
    """From the list to its text, with nothing wider than the page."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{preview.url}/author")
    page.fill("#begin-name", "No time today")
    page.select_option("#begin-folder", "obstacles")
    page.click("#begin-go")
    expect(page.locator("h1")).to_have_text("No time today")
    expect(page.locator("#state")).to_have_text(SAVED)
    assert (script.parent / "obstacles/no-time-today.md").is_file()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    context.close()


def test_a_german_page_speaks_german_throughout(chromium: Browser, preview: Preview, script: Path):
    """What its scripts say, and the search of the editor; the rules stay English, and say so."""
    script.write_text(f"{script.read_text()}Stay a little. [silnce 4s]")
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="de-DE")
    page = context.new_page()
    page.goto(f"{preview.url}/author/soft-ground.md")
    expect(page.locator("#remarks-said")).to_have_text("1 Fehler.")
    expect(page.locator(".remark-place")).to_contain_text("· Fehler")
    expect(page.locator(".remark-text [lang=en]")).to_have_count(1)
    expect(page.locator("#state")).to_have_text(
        "Gespeichert. Mit ihren Fehlern steht die Übung nicht in der Bibliothek."
    )
    text(page).click()
    page.keyboard.press("Control+f")
    expect(page.locator("#editor .cm-search input").first).to_have_attribute(
        "placeholder", "Suchen"
    )
    page.click("#hear-line")
    expect(page.locator("#heard-text")).to_contain_text("sobald seine Fehler behoben sind")
    context.close()
