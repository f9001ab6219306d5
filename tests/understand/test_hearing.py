"""A question whether somebody has heard of a thing is answered without yes or no; no other question is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.dialogue.understand.read import read
from api.dialogue.understand.sentences.awareness import asks_whether_heard
from tests.corpus.measure import expected, lexicon, said

HEARD = (
    "سمعت بها فالراديو",
    "شفتها فالفايسبوك",
    "sme3na biha safi",
    "sma3t 3liha walakin ma 3reftch chnahiya",
    "j'en ai entendu parler au souk",
    "on m'en a parlé",
    "he oído algo en la radio",
    "sligh zzi radio",
    "سمعت بها وشاركت فيها سنة 2022",
)
NEVER = (
    "ما سمعتش بيها",
    "مسمعتش عليها حتى حاجة",
    "ma sma3tshi biha",
    "masme3tch 3liha",
    "عمري ما سمعت بها",
    "لم أسمع بها أبدا",
    "ما عندي خبر",
    "mafkhbarishi",
    "hadi lmerra lowla li kansma3ha",
    "jamais entendu parler",
    "personne ne nous a informés",
    "nunca he oído de eso",
    "war sligh ca",
    "la ma sm3nach",
)
NEITHER = (
    "ymken sma3t ymken la",
    "سمعت ولا ما سمعت",
    "ila sme3t ngol likom",
    "je crois avoir entendu parler",
    "je sais pas si j'ai entendu",
    "واش سمعتو بيا",
    "سمعونا",
    "ma kaysm3ona hta wa7ed",
    "ma bghitch nsma3",
    "sme3t la",
    "la sme3t",
    "bezaf d l7wayej kansma3 3lihom, ma3raftsh ashmen wa7da hadi",
    "tu as entendu ?",
    "personne ne nous entend",
)


def understood(reply: str, *, asks_if_heard: bool) -> str:
    return said(read(reply, replace(expected("yesno"), asks_if_heard=asks_if_heard), lexicon()))


@pytest.mark.parametrize(
    ("replies", "key"), [(HEARD, "yes"), (NEVER, "no"), (NEITHER, "ask")], ids=["heard", "never", "neither"]
)
def test_awareness_is_read(replies: tuple[str, ...], key: str) -> None:
    assert {reply: understood(reply, asks_if_heard=True) for reply in replies} == dict.fromkeys(replies, key)


def test_awareness_answers_no_other_question() -> None:
    replies = [reply for reply in (*HEARD, *NEVER) if not reply.startswith("la ")]
    assert {reply: understood(reply, asks_if_heard=False) for reply in replies} == dict.fromkeys(replies, "ask")


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Avez-vous déjà entendu parler du budget participatif ?", True),
        ("هل سمعتم بالميزانية التشاركية من قبل؟", True),
        ("واش عمرك سمعتي بالميزانية التشاركية؟", True),
        ("ⵉⵙ ⵜⵙⵍⵉⴷ ⵙ ⵓⵎⵥⵍⵉ ⴰⵎⴰⵡⴰⵢ?", True),
        ("Êtes-vous d'accord avec ce projet ?", False),
        ("Voulez-vous être entendu par le conseil ?", False),
        ("هل توافقون على هذا المشروع؟", False),
    ],
)
def test_questions_about_awareness_are_recognised(text: str, asks: bool) -> None:
    assert asks_whether_heard((text,), lexicon()) is asks
