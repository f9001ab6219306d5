"""Reading a reply: properties of every text, whatever was asked."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.dialogue.understand.expected import Reads
from api.dialogue.understand.read import read
from api.dialogue.understand.values.letters import has_repeated_letter
from api.dialogue.understand.vocabulary.lexicon import Sureness
from api.text.normalise import normalise
from tests.corpus.measure import expected, lexicon

SCENES = (
    "yes_no",
    "theme",
    "commitment",
    "several",
    "ranking",
    "points",
    "stance",
    "scale5",
    "scale10",
    "age",
    "text",
    "province",
    "after",
)
LEXICON = lexicon()
WORDS = sorted({*LEXICON.meanings, *LEXICON.numbers, *LEXICON.fillers, *LEXICON.doubts, *LEXICON.ands, *LEXICON.units})
MARKS = "\u0640\u064e\u0651\u200e\u200f\u202b\u2067\u200b\ufeff"
letters = st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Z", "M", "C")), max_size=30)
replies = st.one_of(letters, st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join))


@settings(max_examples=400)
@given(replies, st.sampled_from(SCENES))
def test_no_text_raises_and_only_what_is_on_offer_is_taken(text: str, scene: str) -> None:
    question = expected(scene)
    reading = read(text, question, LEXICON)
    offered = {offer.key for offer in question.offers}
    has_points = question.reads is Reads.SHARES  # points follow the option's key
    assert {key.rpartition(":")[0] if has_points and key not in offered else key for key in reading.keys} <= offered
    assert len(set(reading.keys)) == len(reading.keys)
    if reading.value is not None and question.reads is Reads.STEP:
        assert question.low <= float(reading.value) <= question.high
    if reading.understood:
        assert reading.guess is None


@settings(max_examples=300)
@given(replies, st.sampled_from(SCENES), st.data())
def test_marks_case_and_doubled_letters_never_change_a_meaning(text: str, scene: str, data: st.DataObject) -> None:
    if scene == "text":
        return  # recorded as written
    before = read(text, expected(scene), LEXICON)
    at = data.draw(st.integers(0, max(len(text) - 1, 0)))
    marked = text[:at] + data.draw(st.sampled_from(MARKS)) + text[at:]
    doubled = text[: at + 1] + text[at : at + 1] + text[at + 1 :] if text[at : at + 1].isalpha() else text
    for changed in (marked, doubled):
        same_repetition = has_repeated_letter(changed) == has_repeated_letter(text)  # "bb" labels no option
        if normalise(changed) == normalise(text) and same_repetition:
            assert read(changed, expected(scene), LEXICON).keys == before.keys


@settings(max_examples=400)
@given(st.text(alphabet=string.ascii_lowercase + "ابتثجحخدذرزسشصضطظعغفقكلمنهوي ⴰⴱⵛⴷⴹⴻⴼ", min_size=5, max_size=40))
def test_random_letters_never_mean_stop_yes_or_no(text: str) -> None:
    key = normalise(text)
    if any(word in LEXICON.meanings for word in (key, *key.split())):
        return  # a real word by chance
    reading = read(text, expected("yes_no"), LEXICON)
    assert not reading.understood, reading


@pytest.mark.parametrize("scene", SCENES)
def test_stop_is_heard_at_every_scene_and_never_guessed(scene: str) -> None:
    assert read("STOP", expected(scene), LEXICON).intent == "stop"
    for slip in ("arretr", "desabnner", "stopper", "sotp", "arrêt de bus numéro 3"):
        assert read(slip, expected(scene), LEXICON).intent is None


LISTS = ("theme", "commitment", "several", "ranking", "points", "province", "stance")


REPEATED = (
    "bb", "BB", "aaaa", "Aa", "bb svp", "la bb", "a bb", "ببب", "اااا", "ⴰ" * 300, "ⴱⴱ", "dd", "aa5 bb5", "b\u0301b",
    "b\u200bb",
)  # fmt: skip


@pytest.mark.parametrize("scene", LISTS)
@pytest.mark.parametrize("text", REPEATED, ids=range(len(REPEATED)))
def test_a_repeated_letter_labels_no_option(scene: str, text: str) -> None:
    assert not read(text, expected(scene), LEXICON).keys


@pytest.mark.parametrize(
    ("text", "key"), [("b", "q:1:2"), ("B)", "q:1:2"), ("ب", "q:1:2"), ("ⴱ", "q:1:2"), ("🅱", "q:1:2")]
)
def test_a_letter_is_still_an_answer(text: str, key: str) -> None:
    assert read(text, expected("theme"), LEXICON).keys == (key,)


def test_a_word_of_one_doubled_letter_keeps_its_meaning() -> None:
    assert read("nn", expected("yes_no"), LEXICON).keys == ("q:1:no",)
    assert read("nn merci", expected("yes_no"), LEXICON).keys == ("q:1:no",)


@pytest.mark.long
@pytest.mark.parametrize("seed", [7, *(pytest.param(seed, marks=pytest.mark.whole) for seed in (8, 9, 10))])
def test_a_hundred_thousand_texts(seed: int) -> None:
    """Mutations of real words, glued and cut at random, in every scene: none raises."""
    dice = random.Random(seed)
    signs = (
        "0123456789٠١٢٣۴۵①②👍👎.,;:!?؟،-–/+()[]'’\"\u200f\u202e\u0640\u064e \n\x00\ud83d"
        + string.ascii_letters
        + "ابتنعملاⴰⵢⵀ"
    )
    scenes = [expected(scene) for scene in SCENES]
    for number in range(30_000 if seed > 7 else 4_000):
        if number % 2:
            text = " ".join(dice.choices(WORDS, k=dice.randint(1, 5)))
            at = dice.randrange(len(text))
            text = text[:at] + dice.choice(signs) + text[at + dice.randint(0, 1) :]
        else:
            text = "".join(dice.choices(signs, k=dice.randint(0, 25)))
        reading = read(text, scenes[number % len(scenes)], LEXICON)
        assert reading.sureness in Sureness


@pytest.mark.parametrize(
    "text", ["x" * 4096, "1 " * 2000, "نعم " * 1000, "a-" * 2000, "ⴰ" * 4000, "9" * 4000, "et " * 1300]
)
@pytest.mark.parametrize("scene", SCENES)
def test_long_texts_are_read_in_one_go(scene: str, text: str) -> None:
    reading = read(text, expected(scene), LEXICON)
    assert scene == "text" or len(reading.keys) <= 1
