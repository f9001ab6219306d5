"""What changes an answer, or leaves it unchanged: the rest, corrections, orders in words, remarks, circumstances."""

from __future__ import annotations

import pytest

from api.dialogue.understand.read import read
from tests.corpus.measure import expected, lexicon, said


def understood(scene: str, reply: str) -> str:
    reading = read(reply, expected(scene), lexicon())
    return reading.value or said(reading)


@pytest.mark.parametrize(
    ("scene", "reply", "keys"),
    [
        ("multi4", "pas l'eau, pas la santé, le reste oui", "2 3"),
        ("multi4", "ليس الماء ولا الطرق، والباقي نعم", "3 4"),
        ("multi4", "kolchi ghir lma", "2 3 4"),
        ("multi4", "ghir lma", "1"),
        ("multi4", "l'eau oui, les routes non, la santé oui", "1 4"),
        ("multi4", "1 et 2. Enlevez le 1 et mettez le 4", "2 4"),
        ("multi4", "كل ما ذكرتم", "1 2 3 4"),
        ("multi4", "الأربعة كاملين", "1 2 3 4"),
        ("multi4", "2 parmi les 4 : eau, santé", "1 4"),
        ("multi4", "santéroutes", "4 2"),
        ("multi4", "السبيطارالمدرسة", "4 3"),
        ("choice4", "l'école du quartier", "3"),
        ("choice4", "les routes sont cassées", "2"),
        ("multi4", "3 و 4، حنا 6 د العائلات", "3 4"),
        ("multi4", "j'ai 3 enfants donc santé et eau", "4 1"),
        ("rank4", "le même ordre que le vôtre", "1 2 3 4"),
        ("rank4", "من الأخير إلى الأول", "4 3 2 1"),
        ("rank4", "l'eau avant la santé", "1 4"),
        ("rank4", "lma 9bel kolchi, mn b3d sbitar", "1 4"),
        ("rank4", "الماء عاد الصحة عاد الطرق", "1 4 2"),
        ("rank4", "4 en premier, 1 en deuxième, 2 en troisième et 3 à la fin", "4 1 2 3"),
        ("rank4", "d'abord la santé puis l'eau, le reste peu importe", "4 1"),
        ("rank4", "1 2 3 4 non 4 3 2 1", "4 3 2 1"),
        ("choice4", "la route devant chez ma tante coupe chaque hiver", "2"),
        ("choice4", "الماء الله يرحم الوالدين", "1"),
        ("choice4", "2... non attendez 1", "1"),
        ("choice4", "l'eau, 3andi 2 hectares", "1"),
        ("choice4", "4 Dr. Benali", "4"),
        ("choice4", "الخيار الثالث لأننا لا نعرف أين يدرس الأطفال", "3"),
        ("scale5", "bof, je mets 2", "2"),
        ("scale5", "n3tihom jouj", "2"),
        ("yesno", "pas 1 mais 2", "no"),
        ("yesno", "1 pardon 2", "no"),
        ("yesno", "لا ما كنتش عارفة الله يجازيكم بخير", "no"),
        ("free", "أرجو حذف جميع معلوماتي من سجلاتكم", "erase"),
        ("none", "متى تنعقد الدورة المقبلة للمجلس؟", "meetings"),
    ],
)
def test_clear_answers(scene: str, reply: str, keys: str) -> None:
    assert understood(scene, reply) == keys


@pytest.mark.parametrize(
    ("scene", "reply"),
    [
        ("multi4", "1 et le reste"),
        ("multi4", "pas 1, le reste non"),
        ("multi4", "enlevez le 2"),
        ("multi4", "l'eau, attendez, et les routes"),
        ("multi4", "1 3 pardon 4"),
        ("rank4", "l'ordre inverse 1 2"),
        ("rank4", "pas le même ordre"),
        ("rank4", "1 2 3 4 non"),
        ("rank4", "1=2=3=4"),
        ("rank4", "en premier la santé et en dernier les routes"),
        ("choice4", "l'eau on s'en fout"),
        ("choice4", "الطريق تصاوبات السنة اللي فاتت"),
        ("choice4", "l'eau arrive enfin, c'est réglé"),
        ("choice4", "eau de javel"),
        ("choice4", "les routes sont bonnes"),
        ("choice4", "l'eau et le gaz aussi"),
        ("choice4", "lma ma khasnach"),
        ("choice4", "الله يشافي المرضى"),
        ("choice4", "Merci M. Le docteur"),
        ("choice4", "ghir 3 la"),
        ("choice4", "3 enfants"),
        ("scale5", "bof, je mets 2 ou 3"),
        ("yesno", "oui je savais pas"),
        ("multi5_c", "🏠👩🌾"),
    ],
)
def test_unclear_answers_are_asked_back(scene: str, reply: str) -> None:
    assert understood(scene, reply).startswith("ask")
