"""Requests in a sentence: a language, who we are, to take part, to go back. None of them is an answer."""

from __future__ import annotations

import pytest

from api.dialogue.understand.read import read
from tests.corpus.measure import expected, lexicon, said


def understood(reply: str, scene: str) -> str:
    return said(read(reply, expected(scene), lexicon()))


@pytest.mark.parametrize(
    ("reply", "intent"),
    [
        ("bdl l français", "lang_fr"),
        ("en français s'il vous plait je lis pas l'arabe", "lang_fr"),
        ("ma kan3refsh n9ra b l3arabia, français 3afak", "lang_fr"),
        ("wach momkin b français? 3arabia ma kanfhemhach", "lang_fr"),
        ("tamazight svp pas le français", "lang_zgh"),
        ("siwel-ayi s tmaziɣt", "lang_zgh"),
        ("bghit had so2al b tamazight", "lang_zgh"),
        ("بدلو ليا بالعربية عافاكم", "lang_ar"),
        ("شكون كيسول؟", "help"),
        ("كيفاش نجاوب على هاد السؤال؟", "help"),
        ("quien eres y que quieres", "help"),
        ("3awnouni ma3reftsh mnin nbda", "help"),
        ("c'est une arnaque ?", "help"),
        ("حتى انا بغيت نشارك معاكم", "start"),
        ("أرغب في المشاركة في الاستشارة", "start"),
        ("sign me up", "start"),
        ("بغيت نرجع للسؤال اللي قبل", "back"),
        ("rj3o bia l soual li 9bel", "back"),
    ],
)
def test_requests_are_understood(reply: str, intent: str) -> None:
    assert understood(reply, "none") == intent


@pytest.mark.parametrize(
    "reply",
    [
        "je ne parle pas français",
        "en arabe ou en français",
        "ma bghitch ncharek",
        "je ne veux pas participer",
        "prof de français",
    ],
)
def test_denied_or_open_requests_are_not(reply: str) -> None:
    assert understood(reply, "none").startswith("ask")


@pytest.mark.parametrize(
    "reply",
    [
        "l'école en français",
        "bghit skwila b français",
        "retour des jeunes au village",
        "qui fait la route ?",
        "expliquez moi pourquoi la route est coupée",
        "bghit n9ra b français",
    ],
)
def test_a_text_in_their_own_words_is_kept(reply: str) -> None:
    assert read(reply, expected("free"), lexicon()).value == reply


@pytest.mark.parametrize(
    ("reply", "intent"),
    [("bghit nkml b français", "lang_fr"), ("ⵙ ⵜⵎⴰⵣⵉⵖⵜ ⵓⴼⴰⴽⵏ", "lang_zgh"), ("chno nkteb hna?", "help")],
)
def test_a_whole_message_that_asks_it_is_heard_among_free_texts(reply: str, intent: str) -> None:
    reading = read(reply, expected("free"), lexicon())
    assert (reading.intent, reading.instead) == (intent, True)


def test_a_choice_that_names_a_language_is_no_wish_for_it() -> None:
    assert understood("l'école en français", "choice4").startswith(("ask", "3"))


@pytest.mark.parametrize(("reply", "key"), [("non c'est une arnaque votre projet", "no"), ("oui, aidez moi", "yes")])
def test_an_answer_with_such_words_behind_it_stays_one(reply: str, key: str) -> None:
    assert understood(reply, "yesno") == key
