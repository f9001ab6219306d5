"""A list too long for one SMS comes in pages: SUITE leads on, every number works on every page, nothing is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.consultations.content import OptionContent, QuestionContent
from api.consultations.sms_budget import MOST
from api.dialogue.responses import paging, rendering
from sms.measure import measure_sms
from sms.segments import count
from sms.text import render_sms
from tests.api.office import CONSULTATIONS, call
from tests.consultations import question, words
from tests.seated import heard, seated
from tests.test_catalogs import CATALOGS
from tests.world import World

# Long, each with a character that GSM-7 lacks: ê or guillemets.
LONG = {
    "ar": "اقتراح طويل لتهيئة الحدائق والطرق في المدينة القديمة رقم",
    "fr": "Aménager les forêts et les routes de la vieille ville, no",
    "zgh": "«ⴰⵙⵏⵜⵉ ⴰⵖⵣⵣⴰⴼ» ⵏ ⵉⵓⵔⵜⴰⵏ ⴷ ⵉⴱⵔⵉⴷⵏ ⴳ ⵜⵎⴷⵉⵏⵜ ⵜⴰⵇⴱⵓⵔⵜ",
}


def longest(kind: str = "several", options: int = 12) -> dict[str, Any]:
    """As many options as a kind allows, each as long as a label may be."""
    listed = [{language: f"{text} {place}"[:60] for language, text in LONG.items()} for place in range(1, options + 1)]
    asked = {**question(kind), "options": listed}
    return {"code": "long", "title": words("long"), "questions": [asked, question("yes_no")]}


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_suite_leads_to_the_rest_and_every_number_counts(quiet_world: World, language: str) -> None:
    assert (await call(quiet_world, "POST", CONSULTATIONS, json=longest())).status_code == 201
    await call(quiet_world, "POST", f"{CONSULTATIONS}/long/open")
    await quiet_world.close("plan")
    person = await seated(quiet_world, "sms", language)  # the first question is asked
    seen, pages = list[int](), 0
    while True:
        text = render_sms(person.replies[-1].text, person.choices)
        assert count(text).parts <= MOST, text
        seen += [int(number) for number in re.findall(r"^(\d+)\) ", text, flags=re.MULTILINE)]
        pages += 1
        rest = render_sms(person.words("word.rest", language)).upper()
        if rest not in text:
            break
        await person.say(rest)
    assert (seen, pages > 1) == (list(range(1, 13)), True)
    await person.say("1 12")  # the first is on another page
    assert "2/2" in heard(person) or "yes no" in heard(person)
    answers = (await quiet_world.results("long")).questions[0].answers
    assert [each.count for each in answers] == [1, *[0] * 10, 1]


async def test_telegram_has_one_list(quiet_world: World) -> None:
    await quiet_world.open(longest())
    await quiet_world.close("plan")
    person = await seated(quiet_world, "telegram", "ar")
    assert sum(not each.action for each in person.choices) == 12
    assert not any(paging.PAGE in each.key for each in person.choices)


LABELS = st.text("aé ê«مⴰ1|", min_size=1, max_size=60).map(str.strip).filter(bool)


@settings(max_examples=60)
@given(st.lists(LABELS, min_size=2, max_size=12), st.text("aêم ", max_size=200))
def test_every_option_is_listed_once_under_its_number(labels: list[str], text: str) -> None:
    options = tuple(OptionContent(str(place), words("x") | {"fr": label}) for place, label in enumerate(labels))
    asked = QuestionContent(7, "several", words("x") | {"fr": text or "x"}, {}, options)
    voice = CATALOGS.voice("fr")
    choices = rendering.question_choices(voice, asked, (), back=True)
    pages = paging.pages(voice, asked, rendering.question_text(voice, (asked,), asked), choices)
    lines = [line for page in pages for line in render_sms(*page).split("\n")]
    assert sum(bool(re.match(r"\d+\) ", line)) for line in lines) >= len(labels)
    assert max(measure_sms(*page).parts for page in pages) <= MOST
    keys = [each.key for each in choices if not each.action]
    assert {tuple(each.key for each in page.choices if not each.action) for page in pages} == {tuple(keys)}
    assert [sum(paging.PAGE in each.key for each in page.choices) for page in pages] == [1] * (len(pages) - 1) + [0]
