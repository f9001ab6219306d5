"""STOP in people's own words: what is sure, what is likely, and what is not, at every step."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dialogue.understand.read import read
from api.dialogue.understand.stopping import stop_wish
from api.dialogue.understand.vocabulary.lexicon import Sureness
from tests.corpus.measure import CORPUS, expected, rows
from tests.understand.test_read import LEXICON, SCENES

TEXTS = tomllib.loads((Path(__file__).parent / "stopping.toml").read_text(encoding="utf-8"))
SURE, PLAIN, LIKELY, ANSWERS = (TEXTS[name] for name in ("sure", "plain", "likely", "answers"))

FREE = expected("text")
ASKED = [scene for scene in SCENES if scene != "text"]


@pytest.mark.parametrize("text", SURE)
def test_what_is_sure_stops_at_every_step(text: str) -> None:
    for scene in SCENES:
        reading = read(text, expected(scene), LEXICON)
        assert (reading.intent, reading.understood, reading.leaving) == ("stop", True, False), scene


@pytest.mark.parametrize("text", PLAIN)
def test_everyday_words_stop_where_a_choice_is_asked_and_are_asked_about_in_a_free_text(text: str) -> None:
    for scene in ASKED:
        assert read(text, expected(scene), LEXICON).intent == "stop", scene
    free = read(text, FREE, LEXICON)
    assert (free.intent, free.value, free.leaving) == (None, text, True)


@pytest.mark.parametrize("text", LIKELY)
def test_what_is_likely_is_never_done_and_always_asked(text: str) -> None:
    for scene in ASKED:
        reading = read(text, expected(scene), LEXICON)
        assert (reading.intent, reading.keys, reading.value, reading.guess) == (None, (), None, "stop"), scene
    free = read(text, FREE, LEXICON)
    assert (free.intent, free.value, free.leaving) == (None, text, True)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_with_such_a_word_stops_nobody(text: str) -> None:
    free = read(text, FREE, LEXICON)
    assert (free.intent, free.value, free.leaving) == (None, text, False)
    for scene in ASKED:
        assert read(text, expected(scene), LEXICON).intent != "stop", scene


def test_of_the_labelled_free_texts_only_everyday_words_by_themselves_are_asked_about() -> None:
    texts = [row.reply for row in rows(CORPUS) if row.offered == "text" and row.expected == "text"]
    assert len(texts) > 100
    assert {text for text in texts if read(text, FREE, LEXICON).leaving} <= set(PLAIN)


@given(st.sampled_from(SURE), st.text(alphabet="bcdfgklmpqrtvz", min_size=6, max_size=9), st.booleans())
def test_a_strange_word_never_makes_it_surer(text: str, word: str, ahead: bool) -> None:
    wish = stop_wish(f"{word} {text}" if ahead else f"{text} {word}", LEXICON)
    assert wish is None or wish.sureness < Sureness.HIGH or "\n" in text
