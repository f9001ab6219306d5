"""The demonstration's vote on proposals is as short by SMS as staff's texts should be."""

from __future__ import annotations

import pytest

from api.channel import Choice
from api.consultations.content import OptionContent, QuestionContent
from api.consultations.schemas import ConsultationIn
from api.dialogue.question_kinds import KINDS
from api.dialogue.question_kinds.single import SHORT
from api.i18n import LANGUAGES, Catalogs
from api.text.shortening import shortened
from sawt.demo import rounds
from sms.segments import GSM7, count
from sms.text import render_sms
from tests.catalogs import LOCALES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_vote_is_short_by_sms(language: str) -> None:
    voice = Catalogs(LOCALES).voice(language, latin=True)
    data = rounds.rounds_data()
    proposals, ordered = {each["code"]: each for each in data["proposals"]}, data["open"]
    options = [{**proposals[code]["title"], "detail": proposals[code]["text"]} for code in ordered["proposals"]]
    wanted = ordered["round"]
    vote = {"kind": "several", "text": wanted["question"], "options": options, "rules": {"most": wanted["most"]}}
    consultation = ConsultationIn.model_validate({"code": "vote", "title": wanted["title"], "questions": [vote]})
    (parsed,) = consultation.questions
    assert len(parsed.options) == 6
    shown_as = tuple(
        OptionContent(str(place), each.label(), each.detail.model_dump() if each.detail else None)
        for place, each in enumerate(parsed.options)
    )
    question = QuestionContent(1, parsed.kind, parsed.text.model_dump(), {"most": 3}, shown_as)
    lines = [voice.pick(consultation.title.model_dump()), voice.pick(question.text), voice("expect.several", count=3)]
    detail = voice("word.detail")
    ways = [Choice("", detail, action=True, typed=f"{detail} 1"), Choice("", voice("word.skip"), action=True)]
    shown = render_sms("\n".join(lines), [*KINDS[parsed.kind].choices(question, voice, ()), *ways])
    assert count(shown).parts <= {"ar": 3, "fr": 2, "zgh": 2}[language], (count(shown).units, shown)
    for option in shown_as:
        assert option.detail is not None
        size = count(render_sms(f"4) {voice.pick(option.label)}\n{voice.pick(option.detail)}"))
        assert size.parts <= (2 if language == "ar" else 1)
        assert language == "ar" or size.encoding == GSM7


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Protéger les bois du feu", "Protéger les bois du feu"),
        ("L'eau potable dans les douars", "L'eau potable.."),
        ("Anticonstitutionnellement", "Anticonstitutionnellem.."),
    ],
)
def test_a_long_name_is_cut_between_words(label: str, shown: str) -> None:
    assert shortened(label, SHORT, dots="..") == shown


def test_what_is_typed_stands_for_the_label_where_nothing_can_be_tapped() -> None:
    choices = [Choice("a", "A long name", typed="A long.."), Choice("b", "Detail", action=True, typed="Detail 1")]
    assert render_sms("Which?", choices) == "Which?\n1) A long..\nDETAIL 1"
