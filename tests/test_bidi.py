"""Texts with two directions follow the rules of the Unicode bidirectional algorithm."""

from __future__ import annotations

import pytest

from api.channel import Choice
from api.i18n import Catalogs
from api.text import bidi
from bot.render import render_text
from sms.text import render_sms
from tests.catalogs import LOCALES

RLM, LRM, FSI, PDI = "\u200f", "\u200e", "\u2068", "\u2069"


@pytest.mark.parametrize(
    ("text", "steady"),
    [
        ("1) نعم\n2) Facebook لا", "1) نعم\n2) Facebook لا"),
        ("اختر الشبكة التي تستعملها:\n1) Facebook", f"اختر الشبكة التي تستعملها:\n{RLM}1) Facebook"),
        ("اتصل بنا +212600000001 الآن", f"اتصل بنا {LRM}+212600000001 الآن"),
        ("أرسل /start هنا من فضلك", f"أرسل {LRM}/start هنا من فضلك"),
        ("Votre langue\n1) العربية", "Votre langue\n1) العربية"),
        ("Compris : Retour.\nللمتابعة بالعربية أرسل: عربية", "Compris : Retour.\nللمتابعة بالعربية أرسل: عربية"),
        ("5 / 10", "5 / 10"),
        ("", ""),
    ],
)
def test_steady(text: str, steady: str) -> None:
    assert bidi.right_align(text) == steady
    assert bidi.right_align(steady) == steady


def test_what_stands_in_a_row_is_parted_by_the_comma_of_the_language() -> None:
    catalogs = Catalogs(LOCALES)
    assert catalogs.voice("ar").listed(("مستوصف", 7)) == "مستوصف، 7"
    assert catalogs.voice("fr").listed(("Pont", 7)) == "Pont, 7"


def test_marks_are_taken_out_of_what_people_write() -> None:
    assert bidi.strip("\u202eabc\u202c\u2067د\u2069\u200f") == "abcد"


def test_values_of_the_other_direction_are_kept_to_themselves_but_not_in_sms() -> None:
    echo = Catalogs(LOCALES).voice("ar")("echo", said="Tétouan")
    assert echo == f"فهمنا: {FSI}Tétouan{PDI}."
    assert render_text(echo) == echo
    assert render_sms(echo) == "فهمنا: Tétouan."
    assert Catalogs(LOCALES).voice("ar")("echo", said="تطوان") == "فهمنا: تطوان."
    assert Catalogs(LOCALES).voice("fr")("echo", said="تطوان") == f"Compris\u00a0: {FSI}تطوان{PDI}."


def test_a_whole_sms() -> None:
    choices = [Choice("a", "Facebook"), Choice("b", "نعم"), Choice("c", "رجوع", action=True)]
    assert render_sms("أي شبكة؟", choices) == f"أي شبكة؟\n{RLM}1) Facebook\n2) نعم\nرجوع"
