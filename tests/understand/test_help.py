"""Whoever does not understand, or asks who writes, gets help, in any spelling."""

from __future__ import annotations

import pytest

from api.dialogue.understand.read import read
from tests.corpus.measure import expected, lexicon

ASKED = (
    "c koi sa", "C koi ca ?", "c quoi ce message", "ki étes vous", "ki etes vous ?", "c ki", "C KI ??", "t ki",
    "je comprend rien a votre truc", "j'ai rien compris à votre message", "je comprends pas la question",
    "jcomprends rien", "vous êtes un robot ?", "chkoun ntoma", "chkon ntouma", "wach nta robot", "mafhemt walo",
    "شكون نتوما", "شكون انتم", "واش نتا روبو؟", "ما فهمتكمش", "هل أنت روبوت؟", "ما هذه الرسالة؟", "ⵉⵙ ⵜⴳⵉⴷ ⴰⵔⵓⴱⵓ?",
    "man wi tgim", "ur fhimgh walu", "wi cek", "no entiendo nada", "are you a robot?",
)  # fmt: skip


@pytest.mark.parametrize("scene", ["yes_no", "theme", "province", "text", "after"])
@pytest.mark.parametrize("text", ASKED)
def test_who_asks_what_this_is_gets_help_at_every_step(text: str, scene: str) -> None:
    assert read(text, expected(scene), lexicon()).intent == "help"


@pytest.mark.parametrize(
    "text", ["je comprends la question", "c ki le président", "un robot pour la plage", "شكون المسؤول على الطريق"]
)
def test_an_answer_with_such_words_is_kept(text: str) -> None:
    assert read(text, expected("text"), lexicon()).value == text
