"""The receipt of a vote on proposals: points and stances, in words and on the published list."""

from __future__ import annotations

import re

import pytest

from api.consultations.content import OptionContent, QuestionContent
from api.consultations.models import Consultation
from api.consultations.option_values import mark_of
from api.consultations.receipts.description import describe
from api.consultations.receipts.lookup import AnsweredQuestion, Checked, Standing
from api.consultations.receipts.receipt_list import shown
from sawt.compose import catalogs
from sms.segments import count
from sms.text import plain_sms
from tests.consultations import vote, words
from tests.journeys.test_main_job import RECEIPT
from tests.people import joined
from tests.world import World


@pytest.mark.parametrize(
    ("kind", "values", "listed"),
    [
        ("points", ("41:5", "42:3"), "1=5,2=3"),
        ("statements", ("42:yes", "41:no", "43:skip"), "2=yes,1=no,3=skip"),
        ("several", ("43", "41"), "3,1"),
    ],
)
def test_the_list_has_options_by_their_places(kind: str, values: tuple[str, ...], listed: str) -> None:
    options = tuple(OptionContent(str(number), words("x")) for number in (41, 42, 43))
    assert shown(QuestionContent(1, kind, words("y"), {}, options), values) == listed


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_points_and_stances_are_told_in_words(own_world: World, language: str) -> None:
    await own_world.close("plan")
    for code, consultation, replies in (
        ("shares", vote("points", total=10), ("a7 b3",)),
        ("stances", vote("statements", options=2), ("1", "2")),
    ):
        await own_world.open({**consultation, "code": code, "receipts": "checked"})
        person = await joined(own_world, "telegram", language)
        for text in replies:
            await person.say(text)
        receipt = RECEIPT.search(person.heard)
        assert receipt
        await own_world.close(code)
        await person.say(receipt.group())
        reply, words = person.heard.replace("\u2069", "").replace("\u2068", ""), person.words
        colon, semicolon = {"ar": (":", "؛"), "fr": (" :", " ;"), "zgh": (":", ";")}[language]
        if code == "shares":
            assert f"option 1{colon} 7" in reply
        else:
            agree, disagree = f"{words('word.agree')}{colon}", f"{words('word.disagree')}{colon}"
            assert re.search(f"{agree} .*option [12]{semicolon} {disagree} .*option [12]", reply)


def checked(kind: str, values: tuple[str, ...], label: str) -> Checked:
    """The receipt of one question whose options have this label and a number."""
    options = tuple(OptionContent(str(number), words(f"{label} {number}")) for number in range(1, 51))
    content = QuestionContent(1, kind, words("y"), {}, options)
    consultation = Consultation(code="round", title=words("round"))
    return Checked("W7MQ2X9K", Standing.PUBLISHED, consultation, [AnsweredQuestion(1, content, values)])


LONG = "une école au village avec une cantine et un car scolaire"


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("statements", tuple(f"{place}:{('yes', 'no', 'skip')[place % 3]}" for place in range(1, 11))),
        ("statements", tuple(f"{place}:{('yes', 'no', 'skip')[place % 3]}" for place in range(1, 51))),
        ("points", tuple(f"{place}:{place + 10}" for place in range(1, 10))),
        ("several", tuple(str(place) for place in range(1, 13))),
    ],
)
def test_a_long_ballot_is_told_in_few_segments_and_loses_nothing_said(
    language: str, kind: str, values: tuple[str, ...]
) -> None:
    voice = catalogs().voice(language, latin=True)
    text = plain_sms(describe(checked(kind, values, LONG), voice))
    assert count(text).parts <= (6 if language == "ar" else 3), text
    if kind == "points":
        assert [int(points) for points in re.findall(r": (\d+)", text)] == list(range(11, 20))
    for stance in {mark_of(value) for value in values} & {"yes", "no", "skip"}:
        word = {"yes": "word.agree", "no": "word.disagree", "skip": "word.pass"}[stance]
        assert voice.paired(plain_sms(voice(word)), "") in text
    assert "-" not in text.replace("W7MQ2X9K", "")
    whole = plain_sms(describe(checked(kind, values, LONG), voice, whole=True))
    assert whole.count("cantine") == len(values)
