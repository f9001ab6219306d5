"""A yes or no next to the number of the other is asked back, in either order; next to its own number it is accepted."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.dialogue.understand.read import read
from tests.corpus.measure import expected, lexicon

YES = ("oui", "نعم", "wah", "iyeh", "yes", "ouais", "na3am", "ⵢⴰⵀ", "واخا")
NO = ("non", "لا", "no", "uhu", "لالا", "la", "ⵓⵀⵓ", "nn", "كلا")
ONE, TWO = ("1", "١", "1️⃣", "un", "wa7ed"), ("2", "٢", "deux", "jouj", "جوج")
against = st.one_of(
    st.tuples(st.sampled_from(YES), st.sampled_from(TWO)), st.tuples(st.sampled_from(NO), st.sampled_from(ONE))
)


@given(
    against,
    st.sampled_from(("{} {}", "{}, {}", "{}. {}", "{1} {0}", "{} {} merci", "{} le {}", "{}\n{}", "salam {} {}")),
)
def test_contradictions_are_asked_back(pair: tuple[str, str], joined: str) -> None:
    assume(joined != "{1} {0}" or lexicon().numbers.get(pair[1]) != 1)  # "un non": an article
    for scene in ("yesno", "yes_no"):
        assert not read(joined.format(*pair), expected(scene), lexicon()).keys


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        ("oui 1", "yes"),
        ("1 oui", "yes"),
        ("non 2", "no"),
        ("2 non", "no"),
        ("non, le bus 14", "no"),
        ("non il y a 1 seul bus", "no"),
        ("Bien sur, j'y étais en octobre avec 2 voisins", "yes"),
        ("non pas 1 mais 2", "no"),
    ],
)
def test_its_own_number_and_counts_do_not_change_it(reply: str, key: str) -> None:
    assert read(reply, expected("yesno"), lexicon()).keys == (f"q:1:{key}",)
