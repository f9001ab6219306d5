"""No word steers a vote: one that may mean another option, a number or a command is refused, in any spelling."""

from __future__ import annotations

import pytest

from api.authoring.word_check import check_word
from api.consultations.content import OptionContent, QuestionContent
from api.errors import Invalid

KINDS = ("single", "several", "ranking", "points")


def option(value: str, ar: str, fr: str, zgh: str) -> OptionContent:
    return OptionContent(value, {"ar": ar, "fr": fr, "zgh": zgh})


OPTIONS = (
    option("11", "إصلاح الطريق", "Réparer la route", "ⴰⵙⵖⵏ ⵏ ⵓⴱⵔⵉⴷ"),
    option("12", "بناء مدرسة", "Construire une école", "ⴰⵙⴽⵙⵓ ⵏ ⵜⵉⵏⵎⵍ"),
    option("13", "توفير الماء", "Apporter l'eau", "ⴰⵎⴰⵏ"),
)
STEERING = """
2svp oui2 rep2 مدرسة2 2merci deux2 el2 ecole2 2école eau3 الماء3 ②svp svp٢ 3cole st0p ec0le eco1e a2 deuxsvp svpdeux
IV III lawl تاني deuxx trwwa خمسه
constuire écοle еcole ecolle ecloe ekol مدرسا مدرسات l'eauu madrassa aprter stoppe stoop ⵙⵜⵓⴱ sttop ستووب stob arett
blanc abstention nul بيضاء nbghi bismillah avis douar village autre bas haut choisir oke بجوج xsna nrid kanfdl nbghiw
oui merci svp ici moi khasna kandon daba tout
"""
PHRASES = (
    "ST OP", "s top", "vote blanc", "pas la route", "sans eau", "non eau", "ni route", "sauf la route", "ma bghitch",
    "mon avis", "بسم الله", "je veux", "à mon avis", "au village", "in challah", "incha allah", "bghit ana", "le douar",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("word", [*STEERING.split(), *PHRASES])
def test_a_word_that_may_steer_is_refused(kind: str, word: str) -> None:
    with pytest.raises(Invalid):
        check_word(QuestionContent(1, kind, {}, {}, OPTIONS), "11", word)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "word",
    [
        "saniya", "la saniya", "السانية", "rocade", "rond-point", "goudron", "piste", "ⴰⵣⵏⵉⵇ", "pont de Tamasint",
        "الرصيف", "qantra", "الكورنيش", "ssqala", "zarabo", "pont", "barrage", "souk", "mosquée", "canal",
    ],
)  # fmt: skip
def test_a_word_of_the_village_is_accepted(kind: str, word: str) -> None:
    check_word(QuestionContent(1, kind, {}, {}, OPTIONS), "11", word)
