"""The friend's answer, spoken back: each pronoun chosen by its writer, for their device alone."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from server.store import RenderRow
from tests.web.case_house import WORKSHEET, deeds, submit
from tests.web.conftest import House
from tests.web.people_house import People

SCRIPT = """---
title: Spoken back
slug: spoken-back
summary: Your own words.
intention: To hear them.
track: ground
minutes: [1, 2, 3]
language: en
voice: silent
words:
{words}credits: The words are our own.
---

# Words

You wrote: {{line-1}}.

{lines}
[silence fill]
"""

ANSWER = "You were <b>ill</b>. Anybody would forget."


@pytest.fixture(autouse=True)
def _script(house: House) -> None:
    """A script as it is in the house, with no words around."""
    numbers = range(1, 17)
    words = "".join(
        f"  line-{each}: {{ask: What is line {each}, default: Nothing {each}, longest: 200}}\n"
        for each in numbers
    )
    lines = "".join(
        f":::when given=line-{each}\n{{line-{each}}} [1s]\n:::\n" for each in numbers[1:]
    )
    folder = house.settings.scripts_path / "unlisted"
    folder.mkdir()
    (folder / "spoken-back.md").write_text(SCRIPT.format(words=words, lines=lines))
    (house.settings.scripts_path / "crisis.yaml").write_text(CRISIS)


CRISIS = """
en:
  title: You are not alone
  text: Somebody can listen now.
  numbers: [{who: Help, call: "112"}]
  phrases: [kill myself]
"""


def answers(text: str = ANSWER) -> dict[str, object]:
    pair = {"first": {"text": text, "rating": 8}, "second": {"text": "So what.", "rating": 1}}
    return {"situation": "It rained.", "answers": pair}


def path_of(submission_id: str) -> str:
    return f"/worksheets/mine/{submission_id}/spoken"


def typed(page: str) -> str:
    found = re.search(r'<textarea[^>]*id="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def renders(people: People) -> list[RenderRow]:
    with people.database.reading() as db:
        return list(db.scalars(select(RenderRow)))


def test_nothing_is_chosen_beforehand(people: People):
    """Each pronoun has its offers and what was written; none of them is set."""
    ines = people.phone_of(people.ines)
    page = ines.get(path_of(submit(people, people.ines, answers=answers()))).text
    assert re.findall(r'name="turn-0" value="(\d)" required><span>([^<]*)', page) == [
        ("0", "I was"),
        ("1", "You were"),
    ]
    assert " checked" not in page
    assert "&lt;b&gt;ill&lt;/b&gt;" in page


def test_a_place_without_a_choice_is_told(people: People):
    """What was chosen elsewhere stays chosen."""
    ines = people.phone_of(people.ines)
    path = path_of(submit(people, people.ines, answers=answers("You and your cat.")))
    for sent in ({"turn-0": "1"}, {"turn-0": "1", "turn-1": "7"}, {"turn-0": "1", "turn-1": "-1"}):
        answer = ines.post(path, data=sent)
        assert answer.status_code == 422
        assert "nothing is chosen yet" in answer.text
        assert re.findall(r'name="(turn-\d)" value="(\d)" required checked', answer.text) == [
            ("turn-0", "1")
        ]


def test_what_was_chosen_is_read_as_a_whole(people: People):
    """As it was chosen, to be changed once more."""
    ines = people.phone_of(people.ines)
    path = path_of(submit(people, people.ines, answers=answers()))
    assert typed(ines.post(path, data={"turn-0": "0"}).text) == (
        "I was <b>ill</b>. Anybody would forget."
    )
    assert typed(ines.post(path, data={"turn-0": "1"}).text) == ANSWER


def test_an_answer_without_pronouns_is_read_at_once(people: People):
    """There is nothing to choose."""
    ines = people.phone_of(people.ines)
    page = ines.get(path_of(submit(people, people.ines, answers=answers("Rest now.")))).text
    assert typed(page) == "Rest now."


def test_it_is_spoken_for_this_device_alone(people: People, house: House):
    """A private render with a sentence to a line; another device finds nothing."""
    ines = people.phone_of(people.ines)
    path = path_of(submit(people, people.ines, answers=answers()))
    sent = ines.post(f"{path}/text", data={"text": "I was ill.\r\nAnybody would forget."})
    assert sent.status_code == 302
    (row,) = renders(people)
    assert sent.location == f"{path}/{row.key}"
    assert row.is_private
    assert row.order is not None
    assert row.order["words"] == {"line-1": "I was ill.", "line-2": "Anybody would forget."}
    page = ines.get(sent.location).text
    assert "It is being spoken." in page
    assert "Stop waiting" in page
    house.publish(row.key)
    assert f'src="/audio/{row.key}.mp3"' in ines.get(sent.location).text
    jo = people.phone_of(people.jo)
    of_jo = path_of(submit(people, people.jo, answers=answers()))
    assert jo.get(f"{of_jo}/{row.key}").status_code == 404
    assert jo.post(f"{of_jo}/{row.key}/forget").status_code == 404
    assert ines.post(f"{sent.location}/forget").status_code == 302
    assert renders(people) == []
    assert deeds(people) == []


def test_what_cannot_be_spoken_is_told_with_nothing_lost(people: People):
    """Nothing, signs alone, and more than there is room for."""
    ines = people.phone_of(people.ines)
    path = path_of(submit(people, people.ines, answers=answers()))
    for text in ("", "…!", "word. " * 300, "a" * 1_501):
        answer = ines.post(f"{path}/text", data={"text": text})
        assert answer.status_code == 422
        assert 'id="text-problem"' in answer.text
        assert typed(answer.text) == text.strip()
    assert renders(people) == []


def test_words_of_danger_are_not_spoken(people: People):
    """The card is shown, with somebody to ring."""
    ines = people.phone_of(people.ines)
    path = path_of(submit(people, people.ines, answers=answers()))
    answer = ines.post(f"{path}/text", data={"text": "I could kill myself."})
    assert "You are not alone" in answer.text
    assert "tel:112" in answer.text
    assert renders(people) == []


def test_a_language_without_a_script_is_read_and_not_spoken(people: People):
    """And says so."""
    ines = people.phone_of(people.ines)
    french = {**WORKSHEET, "language": "fr"}
    path = path_of(submit(people, people.ines, worksheet=french, answers=answers("Tu es là.")))
    page = ines.get(path).text
    assert "Tu es là." in page
    assert "no voice for this language" in page
    assert ines.post(f"{path}/text", data={"text": "Je suis là."}).status_code == 422


def test_only_its_writer_chooses(people: People):
    """Another client, their therapist and a stranger find nothing; nor is there one without two
    answers."""
    submission_id = submit(people, people.ines, answers=answers())
    path = path_of(submission_id)
    for who in (people.phone_of(people.jo), people.signed_in(people.ada), people.stranger()):
        assert who.get(path).status_code == 404
        assert who.post(path, data={"turn-0": "0"}).status_code == 404
        assert who.post(f"{path}/text", data={"text": "I was ill."}).status_code == 404
    half = submit(people, people.ines, answers={"situation": "It rained."})
    assert people.phone_of(people.ines).get(path_of(half)).status_code == 404
    assert renders(people) == []


def test_a_house_without_the_script_says_so(people: People, house: House):
    """The words can be read all the same, and nothing is ordered."""
    (house.settings.scripts_path / "unlisted" / "spoken-back.md").unlink()
    ines = people.phone_of(people.ines)
    path = path_of(submit(people, people.ines, answers=answers("Rest a little.")))
    page = ines.get(path)
    assert page.status_code == 200
    assert "Rest a little." in page.text
    assert "There is no voice for this language here." in page.text
    assert ines.post(f"{path}/text", data={"text": "Rest a little."}).status_code == 422
    assert renders(people) == []
