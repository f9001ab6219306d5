"""The number after a command, for every command that takes one, in three languages and in any form."""

from __future__ import annotations

import pytest

from api.dialogue.features import COMMANDS, OPENS
from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.read import read
from api.dialogue.understand.values.numbers import argument_number, key_number
from tests.corpus.measure import lexicon

LEXICON = lexicon()
AT_HOME = Expected(Reads.NOTHING, (), commands=COMMANDS, opens=OPENS)
WORDS = {
    "idea": ("فكرة", "IDÉE", "tawngimt", "ⵜⴰⵡⵏⴳⵉⵎⵜ"),
    "proposal": ("مقترح", "PROPOSITION", "tasumrt", "ⵜⴰⵙⵓⵎⵔⵜ"),
    "status": ("تتبع", "STATUT", "addad", "ⴰⴷⴷⴰⴷ"),
    "detail": ("تفاصيل", "DÉTAIL", "uggar", "ⵓⴳⴳⴰⵔ"),
    "desk": ("كتابة رسالة", "ÉCRIRE", "aru", "ⴰⵔⵓ"),
    "meetings": ("اجتماع", "RÉUNION", "agraw", "ⴰⴳⵔⴰⵡ"),
    "withdraw": ("إلغاء الحضور", "ANNULER RÉUNION", "ssr agraw", "ⵙⵙⵔ ⴰⴳⵔⴰⵡ"),
    "follow": ("تابع", "SUIVRE", "ḍfṛ", "ⴹⴼⵕ"),
    "unfollow": ("إلغاء المتابعة", "NE PLUS SUIVRE", "ssr aḍffuṛ", "ⵙⵙⵔ ⴰⴹⴼⴼⵓⵕ"),
    "agent": ("وكيل", "AGENT", "agnt", "ⴰⴳⵏⵜ"),
}
FORMS = (
    "12", "١٢", "۱۲", "n°12", "n° 12", "nº12", "N°12", "№ 12", "no 12", "no. 12", "n12", "numéro 12", "#12", "# 12",
    "(12)", ": 12", "رقم 12", "رقم ١٢", "رقم: ١٢", "رقم12", "uṭṭun 12", "ⵓⵟⵟⵓⵏ 12", "12 svp", "12 ?", "douze",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("intent", WORDS)
def test_the_number_after_every_command_in_every_form(intent: str, form: str) -> None:
    for word in WORDS[intent]:
        reading = read(f"{word} {form}", AT_HOME, LEXICON)
        assert (reading.intent, argument_number(reading.argument, LEXICON)) == (intent, 12), f"{word} {form}"


@pytest.mark.parametrize(
    "argument",
    [None, "", "?", "l'eau", "2 puits", "12 13", "un puits", "12/13", "route12", "label 4", "numéro"],
)
def test_other_arguments_are_no_number(argument: str | None) -> None:
    assert argument_number(argument, LEXICON) is None


def test_a_number_too_long_for_any_row_is_zero() -> None:
    assert argument_number("n°12345678901234567890", LEXICON) == 0


@pytest.mark.parametrize(("key", "number"), [("17", 17), ("١٧", None), ("", None), ("x", None), ("9" * 10, None)])
def test_key_numbers_are_ascii_digits(key: str, number: int | None) -> None:
    assert key_number(key) == number
