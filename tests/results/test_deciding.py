"""Which options a question chooses, by kind: votes, points, agreements, the Borda share of a ranking; and ties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.consultations import decision
from api.consultations.content import OptionContent, QuestionContent
from api.consultations.schemas import QuestionIn
from tests.consultations import question, words


def question_of(kind: str, options: str = "789", **rules: int) -> QuestionContent:
    return QuestionContent(1, kind, words("round"), rules, tuple(OptionContent(each, words(each)) for each in options))


def counted(ballots: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Rankings such as "98" (9 first, then 8), as SQL counts them."""
    values = {value for ballot in ballots for value in ballot}
    return {
        value: (sum(value in each for each in ballots), sum(each.index(value) + 1 for each in ballots if value in each))
        for value in values
    }


@pytest.mark.parametrize(
    ("ballots", "threshold", "shares", "chosen", "tied"),
    [
        (["21"] * 8, 1, {"1": 0, "2": 100}, "2", ""),  # S13: last on all ballots, yet chosen
        (["789"], 50, {"7": 100, "8": 50, "9": 0}, "78", ""),
        (["789", "987"], 50, {"7": 50, "8": 50, "9": 50}, "789", "789"),
        (["789", "987"], 51, {"7": 50, "8": 50, "9": 50}, "", "789"),
        (["7", "7", "8"], 60, {"7": Fraction(200, 3), "8": Fraction(100, 3), "9": 0}, "7", ""),  # incomplete rankings
        (["78", "87"], 75, {"7": 75, "8": 75, "9": 0}, "78", "78"),
        ([], 1, {"7": 0, "8": 0, "9": 0}, "", ""),  # no ballots: no tie either
    ],
)
def test_a_ranking_is_decided_by_its_borda_share(
    ballots: list[str], threshold: int, shares: dict[str, int], chosen: str, tied: str
) -> None:
    results = decision.decide(
        question_of("ranking", "".join(shares), threshold=threshold), counted(ballots), len(ballots)
    )
    assert {value: each.support for value, each in results.items()} == shares
    assert "".join(value for value, each in results.items() if each.chosen) == chosen
    assert "".join(value for value, each in results.items() if each.tied) == tied


@pytest.mark.parametrize(
    ("kind", "counts", "threshold", "chosen", "tied"),
    [
        ("single", {"7": (3, 3), "8": (2, 2), "9": (2, 2)}, 2, "789", "89"),
        ("several", {"7": (3, 3), "8": (2, 2)}, 3, "7", ""),
        ("points", {"7:5": (2, 2), "8:10": (1, 1), "9:9": (1, 1)}, 10, "78", "78"),
        ("statements", {"7:yes": (3, 3), "7:no": (3, 3), "8:yes": (3, 3), "9:skip": (9, 9)}, 3, "8", "78"),
    ],
)
def test_the_other_kinds(kind: str, counts: dict[str, tuple[int, int]], threshold: int, chosen: str, tied: str) -> None:
    results = decision.decide(question_of(kind, threshold=threshold), counts, 9)
    assert "".join(value for value, each in results.items() if each.chosen) == chosen
    assert "".join(value for value, each in results.items() if each.tied) == tied


@pytest.mark.parametrize("kind", decision.KINDS)
def test_without_a_threshold_staff_choose(kind: str) -> None:
    assert {each.chosen for each in decision.decide(question_of(kind), {}, 0).values()} == {None}
    assert decision.rule_text(question_of(kind)) == "there is no threshold: staff choose"
    assert "7 " in decision.rule_text(question_of(kind, threshold=7))


_BALLOTS = st.lists(st.sampled_from(["".join(each) for each in permutations("789")]), min_size=1, max_size=20)


@given(_BALLOTS)
def test_shares_add_up_and_only_a_first_on_all_has_everything(ballots: list[str]) -> None:
    results = decision.decide(question_of("ranking"), counted(ballots), len(ballots))
    assert sum(each.support for each in results.values()) == 150  # of three options: 100 + 50 + 0 on each ballot
    for value, each in results.items():
        assert (each.support == 100) == all(ballot[0] == value for ballot in ballots)
        assert (each.support == 0) == all(ballot[-1] == value for ballot in ballots)


def test_a_share_is_a_hundred_at_most() -> None:
    with pytest.raises(ValueError, match="at most 100"):
        QuestionIn.model_validate(question("ranking", options=3, threshold=101))
