"""Answers with other words around them: these never change a choice, and a text without an answer has none."""

from __future__ import annotations

from functools import cache
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.dialogue.understand.expected import Reads
from api.dialogue.understand.read import read
from tests.corpus.measure import BLIND_2, BLIND_3, Row, expected, judge, lexicon, rows

LEXICON = lexicon()
HEADS = ("Bonjour, ", "salam, ", "السلام عليكم، ", "bonsoir ", "azul, ", "hola, ", "je crois ", "merci, ")
TAILS = (
    " svp",
    " merci",
    " merci d'avance",
    " وشكرا",
    " 3afak",
    " gracias",
    " cordialement",
    ", Fatima",
    ", Karim Bennani",
    " merci, Ahmed",
    "\nHassan, Tanger",
    ", Imzouren",
    " 06 12 34 56 78",
    " +212612345678",
    "\nEnvoyé de mon iPhone",
    "\nSent from my Huawei",
    " car c'est important",
    " parce que chez nous il n'y en a pas",
    " 7it ma kaynch 3ndna",
    " لأن الدوار بعيد",
    " porque no hay",
    " achku ulac",
)
# Ordinary words that name neither a choice of the scenes nor a number.
STRANGE = (
    "voiture",
    "pizza",
    "télé",
    "bateau",
    "chat",
    "Paris",
    "match",
    "facture",
    "recharge",
    "crédit",
    "promo",
    "téléphone",
    "film",
    "سيارة",
    "مباراة",
    "هاتف",
    "رصيد",
    "فيلم",
    "tomobil",
    "portabl",
    "talifoun",
    "solde",
    "mobil",
    "tamdint",
    "udem",
    "ul",
    "coche",
    "partido",
    "ball",
    "من",
    "في",
    "le",
    "la",
    "dans",
    "avec",
    "très",
    "de la",
    "notre",
    "mon",
)
CLOSED = ("yesno", "choice4", "multi4", "rank4", "scale5", "theme", "several", "yes_no")


@cache
def answers() -> list[tuple[Row, tuple[str, ...], str | None]]:
    """The replies of the corpus and the blind lists that are read as an answer, with what they choose."""
    answered = []
    for row in chain(rows(), rows(BLIND_2), rows(BLIND_3)):
        if row.offered in CLOSED:
            reading = read(row.reply, expected(row.offered), LEXICON)
            if reading.understood and (reading.keys or reading.value is not None):
                answered.append((row, reading.keys, reading.value))
    return answered


@settings(max_examples=600)
@given(st.data())
def test_words_around_an_answer_never_change_it(data: st.DataObject) -> None:
    row, keys, value = data.draw(st.sampled_from(answers()))
    head = data.draw(st.sampled_from(("", *HEADS)))
    tail = data.draw(st.sampled_from(("", *TAILS)))
    reading = read(f"{head}{row.reply}{tail}", expected(row.offered), LEXICON)
    if reading.keys or reading.value is not None:
        assert (reading.keys, reading.value) == (keys, value)


@pytest.mark.parametrize("tail", [*TAILS])
@pytest.mark.parametrize(
    ("scene", "reply", "key"),
    [
        ("choice4", "2", "2"),
        ("choice4", "l'eau", "1"),
        ("yesno", "oui", "yes"),
        ("yesno", "لا", "no"),
        ("choice4", "الصحة", "4"),
    ],
)
def test_a_plain_answer_is_read_next_to_any_words(scene: str, reply: str, key: str, tail: str) -> None:
    assert read(reply + tail, expected(scene), LEXICON).keys == (f"q:1:{key}",)


@settings(max_examples=500)
@given(
    st.lists(st.sampled_from(STRANGE), min_size=1, max_size=6).map(" ".join),
    st.sampled_from(("choice4", "multi4", "rank4")),
)
def test_a_text_without_an_option_is_no_answer(text: str, scene: str) -> None:
    assert not read(text, expected(scene), LEXICON).keys


@settings(max_examples=300)
@given(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz ابتثجحخدذرزسشصضطظعغفقكلمنهوي", min_size=8, max_size=40),
    st.sampled_from(CLOSED),
)
def test_random_letters_are_no_answer(text: str, scene: str) -> None:
    known = {*LEXICON.meanings, *LEXICON.numbers, *LEXICON.ordinals, *LEXICON.roles, *LEXICON.thesaurus.themes}
    if any(len(word) < 6 or word in known for word in text.split()):
        return  # by chance a real word, or one that sounds like it
    reading = read(text, expected(scene), LEXICON)
    assert not reading.keys or expected(scene).reads is Reads.STEP


def understood(scene: str, reply: str) -> str:
    return judge(Row(reply, scene, "", "")).got


@pytest.mark.parametrize(
    ("scene", "reply", "label"),
    [
        ("yesno", "السلام عليكم جوابي هو 2 وشكرا", "no"),
        ("choice4", "3 Hassan 06 12 34 56 78", "3"),
        ("choice4", "jechoisis2", "2"),
        ("choice4", "l'eau parce que chez nous il n'y en a pas", "1"),
        ("choice4", "tri9 bach nwslou l sbitar", "2"),
        ("choice4", "1 pas 2", "1"),
        ("choice4", "2... non pardon je voulais dire 3", "3"),
        ("choice4", "la santé avant l'eau", "4"),
        ("choice4", "ce n'est pas la 2 mais la 3", "3"),
        ("multi4", "tout sauf les routes", "1 3 4"),
        ("multi4", "kolchi mn ghir 2", "1 3 4"),
        ("multi4", "3 choses : l'eau, les routes et la santé", "1 2 4"),
        ("multi4", "2 choix : 1 et 4", "1 4"),
        ("multi4", "les deux premiers", "1 2"),
        ("multi4", "les 2 dernières", "3 4"),
        ("multi4", "les quatre", "1 2 3 4"),
        ("multi4", "de 1 à 3 merci", "1 2 3"),
        ("rank4", "lma lwl w sbitar tani w skwila talet w tri9 lakher", "1 4 3 2"),
        ("rank4", "1er santé 2eme eau 3eme école 4eme route", "4 1 3 2"),
        ("rank4", "3 puis 1 puis 4 et la 2 en dernier", "3 1 4 2"),
        ("choice4", "l'avant-dernière", "3"),
        ("choice4", "بالماء", "1"),
        ("choice4", "se77a", "4"),
        ("choice4", "الماءوشكرا", "1"),
        ("choice4", "IV", "4"),
        ("yesno", "oui mais l'eau n'est pas bonne", "yes"),
        ("yesno", "lla, 7it tbib b3id", "no"),
        ("yesno", "sí", "yes"),
        ("yesno", "أبدا", "no"),
        ("scale5", "entre 1 et 5 je dis 4", "=4"),
        ("scale5", "je donne 2 sur 5 car c'est sale", "=2"),
        ("scale5", "khmsa 3la khmsa", "=5"),
    ],
)
def test_clear_answers(scene: str, reply: str, label: str) -> None:
    assert understood(scene, reply) == label


@pytest.mark.parametrize(
    ("scene", "reply"),
    [
        ("choice4", "eau de javel"),
        ("choice4", "bla ma"),
        ("choice4", "عندنا الما"),
        ("choice4", "il y a de l'eau"),
        ("choice4", "l'eau est bonne"),
        ("choice4", "je suis médecin"),
        ("choice4", "ana f tri9"),
        ("choice4", "Imane"),
        ("choice4", "Tarik"),
        ("choice4", "2 mars"),
        ("choice4", "2, rue des écoles"),
        ("choice4", "el agua no"),
        ("choice4", "merci pour l'école, 2"),
        ("multi4", "plutôt 4 que 2"),
        ("multi4", "je préfère 4 à 2"),
        ("multi4", "plutôt l'eau que les routes"),
        ("choice4", "2, c'est nul"),
        ("choice4", "contre la 2"),
        ("choice4", "surtout pas 2"),
        ("choice4", "eau et électricité"),
        ("choice4", "3 enfants à l'école"),
        ("choice4", "très bien"),
        ("multi4", "eau, electricité"),
        ("multi4", "4 l'eau"),
        ("multi4", "1 ou 3 merci"),
        ("multi4", "2 enfants"),
        ("rank4", "tous sont importants"),
        ("rank4", "1 3 1"),
        ("yesno", "lalla fatima"),
        ("yesno", "oui mais non"),
        ("yesno", "oui si c'est gratuit"),
        ("yesno", "oui pour l'école, non pour la route"),
        ("yesno", "la mère de Ahmed"),
        ("yesno", "oui j'ai déjà répondu"),
        ("yesno", "pas non"),
        ("yesno", "ah la svp"),
        ("yesno", "oui arrêtez"),
        ("multi4", "a d c svp"),
        ("scale5", "plus de 3"),
        ("scale5", "-2"),
        ("scale5", "5 personnes"),
        ("scale5", "très peu"),
    ],
)
def test_unclear_answers_are_asked_back(scene: str, reply: str) -> None:
    assert understood(scene, reply).startswith("ask")
