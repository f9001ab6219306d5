"""Counts are not choices, orders told out of order are orders, and a step can be named by its end."""

from __future__ import annotations

import pytest

from api.dialogue.understand.read import read
from tests.corpus.measure import expected, lexicon, said


def understood(scene: str, reply: str) -> str:
    reading = read(reply, expected(scene), lexicon())
    return reading.value or said(reading)


@pytest.mark.parametrize(
    ("scene", "reply"),
    [
        ("multi4", "deux des quatre"),
        ("multi4", "2 sur 4"),
        ("multi4", "جوج من ربعة"),
        ("multi4", "2 of the 4"),
        ("multi4", "joj mn hado"),
        ("multi4", "جوج فيهم"),
        ("multi4", "deux de ces choix"),
        ("choice4", "joj mn hado"),
        ("choice4", "deux de ces choix"),
        ("multi4", "l'eau pour boire et les routes pour aller en ville"),
        ("rank4", "lma 9bel tri9, tri9 9bel lma"),
        ("rank4", "l'eau en dernier"),
        ("scale5", "pas 5"),
        ("scale5", "max 3"),
        ("scale5", "⭐⭐⭐⭐⭐⭐"),
        ("scale5", "☆☆☆"),
        ("scale5", "j'aurais mis 5"),
        ("scale5", "pas le maximum"),
        ("choice4", "غير الماء"),
        ("choice4", "tri9 d tamazirt"),
    ],
)
def test_unclear_answers_are_asked_back(scene: str, reply: str) -> None:
    assert understood(scene, reply).startswith("ask")


@pytest.mark.parametrize(
    ("scene", "reply", "keys"),
    [
        ("multi4", "rab3a kamlin", "1 2 3 4"),
        ("multi4", "jouj lowlin", "1 2"),
        ("multi4", "غير الما صافي", "1"),
        ("multi4", "lma la, tri9 ah, lmdrasa ah, sbitar la", "2 3"),
        ("multi4", "Touria 54 ans Martil: santé et écoles pour mes petits enfants", "4 3"),
        ("rank4", "tri9 hiya lekhra, lma lowla, sa7a tanya w skwila talta", "1 4 3 2"),
        ("rank4", "la route en dernier, d'abord l'eau puis la santé puis l'école", "1 4 3 2"),
        ("rank4", "tri9 9bel lma, w lma 9bel sa7a, w sa7a 9bel l9raya", "2 1 4 3"),
        ("rank4", "بالمقلوب من 4 حتى ل 1", "4 3 2 1"),
        ("rank4", "4 hiya lwla, 2 hiya tanya, 3 hiya talta, 1 hiya rab3a", "4 2 3 1"),
        ("rank4", "الصحة هي الأولى والباقي بحال بحال", "4"),
        ("rank4", "svp mettez la santé en 1er, les routes en 2e, l'eau 3e et l'école 4e", "4 2 1 3"),
        ("scale5", "⭐⭐⭐", "3"),
        ("scale5", "★★☆☆☆", "2"),
        ("scale5", "la note maximale", "5"),
        ("scale5", "l7ed l2adna, wa7ed", "1"),
        ("scale5", "2 pardon 3", "3"),
        ("scale5", "pas 5, 4", "4"),
        ("scale5", "je mets 4, j'aurais mis 5 mais le bus est en retard", "4"),
        ("choice4", "li 9bel lekhrani", "3"),
        ("choice4", "schools please, my brother is 9", "3"),
        ("choice4", "كتبت 2 بالغلط، قصدت 3", "3"),
    ],
)
def test_clear_answers(scene: str, reply: str, keys: str) -> None:
    assert (
        sorted(understood(scene, reply).split()) == sorted(keys.split())
        if scene == "multi4"
        else understood(scene, reply) == keys
    )
