"""A wish to speak with a person leads to the staff; "I do not want" is a no, or asked about as a STOP."""

from __future__ import annotations

import pytest

from api.dialogue.understand.read import read
from api.dialogue.understand.vocabulary.lexicon import Sureness
from tests.corpus.measure import expected, lexicon

SOMEBODY = (
    "bghit nhder m3a chi wahed", "Bghit nhdar m3a chi 7ed", "bghit ntkelem m3a lmas2oul", "salam bghit nhder m3akom",
    "بغيت نهضر مع شي واحد", "بغيت نهدر مع شي مسؤول", "خاصني نهضر مع مسؤول", "واش نقدر نهضر معاكم؟",
    "بغيت نتكلم مع شي واحد عافاكم",
    "أريد التحدث مع شخص", "هل يمكنني التحدث مع موظف", "je veux parler à quelqu'un", "Je voudrais vous parler svp",
    "parler à un humain", "je peux parler avec un responsable ?", "bonjour je veux parler a une personne",
    "ⵔⵉⵖ ⴰⴷ ⵙⴰⵡⵍⵖ ⴷ ⵢⴰⵏ", "righ ad sawlgh d yan", "quiero hablar con alguien", "puedo hablar con una persona?",
    "I want to speak to someone", "can I talk to a human?",
)  # fmt: skip
OTHERS = (
    "je veux parler du pont", "parler avec les jeunes", "je ne veux pas parler à quelqu'un", "quelqu'un",
    "bghit nhder 3la tri9", "بغيت نهضر على الطريق",
)  # fmt: skip
REFUSALS = (
    "ما بغيتش", "مابغيتش", "ما باغيش", "mabghitch", "ma bghitch", "je ne veux pas", "je veux pas", "لا أريد",
    "no quiero", "I don't want", "ur righ",
)  # fmt: skip


@pytest.mark.parametrize("scene", ["yes_no", "theme", "province", "text", "after"])
@pytest.mark.parametrize("text", SOMEBODY)
def test_a_wish_to_speak_with_somebody_leads_to_the_staff_at_every_step(text: str, scene: str) -> None:
    reading = read(text, expected(scene), lexicon())
    assert (reading.intent, reading.value, reading.keys) == ("desk", None, ())


@pytest.mark.parametrize("text", OTHERS)
def test_talking_about_something_else_does_not(text: str) -> None:
    assert read(text, expected("text"), lexicon()).value == text
    assert read(text, expected("theme"), lexicon()).intent is None


@pytest.mark.parametrize("text", REFUSALS)
def test_i_do_not_want_is_a_no_if_offered_and_otherwise_asked_about(text: str) -> None:
    assert read(text, expected("yes_no"), lexicon()).keys == ("q:1:no",)
    for scene in ("theme", "province", "after"):
        reading = read(text, expected(scene), lexicon())
        assert (reading.keys, reading.intent, reading.guess) == ((), None, "stop"), scene
    assert read(text, expected("text"), lexicon()).value == text


@pytest.mark.parametrize("text", ["je ne veux pas de route", "non", "لا", "je veux", "ما بغيتش الطريق"])
def test_a_plain_no_and_a_refusal_of_something_are_no_wish_to_stop(text: str) -> None:
    assert read(text, expected("theme"), lexicon()).guess != "stop"


@pytest.mark.parametrize("text", ["msafi", "مصافي"])
def test_settled_may_be_a_yes_and_is_asked_back(text: str) -> None:
    reading = read(text, expected("yes_no"), lexicon())
    assert (reading.guess, reading.sureness) == ("q:1:yes", Sureness.LOW)
